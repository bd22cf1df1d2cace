import type { Bytes } from './bytes.ts';

/**
 * Makes bytes from users safe to print: one line, no control sequence, nothing hidden. Valid UTF-8 stays readable; quotes,
 * backslashes, control characters, bidirectional overrides and bytes that are not UTF-8 are escaped. native/core/message.c does the same.
 *
 * @returns the bytes between double quotes.
 */
export function quote(bytes: Bytes): string {
  return `"${escapeBytes(bytes)}"`;
}

/** The same without the quotes around it. */
export function escapeBytes(bytes: Bytes): string {
  let out = '';
  for (let at = 0; at < bytes.length; ) {
    const [point, length] = decodeAt(bytes, at);
    out += point < 0 ? hex(bytes.charCodeAt(at)) : escapePoint(point);
    at += length;
  }
  return out;
}

/** The same for text that is already a JavaScript string. */
export function escapeText(text: string): string {
  let out = '';
  for (const character of text) out += escapePoint(character.codePointAt(0) ?? 0);
  return out;
}

function escapePoint(point: number): string {
  if (point === 0x22 || point === 0x5c) return `\\${String.fromCharCode(point)}`;
  if (point === 0x0a) return '\\n';
  if (point === 0x09) return '\\t';
  if (point === 0x0d) return '\\r';
  if (point < 0x20 || point === 0x7f) return hex(point);
  if (isHidden(point)) return `\\u{${point.toString(16)}}`;
  return String.fromCodePoint(point);
}

/** C1 controls, marks that reorder or hide text, separators that end a line, surrogates. */
function isHidden(point: number): boolean {
  return (
    (point >= 0x80 && point <= 0x9f) ||
    point === 0xad ||
    point === 0x61c ||
    (point >= 0x200b && point <= 0x200f) ||
    (point >= 0x2028 && point <= 0x202e) ||
    (point >= 0x2060 && point <= 0x206f) ||
    (point >= 0xd800 && point <= 0xdfff) ||
    point === 0xfeff
  );
}

/**
 * Escapes what a terminal must not see in a text that may hold it as it is: JSON, and YAML whose scalars that hold such are between double
 * quotes. It reads back the same.
 */
export function escapeHidden(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Whether a text holds what `escapeHidden` escapes. */
export function holdsHidden(text: string): boolean {
  return text.search(HIDDEN) >= 0;
}

/** DEL and what is hidden by the rule above; no surrogates, which are halves of ordinary characters here. */
const HIDDEN = /[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** The code point that starts at `at` and its length in bytes; [-1, 1] where the byte begins no valid UTF-8. */
function decodeAt(bytes: string, at: number): [point: number, length: number] {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return [first, 1];
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || first > 0xf4 || at + length > bytes.length) return [-1, 1];
  let point = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes.charCodeAt(at + i);
    if ((next & 0xc0) !== 0x80) return [-1, 1];
    point = (point << 6) | (next & 0x3f);
  }
  const smallest = [0, 0, 0x80, 0x800, 0x10000][length] ?? 0;
  if (point < smallest || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return [-1, 1];
  return [point, length];
}
