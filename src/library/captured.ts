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
   * What was kept, decoded, and the number of bytes that were not. Bytes that the encoding does not know are replaced; UTF-8 is not cut in the middle of a
   * character.
   */
  finish(encoding: BufferEncoding | 'buffer'): { output: string | Buffer; dropped: number } {
    const bytes = Buffer.concat(this.#chunks);
    if (encoding === 'buffer') return { output: bytes, dropped: this.#dropped };
    const end = this.#dropped > 0 && /^utf-?8$/i.test(encoding) ? wholeCharacters(bytes) : bytes.length;
    return { output: bytes.toString(encoding, 0, end), dropped: this.#dropped + bytes.length - end };
  }
}

/** Where the last character that has all of its bytes ends: a UTF-8 character has at most three bytes behind its first. */
function wholeCharacters(bytes: Buffer): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return at + length > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}
