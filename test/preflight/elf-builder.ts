/** Small ELF files, written field by field and independent of the parser: enough for what a loader reads before it loads. */
export interface ElfParts {
  readonly bits?: 32 | 64;
  readonly bigEndian?: boolean;
  readonly machine?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  readonly flags1?: number;
}

export function makeElf(parts: ElfParts = {}): Buffer {
  const wide = (parts.bits ?? 64) === 64;
  const [headerSize, programSize, word] = wide ? [64, 56, 8] : [52, 32, 4];
  const strings = ['', ...(parts.needed ?? [])];
  const entries: [number, number][] = [];
  const offsetOf = (text: string) => {
    if (!strings.includes(text)) strings.push(text);
    return Buffer.byteLength(`${strings.slice(0, strings.indexOf(text)).join('\0')}\0`, 'latin1');
  };
  for (const name of parts.needed ?? []) entries.push([1, offsetOf(name)]);
  if (parts.soname !== undefined) entries.push([14, offsetOf(parts.soname)]);
  if (parts.rpath !== undefined) entries.push([15, offsetOf(parts.rpath)]);
  if (parts.runpath !== undefined) entries.push([29, offsetOf(parts.runpath)]);
  if (parts.flags1 !== undefined) entries.push([0x6ffffffb, parts.flags1]);
  const table = Buffer.from(`${strings.join('\0')}\0`, 'latin1');
  const interpreter = Buffer.from(parts.interpreter === undefined ? '' : `${parts.interpreter}\0`, 'latin1');
  const programs = parts.interpreter === undefined ? 2 : 3;
  const interpreterAt = headerSize + programs * programSize;
  const stringsAt = interpreterAt + interpreter.length;
  const dynamicAt = Math.ceil((stringsAt + table.length) / 8) * 8;
  const base = 0x400000;
  entries.push([5, base + stringsAt], [10, table.length], [0, 0]);
  const size = dynamicAt + entries.length * 2 * word;
  const out = Buffer.alloc(size);
  const put = (at: number, length: number, value: number) => {
    for (let i = 0; i < length; i++) {
      const shift = parts.bigEndian ? length - 1 - i : i;
      out[at + i] = Math.floor(value / 2 ** (8 * shift)) % 256;
    }
  };
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, parts.bigEndian ? 2 : 1, 1]).copy(out);
  put(16, 2, 3);
  put(18, 2, parts.machine ?? 62);
  put(20, 4, 1);
  put(wide ? 32 : 28, word, headerSize);
  put(wide ? 52 : 40, 2, headerSize);
  put(wide ? 54 : 42, 2, programSize);
  put(wide ? 56 : 44, 2, programs);
  const program = (index: number, type: number, offset: number, length: number) => {
    const at = headerSize + index * programSize;
    put(at, 4, type);
    put(at + (wide ? 8 : 4), word, offset);
    put(at + (wide ? 16 : 8), word, base + offset);
    put(at + (wide ? 32 : 16), word, length);
  };
  program(0, 1, 0, size);
  program(1, 2, dynamicAt, entries.length * 2 * word);
  if (programs === 3) program(2, 3, interpreterAt, interpreter.length);
  interpreter.copy(out, interpreterAt);
  table.copy(out, stringsAt);
  entries.forEach(([tag, value], index) => {
    put(dynamicAt + index * 2 * word, word, tag);
    put(dynamicAt + index * 2 * word + word, word, value);
  });
  return out;
}
