import type { Bytes } from '../base/bytes.ts';

/** What a policy of another tool comes to in ours. */
export interface Imported {
  /** The policy as the plain object of a policy file; checked by the schema before it is printed. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** What cannot be carried over, and why. */
  readonly leftOut: readonly LeftOutPart[];
}

export interface LeftOutPart {
  readonly what: string;
  readonly why: string;
}

/** What importers are given. */
export interface ImportSource {
  /** The file's content, and its name for messages. */
  readonly source: Bytes;
  readonly file: Bytes;
  /** What relative paths of the other tool start from: its working directory, which is taken to be ours. */
  readonly workingDirectory: string;
}

/** A path as a policy file takes it: absolute, since the file may be kept anywhere, and `$` doubled. */
export function importedPath(path: string, { workingDirectory }: ImportSource): string {
  const absolute = path.startsWith('/') ? path : `${workingDirectory}/${path}`;
  const parts = absolute.split('/').filter((part) => part !== '' && part !== '.');
  return `/${parts.join('/')}`.replaceAll('$', '$$$$');
}

/** A mapping; undefined for anything else. */
export function mappingOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping ? (value as Record<string, unknown>) : undefined;
}

/**
 * The texts of a list; an absent one is empty.
 *
 * @throws Error where it is something else: a policy that is half understood must not be printed.
 */
export function textsOf(value: unknown, where: string): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '')) return value as string[];
  throw new Error(`${where} is no list of texts`);
}

/** Keys that are none of the known ones: left out by name. */
export function unknownKeys(
  mapping: Readonly<Record<string, unknown>>,
  known: readonly string[],
  prefix: string,
  why: string,
): LeftOutPart[] {
  return Object.keys(mapping)
    .filter((key) => !known.includes(key))
    .map((key) => ({ what: `${prefix}${key}`, why }));
}

/** Without the keys that hold nothing. */
export function compact(keys: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const holds = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => holds(value)));
}
