import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLError,
} from 'yaml';
import type { Bytes } from '../base/bytes.ts';
import { bufferOfBytes } from '../base/bytes.ts';
import { escapeBytes, escapeText } from '../base/escape.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import type { DocumentPath } from './from-document.ts';

/** A parsed YAML (or JSON) text whose every place can be named. */
export interface YamlDocument {
  /** Plain values: mappings, lists, text, numbers, booleans, null. */
  readonly value: unknown;
  /** Line and column of a place; of the nearest that exists, where it does not. */
  originAt(at: DocumentPath): Origin;
}

/** Aliases that a policy can need are few; more is an attack on memory. */
const MOST_ALIASES = 100;

/**
 * Parses one YAML document strictly: YAML 1.2, unique keys, known tags, one document, no merge keys, few aliases.
 *
 * @param file the file's name, for messages.
 * @throws Refusal `policy-encoding`, `policy-syntax`, with line and column.
 */
export function readYaml(source: Bytes, file: Bytes): YamlDocument {
  const name = escapeBytes(file);
  const text = decode(source, name);
  const lines = new LineCounter();
  const place = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return { kind: 'file', file: name, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    stringKeys: true,
    strict: true,
    prettyErrors: false,
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (document === undefined) return { value: null, originAt: () => place(0) };
  for (const one of [document, second]) {
    const error: YAMLError | undefined = one?.errors[0] ?? one?.warnings[0];
    if (error !== undefined) refuse('policy-syntax', place(error.pos[0]), escapeText(firstLine(error.message)));
  }
  if (second !== undefined) refuse('policy-syntax', place(second.range[0]), 'a second document begins');
  refuseUnresolvedAlias(document, place);
  return {
    value: toValue(document, place(0)),
    originAt: (at) => place(offsetOf(document, at)),
  };
}

function decode(source: Bytes, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bufferOfBytes(source));
  } catch {
    const valid = validPrefix(source);
    const before = source.slice(0, valid);
    const line = before.split('\n').length;
    const column = valid - (before.lastIndexOf('\n') + 1) + 1;
    return refuse('policy-encoding', { kind: 'file', file: name, line, column }, source.charCodeAt(valid));
  }
}

/** How many bytes from the start are UTF-8: the longest prefix that a fatal decoder takes, found by halving. */
function validPrefix(source: Bytes): number {
  const buffer = bufferOfBytes(source);
  let [low, high] = [0, buffer.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  return Math.min(low, Math.max(buffer.length - 1, 0));
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/\.?$/, '');
}

/** The parser tells of these only when values are made, and then without a place. */
function refuseUnresolvedAlias(document: Document.Parsed, place: (offset: number) => Origin): void {
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return;
      const what = `the alias *${alias.source} names no anchor before it`;
      refuse('policy-syntax', place(alias.range?.[0] ?? 0), escapeText(what));
    },
  });
}

function toValue(document: Document.Parsed, origin: Origin): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    return refuse(
      'policy-syntax',
      origin,
      escapeText(firstLine(error instanceof Error ? error.message : String(error))),
    );
  }
}

/** Where the node at a path begins; a key's own place for a key that has no value or is unknown. */
function offsetOf(document: Document.Parsed, at: DocumentPath): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, step] of at.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return offset;
      const key = pair.key as Node;
      const value = pair.value as Node | null;
      offset = (depth === at.length - 1 ? key.range?.[0] : (value?.range?.[0] ?? key.range?.[0])) ?? offset;
      node = value;
    } else if (isSeq(node)) {
      node = (node.items[Number(step)] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}
