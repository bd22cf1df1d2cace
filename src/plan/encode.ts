import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { describeOrigin, type Origin } from '../diagnostics/origin.ts';
import { VOIDING_CAPABILITIES_MASK } from '../kernel/capabilities.ts';
import { RESOURCE_LIMITS } from '../kernel/resource-limits.ts';
import { WRITE_RIGHTS } from '../kernel/rights.ts';
import { SCRUB_GLOBS } from '../policy/environment.ts';
import type { Policy } from '../policy/policy.ts';
import type { PathRule, Ruleset } from '../ruleset/ruleset.ts';
import {
  CHDIR_ORIGIN_AT,
  HEADER_SIZE,
  LISTEN_ORIGIN_AT,
  NO_PARENT,
  PATH_FLAGS,
  PLAN_FLAGS,
  PLAN_MAGIC,
  PLAN_VERSION,
  REQUIREMENT_ACTIONS,
  REQUIREMENT_FLAGS,
  REQUIREMENT_KINDS,
  STRINGS_AT,
  TABLES_AT,
} from './format.ts';
import { joinBytes, RowWriter, StringTable } from './writer.ts';

/** Bytes that the native core takes. Made by `encodePlan` only. */
export type Plan = Uint8Array & { readonly __plan: unique symbol };

/** What a run adds to the policy: how to tell things. */
export interface PlanOptions {
  readonly verbose: boolean;
  readonly json: boolean;
  /** Ends the diagnostic of a failed exec; empty for the stock one. */
  readonly execHint: Bytes;
}

/** The bytes of a table, and how many rows they are. */
interface Table {
  readonly rows: Uint8Array;
  readonly count: number;
}

/** Ruleset → bytes (docs/plan-format.md). Pure: the same values give the same bytes. */
export function encodePlan(policy: Policy, ruleset: Ruleset, options: PlanOptions): Plan {
  const strings = new StringTable();
  const tables: readonly Table[] = [
    encodePaths(ruleset, strings),
    encodePorts(ruleset, strings),
    encodeRequirements(ruleset, strings),
    encodeLimits(policy, strings),
    encodeStrings(policy.env.keep, strings),
    encodeStrings(policy.env.unset, strings),
    encodeStrings(policy.env.mode.value === 'scrub' ? SCRUB_GLOBS.map(bytesOfText) : [], strings),
    encodeStrings(environmentToSet(policy), strings),
    encodeStrings(policy.env.pass, strings),
    encodeKeeps(policy, strings),
  ];
  const chdir = policy.chdir === undefined ? 0 : strings.add(policy.chdir.value);
  const hint = strings.add(options.execHint);
  const chdirOrigin = addOrigin(policy.chdir?.origin, strings);
  const listenOrigin = addOrigin(policy.keepFds.find((fd) => fd.value === 'listen')?.origin, strings);
  const header = new DataView(new ArrayBuffer(HEADER_SIZE));
  let at = HEADER_SIZE;
  const parts: Uint8Array[] = [new Uint8Array(header.buffer)];
  for (const [index, { rows, count }] of tables.entries()) {
    if (count === 0) continue;
    header.setUint32(TABLES_AT + 8 * index, at, true);
    header.setUint32(TABLES_AT + 8 * index + 4, count, true);
    const padding = new Uint8Array(-rows.length & 7);
    parts.push(rows, padding);
    at += rows.length + padding.length;
  }
  const stringBytes = strings.bytes();
  header.setUint32(STRINGS_AT, at, true);
  header.setUint32(STRINGS_AT + 4, stringBytes.length, true);
  for (let i = 0; i < PLAN_MAGIC.length; i++) header.setUint8(i, PLAN_MAGIC.charCodeAt(i));
  header.setUint32(8, PLAN_VERSION, true);
  header.setUint32(12, at + stringBytes.length, true);
  header.setUint32(16, flagsOf(policy, options), true);
  header.setInt32(20, policy.statusFd?.value ?? -1, true);
  header.setBigUint64(24, policy.files !== undefined && !policy.keepCaps.value ? VOIDING_CAPABILITIES_MASK : 0n, true);
  header.setUint32(40, chdir, true);
  header.setUint32(44, hint, true);
  header.setUint32(CHDIR_ORIGIN_AT, chdirOrigin, true);
  header.setUint32(LISTEN_ORIGIN_AT, listenOrigin, true);
  return joinBytes([...parts, stringBytes]) as Plan;
}

function flagsOf(policy: Policy, options: PlanOptions): number {
  const set: Record<keyof typeof PLAN_FLAGS, boolean> = {
    files: policy.files !== undefined,
    allowUnsandboxed: policy.allowUnsandboxed.value,
    allowOverlap: policy.allowOverlap.value,
    verbose: options.verbose,
    json: options.json,
    envClear: policy.env.mode.value === 'clear',
    keepPath: policy.keepPath.value,
    keepFdArgs: policy.keepFds.some((fd) => fd.value === 'args'),
    keepFdListen: policy.keepFds.some((fd) => fd.value === 'listen'),
  };
  return maskOf(PLAN_FLAGS, set);
}

