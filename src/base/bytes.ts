/**
 * Bytes from the outside (paths, arguments, environment), which need not be UTF-8.
 *
 * A `Bytes` is a string in which each character is one byte (0x00 to 0xff), so it can be compared, sliced, joined and used as a
 * key like any string, and nothing is lost on the way to the kernel.
 */
export type Bytes = string & { readonly __bytes: unique symbol };

/** The UTF-8 bytes of a text, for words that begin as text: YAML scalars, our own constants. */
export function bytesOfText(text: string): Bytes {
  return (isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')) as Bytes;
}

/** Whether a text has bytes that a path or a variable can hold: no NUL, and no surrogate without its other half, for which UTF-8 has nothing. */
export function hasBytes(text: string): boolean {
  return !/[\0\ud800-\udfff]/u.test(text);
}

/** Takes what the addon hands over: a string that already holds one byte a character. */
export function bytesOfLatin1(latin1: string): Bytes {
  return latin1 as Bytes;
}

/** The bytes as a Buffer, the form in which Node's file functions take them unharmed. */
export function bufferOfBytes(bytes: Bytes): Buffer {
  return Buffer.from(bytes, 'latin1');
}

/** The text that the bytes spell in UTF-8, or undefined where they are not UTF-8. */
export function textOfBytes(bytes: Bytes): string | undefined {
  if (isAscii(bytes)) return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bufferOfBytes(bytes));
  } catch {
    return undefined;
  }
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}
