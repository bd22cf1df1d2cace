import type { Bytes } from '../base/bytes.ts';

/** The texts between top-level commas, and where the closing parenthesis stands; undefined where the text ends before it. */
export interface Arguments {
  readonly words: readonly string[];
  readonly end: number;
}

const OPENING = '([{';
const CLOSING = ')]}';

/**
 * Splits the arguments of a call as strace(1) prints them: quotes, brackets and `<...>` behind descriptors (-yy) may hold commas.
 *
 * @param text from behind the opening parenthesis.
 */
export function splitArguments(text: string): Arguments | undefined {
  const words: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') at = endOfQuoted(text, at);
    else if (character === '<' && isAnnotation(text, at)) at = endOfAnnotation(text, at);
    else if (OPENING.includes(character)) depth++;
    else if (CLOSING.includes(character) && depth > 0) depth--;
    else if (character === ')') return { words: [...words, text.slice(from, at).trim()].filter(isWord), end: at };
    else if (character === ',' && depth === 0) {
      words.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return undefined;
}

const isWord = (word: string, index: number): boolean => word !== '' || index > 0;

/** `3</path>` and `AT_FDCWD</path>` are annotations; `1<<3` is arithmetic. */
function isAnnotation(text: string, at: number): boolean {
  return /\w/.test(text.charAt(at - 1)) && text.charAt(at + 1) !== '<';
}

/** The index of the quote that ends the text beginning at `at`. */
function endOfQuoted(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
  return end;
}

/** The index of the `>` that ends an annotation; `<char 1:3>` nests in it, and `->` between two addresses is no end. */
function endOfAnnotation(text: string, at: number): number {
  let depth = 0;
  for (let end = at; end < text.length; end++) {
    const character = text.charAt(end);
    if (character === '\\') end++;
    else if (character === '<') depth++;
    else if (character === '>' && text.charAt(end - 1) !== '-' && --depth === 0) return end;
  }
  return text.length;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' };

/** Undoes strace's escapes: the bytes of a text printed between quotes or in an annotation. */
export function unescapeText(text: string): Bytes {
  return text.replace(
    /\\(?:x([0-9a-f]{2})|([0-7]{1,3})|([\s\S]))/g,
    (_, hex?: string, octal?: string, one?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return ESCAPES[one ?? ''] ?? one ?? '';
    },
  ) as Bytes;
}

/** The bytes of a quoted word; undefined where it is none (NULL, an address that could not be read). */
export function quotedBytes(word: string | undefined): Bytes | undefined {
  const inner = /^"([\s\S]*)"$/.exec(word ?? '')?.[1];
  return inner === undefined ? undefined : unescapeText(inner);
}

/** What stands in `<...>` behind a descriptor: a path with all links resolved by the kernel, or `TCP:[...]` and the like. */
export function annotationOf(word: string | undefined): Bytes | undefined {
  const inner = /^[\w-]+<([\s\S]*)>(?:\(deleted\))?$/.exec(word ?? '')?.[1];
  if (inner === undefined) return undefined;
  return unescapeText(inner.replace(/<(?:char|block) \d+:\d+>$/, '')).replace(/ \(deleted\)$/, '') as Bytes;
}
