import { escapeText } from '../base/escape.ts';

/** What a message is made of: what could not happen, and what to do about it. */
export type Message = readonly [message: string, remedy: string];

/** "did you mean X?", or the whole choice where nothing is near. */
export function suggest(near: string | undefined, known: readonly string[]): string {
  return near === undefined ? `one of: ${known.join(', ')}` : `did you mean ${near}?`;
}

/** A list that a shell reads back as it is: one flag before each path. */
export function pasteable(flag: string, paths: readonly string[]): string {
  return paths.map((path) => `${flag} ${shellWord(path)}`).join(' ');
}

/** A word as a POSIX shell reads it; bytes that are not plain are shown escaped in $'...'. */
export function shellWord(bytes: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(bytes)) return bytes;
  if (/^[\x20-\x7e]+$/.test(bytes)) return `'${bytes.replaceAll("'", `'\\''`)}'`;
  const escaped = [...bytes].map((character) => {
    const code = character.charCodeAt(0);
    if (character === "'" || character === '\\') return `\\${character}`;
    return code >= 0x20 && code < 0x7f ? character : `\\x${code.toString(16).padStart(2, '0')}`;
  });
  return escapeText(`$'${escaped.join('')}'`).replaceAll('\\\\', '\\');
}
