import * as v from 'valibot';
import { hasBytes } from '../base/bytes.ts';
import { escapeText } from '../base/escape.ts';
import { nearest } from '../base/nearest.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import type { DocumentPath } from './from-document.ts';
import { type PolicyDocument, policySchema } from './schema.ts';

/**
 * Checks a parsed document against the schema.
 *
 * @param originAt gives the place of a path in the document, for the message.
 * @throws Refusal `policy-key-unknown`, `policy-value` at the first thing that is wrong.
 */
export function validateDocument(value: unknown, originAt: (at: DocumentPath) => Origin): PolicyDocument {
  if (value === null || value === undefined) refuse('policy-empty', originAt([]));
  refuseListAsMapping(value, [policySchema as unknown as v.GenericSchema], [], originAt);
  const checked = v.safeParse(policySchema, withoutExtensions(value), { abortEarly: false });
  if (checked.success) {
    takeSkippedVariables(value, checked.output, originAt);
    refuseWithoutBytes(checked.output, [], originAt);
    return checked.output;
  }
  const { issue, at } = deepest(checked.issues, []);
  const key = at.at(-1);
  if (issue.type === 'strict_object' && issue.expected === 'never' && key !== undefined) {
    const known = knownKeys(at.slice(0, -1));
    return refuse('policy-key-unknown', originAt(at), escapeText(String(key)), nearest(String(key), known), known);
  }
  return refuse('policy-value', originAt(at), describePlace(at), describeValue(issue.input), describeExpected(issue));
}

