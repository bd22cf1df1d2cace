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
  bytes(): Uint8Array {
    return Buffer.from(`${this.#parts.join('\0')}\0`, 'latin1');
  }
}

/** Rows of one table, written field by field in little-endian order. A DataView, since the first call of each function of a Buffer compiles it. */
export class RowWriter {
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.#view = new DataView(new ArrayBuffer(size));
  }

  u32(value: number): this {
    if (!(value >= 0 && value <= 0xffff_ffff)) throw new RangeError(`no 32-bit number: ${value}`);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  u64(value: number | bigint): this {
    if (typeof value === 'number') return this.u32(value % 0x1_0000_0000).u32(Math.floor(value / 0x1_0000_0000));
    this.#view.setBigUint64(this.#at, value, true);
    this.#at += 8;
    return this;
  }

  /** @throws where a row was left short: a mistake of the encoder, never of its input. */
  done(): Uint8Array {
    if (this.#at !== this.#view.byteLength) throw new Error('a table of a plan is not filled');
    return new Uint8Array(this.#view.buffer);
  }
}

/** One behind the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
