import { RESOURCE_LIMITS } from '../../kernel/resource-limits.ts';
import { namedProfiles } from '../../profiles/index.ts';
import type { OptionRow } from '../options.ts';

/** How the value of an option is completed. */
export type ValueKind =
  | { readonly kind: 'file' | 'directory' | 'free' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** One of the words, a colon, and a file. */
  | { readonly kind: 'word-and-file'; readonly words: readonly string[] };

const DIRECTORIES = ['DIR'];
const WORD_AND_FILE = ['RIGHTS:PATH', 'KIND:FILE'];
const FILES = ['PATH', 'FILE', 'OUT', 'CONFIG[#KEY,...]', 'QUERY'];

/** What a shell should offer behind an option; undefined for a switch. */
export function valueKindOf(row: OptionRow): ValueKind | undefined {
  if (row.value === undefined) return undefined;
  if (row.name === '--profile') return { kind: 'words', words: namedProfiles().map((profile) => profile.name) };
  if (row.name === '--limit') return { kind: 'words', words: limitNames().map((name) => `${name}=`) };
  if (row.words !== undefined && WORD_AND_FILE.includes(row.value)) return { kind: 'word-and-file', words: row.words };
  if (row.words !== undefined) return { kind: 'words', words: row.words };
  if (DIRECTORIES.includes(row.value)) return { kind: 'directory' };
  return { kind: FILES.includes(row.value) ? 'file' : 'free' };
}

function limitNames(): string[] {
  return Object.keys(RESOURCE_LIMITS).filter((name) => RESOURCE_LIMITS[name]?.ignored === undefined);
}
