import { type Bytes, bytesOfText } from '../base/bytes.ts';

/** Strings of a plan: each distinct one once, by its offset. Offset 0 is the empty string. */
export class StringTable {
  readonly #offsets = new Map<string, number>([['', 0]]);
  readonly #parts: string[] = [''];
  #size = 1;

  /** The offset of `bytes`, which hold no NUL. */
  add(bytes: Bytes): number {
    const known = this.#offsets.get(bytes);
    if (known !== undefined) return known;
    if (bytes.includes('\0')) throw new Error('a string of a plan holds a NUL');
    const offset = this.#size;
    this.#offsets.set(bytes, offset);
    this.#parts.push(bytes);
    this.#size += bytes.length + 1;
    return offset;
  }

  addText(text: string): number {
    return this.add(bytesOfText(text));
  }

  /** All strings, each with its NUL. */
  bytes(): Buffer {
    return Buffer.from(`${this.#parts.join('\0')}\0`, 'latin1');
  }
}

/** Rows of one table, written field by field in little-endian order. */
export class RowWriter {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(size: number) {
    this.#buffer = Buffer.alloc(size);
  }

  u32(value: number): this {
    this.#at = this.#buffer.writeUInt32LE(value, this.#at);
    return this;
  }

  u64(value: number | bigint): this {
    this.#at = this.#buffer.writeBigUInt64LE(BigInt(value), this.#at);
    return this;
  }

  /** @throws where a row was left short: a mistake of the encoder, never of its input. */
  done(): Buffer {
    if (this.#at !== this.#buffer.length) throw new Error('a table of a plan is not filled');
    return this.#buffer;
  }
}