/** Valibot takes a list for an object, so that `fs: []` would pass for `fs: {}`. */
function refuseListAsMapping(
  value: unknown,
  schemas: readonly v.GenericSchema[],
  at: DocumentPath,
  originAt: (at: DocumentPath) => Origin,
): void {
  if (typeof value !== 'object' || value === null) return;
  const meant = schemas.flatMap(alternatives).map((schema) => schema as unknown as SchemaParts);
  const mapping = meant.some((parts) => parts.entries !== undefined || parts.value !== undefined);
  if (Array.isArray(value) && mapping && !meant.some((parts) => parts.item !== undefined)) {
    refuse('policy-value', originAt(at), describePlace(at), describeValue(value), 'a mapping');
  }
  for (const [key, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? Number(key) : key;
    const within = schemas.flatMap(alternatives).flatMap((schema) => stepInto(schema, step));
    if (within.length > 0) refuseListAsMapping(inner, within, [...at, step], originAt);
  }
}

/** Valibot leaves some keys out of a record without a word; here each is a variable's name like any other. */
function takeSkippedVariables(value: unknown, document: PolicyDocument, originAt: (at: DocumentPath) => Origin): void {
  const { set: given } = (value as { env?: { set?: Record<string, unknown> } }).env ?? {};
  const { env } = document;
  if (given === undefined || env?.set === undefined) return;
  if (!['__proto__', 'constructor', 'prototype'].some((name) => Object.hasOwn(given, name))) return;
  env.set = {};
  for (const [name, text] of Object.entries(given)) {
    const at = ['env', 'set', name];
    if (typeof text !== 'string') refuse('policy-value', originAt(at), describePlace(at), describeValue(text), TEXT);
    Object.defineProperty(env.set, name, { value: text, enumerable: true, configurable: true, writable: true });
  }
}

/** `x-*` keys at the top belong to the user; the rest of the document is ours. */
function withoutExtensions(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')));
}

const TEXT = 'text (put numbers and words like true into quotes)';

type Issue = v.BaseIssue<unknown>;

/** An issue, and where in the document it is. */
interface Found {
  readonly issue: Issue;
  readonly at: readonly (string | number)[];
}

/**
 * Of alternatives, follows the one that the author meant: whose kind of value (mapping, list, scalar) is there. So a misspelt key inside a
 * mapping is named, instead of "neither a word nor a mapping". Unknown keys come first: they explain what is missing beside them.
 *
 * @param above where the issues' own paths start.
 */
function deepest(issues: readonly Issue[], above: Found['at']): Found {
  const found = issues.map((issue): Found => {
    const at = [...above, ...(issue.path ?? []).map((step) => step.key as string | number)];
    if (issue.type !== 'union' || issue.issues === undefined) return { issue, at };
    const within = issue.issues.map((inner) => deepest([inner], at));
    const meant = within.filter((inner) => inner.at.length > at.length || inner.issue.kind === 'validation');
    return meant.reduce((best, inner) => (inner.at.length > best.at.length ? inner : best), meant[0] ?? { issue, at });
  });
  const [first] = found;
  if (first === undefined) throw new Error('a failed check without an issue');
  return found.find(({ issue }) => issue.expected === 'never') ?? first;
}

function describePlace(at: DocumentPath): string {
  const shown = at.reduce<string>((out, step) => out + (typeof step === 'number' ? `[${step}]` : `.${step}`), '');
  return escapeText(shown.replace(/^\./, '')) || 'the policy';
}

function describeValue(value: unknown): string {
  if (value === null) return 'empty (null)';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `"${escapeText(value)}"` : escapeText(String(value));
}

function describeExpected(issue: Issue): string {
  if (issue.type === 'union') return (issue.issues ?? []).map(describeExpected).join(' or ');
  switch (issue.type) {
    case 'strict_object':
      return issue.expected === 'Object' ? 'a mapping' : `the key ${issue.expected}`;
    case 'array':
      return 'a list';
    case 'string':
      return TEXT;
    case 'number':
    case 'integer':
      return 'a whole number';
    case 'boolean':
      return 'true or false';
    case 'min_length':
      return 'something that is not empty';
    case 'min_value':
    case 'max_value':
      return `a number ${issue.expected ?? ''}`.trim();
    case 'regex':
      return 'a port or "LOW-HIGH"';
    default:
      return (issue.expected ?? 'something else').replaceAll('"', '').replaceAll('|', 'or').replace(/[()]/g, '');
  }
}

/** The keys that the schema knows at a place, found by walking the schema itself. */
function knownKeys(at: DocumentPath): string[] {
  let schemas: v.GenericSchema[] = [policySchema as unknown as v.GenericSchema];
  for (const step of at) schemas = schemas.flatMap(alternatives).flatMap((schema) => stepInto(schema, step));
  return schemas.flatMap(alternatives).flatMap((schema) => Object.keys(entriesOf(schema) ?? {}));
}

interface SchemaParts {
  entries?: Record<string, v.GenericSchema>;
  options?: readonly unknown[];
  item?: v.GenericSchema;
  value?: v.GenericSchema;
  wrapped?: v.GenericSchema;
}

function alternatives(schema: v.GenericSchema): v.GenericSchema[] {
  const parts = schema as unknown as SchemaParts & { type: string };
  if (parts.wrapped !== undefined) return alternatives(parts.wrapped);
  if (parts.type === 'union') return (parts.options as v.GenericSchema[]).flatMap(alternatives);
  return [schema];
}

function entriesOf(schema: v.GenericSchema): Record<string, v.GenericSchema> | undefined {
  return (schema as unknown as SchemaParts).entries;
}

function stepInto(schema: v.GenericSchema, step: string | number): v.GenericSchema[] {
  const parts = schema as unknown as SchemaParts;
  const next = typeof step === 'number' ? parts.item : entryOf(parts, step);
  return next === undefined ? [] : [next];
}

/** A key's own schema; never one that every object inherits, such as `constructor`. */
function entryOf(parts: SchemaParts, key: string): v.GenericSchema | undefined {
  return parts.entries !== undefined && Object.hasOwn(parts.entries, key) ? parts.entries[key] : parts.value;
}

/**
 * An escape of YAML, JSON or JavaScript can spell a NUL ("\\0"), which no path, name or value can hold, and half of a surrogate pair ("\\ud800"), which has
 * no bytes: UTF-8 would make another name of it (U+FFFD).
 */
function refuseWithoutBytes(value: unknown, at: DocumentPath, originAt: (at: DocumentPath) => Origin): void {
  if (typeof value === 'string' && !hasBytes(value)) {
    const meant = value.includes('\0') ? 'text without a NUL character' : 'text without half of a surrogate pair';
    refuse('policy-value', originAt(at), describePlace(at), describeValue(value), meant);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const within = [...at, Array.isArray(value) ? Number(key) : key];
    refuseWithoutBytes(key, at, () => originAt(within));
    refuseWithoutBytes(inner, within, originAt);
  }
}
