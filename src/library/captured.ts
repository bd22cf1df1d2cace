/** Output as it is kept: up to a limit, and counted beyond it. */
export class Captured {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  #dropped = 0;

  /** @param limit in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    const room = this.#limit - this.#kept;
    const kept = chunk.length <= room ? chunk : chunk.subarray(0, room);
    if (kept.length > 0) this.#chunks.push(kept);
    this.#kept += kept.length;
    this.#dropped += chunk.length - kept.length;
  }

  /**
   * What was kept, decoded, and the number of bytes that were not. Bytes that the encoding does not know are replaced; UTF-8 and UTF-16 are not cut in the middle of a
   * character.
   */
  finish(encoding: BufferEncoding | 'buffer'): { output: string | Buffer; dropped: number } {
    const bytes = Buffer.concat(this.#chunks);
    if (encoding === 'buffer') return { output: bytes, dropped: this.#dropped };
    const end = this.#dropped > 0 ? wholeCharacters(bytes, encoding) : bytes.length;
    const text = bytes.toString(encoding, 0, end);
    const half = UTF16.test(encoding) && end % 2 === 1; // Buffer loses it
    return { output: half ? `${text}\ufffd` : text, dropped: this.#dropped + bytes.length - end };
  }
}

const UTF16 = /^(?:utf-?16le|ucs-?2)$/i;

/** Where the last character that has all of its bytes ends. */
function wholeCharacters(bytes: Buffer, encoding: BufferEncoding): number {
  if (UTF16.test(encoding)) {
    const end = bytes.length - (bytes.length % 2);
    const last = end === 0 ? 0 : bytes.readUInt16LE(end - 2);
    return last >= 0xd800 && last < 0xdc00 ? end - 2 : end;
  }
  return /^utf-?8$/i.test(encoding) ? wholeUtf8(bytes) : bytes.length;
}

/** The same for UTF-8: a character has at most three bytes behind its first. */
function wholeUtf8(bytes: Buffer): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return at + length > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}
