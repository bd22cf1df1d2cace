import { type Bytes, bytesOfLatin1 } from '../base/bytes.ts';

/** What env(1) then does: the program that it looks up, and what it did to PATH before. */
export interface EnvProgram {
  readonly program: Bytes;
  /** Absent: PATH stays. `value: undefined`: PATH is taken away. */
  readonly path?: { readonly value: Bytes | undefined };
}

/**
 * Reads the one argument of `#!/usr/bin/env ARGUMENT` as GNU env 8.30 and later do (and BSD's, busybox's for what they share).
 *
 * @returns undefined where what env would do cannot be told from the argument alone.
 */
export function parseEnvArgument(argument: Bytes): EnvProgram | undefined {
  if (!argument.startsWith('-')) return argument === '' || argument.includes('=') ? undefined : { program: argument };
  // An argument of the kernel is one word, so only -S (alone or at the end of flags) lets a program follow.
  const split = /^(?:-([v0i]*)S|--split-string=)(.*)$/s.exec(argument);
  if (split === null) return undefined;
  const words = splitString(bytesOfLatin1(split[2] ?? ''));
  if (words === undefined) return undefined;
  return readWords(words, split[1]?.includes('i') ?? false);
}

function readWords(words: readonly Bytes[], ignoreEnvironment: boolean): EnvProgram | undefined {
  let path: { value: Bytes | undefined } | undefined = ignoreEnvironment ? { value: undefined } : undefined;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] as string;
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-')) break;
    if (/^-[v0]*$/.test(word) && word !== '-') continue;
    if (/^(?:--debug|--null|--(?:default|ignore|block)-signal(?:=.*)?|--list-signal-handling)$/s.test(word)) continue;
    if (/^(?:-|-[iv0]+|--ignore-environment)$/.test(word)) {
      path = { value: undefined };
      continue;
    }
    const unset = /^(?:-u(.+)|--unset=(.+))$/s.exec(word);
    const name = word === '-u' ? words[++at] : (unset?.[1] ?? unset?.[2]);
    // Any other option (-C changes the directory, -P the path) is not followed.
    if (name === undefined) return undefined;
    if (name === 'PATH') path = { value: undefined };
  }
  for (; at < words.length; at++) {
    const word = words[at] as Bytes;
    const equals = word.indexOf('=');
    if (equals < 0) break;
    if (word.slice(0, equals) === 'PATH') path = { value: bytesOfLatin1(word.slice(equals + 1)) };
  }
  const program = words[at];
  if (program === undefined || program === '') return undefined;
  return path === undefined ? { program } : { program, path };
}

const OUTSIDE_ESCAPES: Readonly<Record<string, string>> = {
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '#': '#',
  $: '$',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/**
 * Splits as `env -S` does (coreutils manual, "env invocation").
 *
 * @returns undefined for what it refuses (an open quote, an unknown escape) and for `${NAME}`, which needs the environment.
 */
export function splitString(text: Bytes): Bytes[] | undefined {
  const words: Bytes[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const c = text.charAt(at);
    if (quote === '' && /[ \t\n\v\f\r]/.test(c)) {
      if (word !== undefined) words.push(bytesOfLatin1(word));
      word = undefined;
    } else if (c === quote) {
      quote = '';
    } else if (quote === '' && (c === '"' || c === "'")) {
      quote = c;
      word ??= '';
    } else if (quote === '' && c === '#' && word === undefined) {
      break;
    } else if (c === '$' && quote !== "'") {
      return undefined;
    } else if (c === '\\' && quote === "'") {
      const next = text.charAt(at + 1);
      word += next === '\\' || next === "'" ? text.charAt(++at) : c;
    } else if (c === '\\') {
      const next = text.charAt(++at);
      if (next === 'c' && quote === '') break;
      if (next === '_') {
        if (quote === '"') word += ' ';
        else {
          if (word !== undefined) words.push(bytesOfLatin1(word));
          word = undefined;
        }
        continue;
      }
      const plain = OUTSIDE_ESCAPES[next];
      if (plain === undefined) return undefined;
      word = (word ?? '') + plain;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(bytesOfLatin1(word));
  return words;
}