function maskOf<Name extends string>(
  bits: Readonly<Record<Name, number>>,
  set: Readonly<Record<Name, boolean>>,
): number {
  return (Object.keys(bits) as Name[]).reduce((mask, name) => (set[name] ? mask | bits[name] : mask), 0);
}

function flagsOfPath(rule: PathRule): number {
  return (
    (rule.source === 'stated' ? PATH_FLAGS.stated : 0) |
    (rule.required ? PATH_FLAGS.required : 0) |
    (rule.optional ? PATH_FLAGS.optional : 0) |
    (rule.source === 'profile' ? PATH_FLAGS.profile : 0) |
    (rule.fileOnly ? PATH_FLAGS.fileOnly : 0) |
    (rule.makeDirectory ? PATH_FLAGS.makeDirectory : 0) |
    ((rule.access & WRITE_RIGHTS) !== 0 ? PATH_FLAGS.write : 0)
  );
}

function encodePaths(ruleset: Ruleset, strings: StringTable): Table {
  const terminal = ruleset.terminalAccess !== 0;
  const count = ruleset.paths.length + (terminal ? 1 : 0);
  const rows = new RowWriter(32 * count);
  for (const rule of ruleset.paths) {
    rows
      .u64(rule.access)
      .u32(strings.add(rule.path))
      .u32(rule.parent ?? NO_PARENT)
      .u32(rule.relative)
      .u32(addOrigin(rule.origin, strings))
      .u32(flagsOfPath(rule))
      .u32(0);
  }
  if (terminal) {
    rows.u64(ruleset.terminalAccess).u32(0).u32(NO_PARENT).u32(0);
    rows
      .u32(strings.addText('profile system'))
      .u32(PATH_FLAGS.profile | PATH_FLAGS.stdioTerminal)
      .u32(0);
  }
  return { rows: rows.done(), count };
}

function encodePorts(ruleset: Ruleset, strings: StringTable): Table {
  const rows = new RowWriter(24 * ruleset.ports.length);
  for (const rule of ruleset.ports) {
    rows.u64(rule.access).u32(rule.range.low).u32(rule.range.high).u32(addOrigin(rule.origin, strings)).u32(0);
  }
  return { rows: rows.done(), count: ruleset.ports.length };
}

function encodeRequirements(ruleset: Ruleset, strings: StringTable): Table {
  const rows = new RowWriter(48 * ruleset.requirements.length);
  for (const one of ruleset.requirements) {
    const { stated, stricter } = one;
    rows.u32(REQUIREMENT_KINDS[one.kind]).u32(REQUIREMENT_ACTIONS[one.unmet]).u64(one.bits).u64(one.alternative);
    rows.u32(addOrigin(one.origin, strings)).u32(strings.addText(one.code));
    rows.u32(strings.addText(one.text)).u32(strings.addText(one.remedy));
    rows.u32(maskOf(REQUIREMENT_FLAGS, { stated, stricter })).u32(0);
  }
  return { rows: rows.done(), count: ruleset.requirements.length };
}

function encodeLimits(policy: Policy, strings: StringTable): Table {
  const rows = new RowWriter(32 * policy.limits.length);
  for (const { value, origin } of policy.limits) {
    const which = (value.soft === undefined ? 0 : 1) | (value.hard === undefined ? 0 : 2);
    rows.u32(RESOURCE_LIMITS[value.name]?.number ?? 0).u32(which);
    rows
      .u64(value.soft ?? 0n)
      .u64(value.hard ?? 0n)
      .u32(addOrigin(origin, strings))
      .u32(0);
  }
  return { rows: rows.done(), count: policy.limits.length };
}

function encodeKeeps(policy: Policy, strings: StringTable): Table {
  const keeps = policy.keepFds.flatMap(({ value, origin }) => (typeof value === 'number' ? [{ value, origin }] : []));
  const rows = new RowWriter(8 * keeps.length);
  for (const { value, origin } of keeps) rows.u32(value).u32(addOrigin(origin, strings));
  return { rows: rows.done(), count: keeps.length };
}

/** `--env` and `--tmp` as NAME=VALUE; what the user set by name wins over what `--tmp` sets. */
function environmentToSet(policy: Policy): Bytes[] {
  const stated = policy.env.set.map(({ name, value }) => [name, value] as const);
  const names = new Set<string>(stated.map(([name]) => name));
  const tmp = policy.tmp === undefined ? [] : ['TMPDIR', 'TMP', 'TEMP'].filter((name) => !names.has(name));
  return [
    ...tmp.map((name) => `${name}=${policy.tmp?.value ?? ''}` as Bytes),
    ...stated.map(([name, value]) => `${name}=${value}` as Bytes),
  ];
}

function encodeStrings(list: readonly Bytes[], strings: StringTable): Table {
  return encodeNumbers(list.map((bytes) => strings.add(bytes)));
}

function encodeNumbers(list: readonly number[]): Table {
  const rows = new RowWriter(4 * list.length);
  for (const number of list) rows.u32(number);
  return { rows: rows.done(), count: list.length };
}

function addOrigin(origin: Origin | undefined, strings: StringTable): number {
  return origin === undefined || origin.kind === 'default' ? 0 : strings.addText(describeOrigin(origin));
}
