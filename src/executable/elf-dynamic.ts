import { numbersOf } from './elf-header.ts';

/** The entries of a dynamic section that decide which libraries are loaded. Strings are offsets into the string table. */
export interface DynamicEntries {
  readonly needed: readonly number[];
  /** DT_AUXILIARY: loaded where it exists. */
  readonly auxiliary: readonly number[];
  readonly soname?: number;
  readonly rpath?: number;
  readonly runpath?: number;
  readonly stringsAddress: number;
  readonly stringsSize: number;
  /** DF_1_NODEFLIB: neither cached nor default directories. */
  readonly noDefaultLibraries: boolean;
}

const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_STRSZ = 10;
const DT_SONAME = 14;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
const DT_FLAGS_1 = 0x6ffffffb;
const DT_AUXILIARY = 0x7ffffffd;
const DT_FILTER = 0x7fffffff;
const DF_1_NODEFLIB = 0x800;

/** Reads up to DT_NULL or the end of the bytes, whichever comes first; the last of repeated single entries counts, as in ld.so. */
export function parseDynamic(bytes: Buffer, header: { bits: 32 | 64; littleEndian: boolean }): DynamicEntries {
  const numbers = numbersOf(bytes, header);
  const width = header.bits / 8;
  const needed: number[] = [];
  const auxiliary: number[] = [];
  const single = new Map<number, number>();
  for (let at = 0; at + 2 * width <= bytes.length; at += 2 * width) {
    const tag = numbers.word(at);
    const value = numbers.word(at + width);
    if (tag === DT_NULL) break;
    if (tag === DT_NEEDED || tag === DT_FILTER) needed.push(value);
    else if (tag === DT_AUXILIARY) auxiliary.push(value);
    else single.set(tag, value);
  }
  const soname = single.get(DT_SONAME);
  const rpath = single.get(DT_RPATH);
  const runpath = single.get(DT_RUNPATH);
  return {
    needed,
    auxiliary,
    ...(soname === undefined ? {} : { soname }),
    ...(rpath === undefined ? {} : { rpath }),
    ...(runpath === undefined ? {} : { runpath }),
    stringsAddress: single.get(DT_STRTAB) ?? 0,
    stringsSize: single.get(DT_STRSZ) ?? 0,
    noDefaultLibraries: ((single.get(DT_FLAGS_1) ?? 0) & DF_1_NODEFLIB) !== 0,
  };
}
