import { type Bytes, bytesOfLatin1 } from '../base/bytes.ts';
import { type DynamicEntries, parseDynamic } from './elf-dynamic.ts';
import {
  type ElfHeader,
  type ProgramHeader,
  PT_DYNAMIC,
  PT_INTERP,
  PT_LOAD,
  parseElfHeader,
  parseProgramHeaders,
  programHeaderSize,
} from './elf-header.ts';
import type { ReadAt } from './host-files.ts';

/** What of an ELF file decides which other files are opened to start it. */
export interface ElfImage {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  readonly machine: number;
  /** PT_INTERP; absent in static programs and most libraries. */
  readonly interpreter?: Bytes;
  readonly needed: readonly Bytes[];
  readonly auxiliary: readonly Bytes[];
  readonly soname?: Bytes;
  /** Only without runpath: ld.so then ignores it (ld.so(8)). */
  readonly rpath?: Bytes;
  readonly runpath?: Bytes;
  readonly noDefaultLibraries: boolean;
}

/** Enough for the header, its program headers and PT_INTERP of nearly every file: one read. */
export const HEAD_SIZE = 1024;
const PATH_MAX = 4096;
const MAX_DYNAMIC_SIZE = 65536;
/** Strings that lie this close together are read at once. */
const STRING_WINDOW = 16384;

/**
 * @param head the file's first HEAD_SIZE bytes, read by the caller, who wants to see more in them than ELF.
 * @returns undefined where execve would answer ENOEXEC; `damaged` where the header is well but what it points to is not.
 */
export function readElfImage(head: Buffer, read: ReadAt): ElfImage | 'damaged' | undefined {
  const header = parseElfHeader(head);
  if (header === undefined) return undefined;
  const size = header.programCount * programHeaderSize(header.bits);
  const programs = parseProgramHeaders(window(head, read, header.programOffset, size), header);
  if (programs === undefined) return undefined;
  const interpreter = interpreterOf(programs, head, read);
  if (interpreter === null) return undefined;
  const dynamic = dynamicOf(programs, header, read);
  if (dynamic === 'damaged') return 'damaged';
  return {
    bits: header.bits,
    littleEndian: header.littleEndian,
    machine: header.machine,
    ...(interpreter === undefined ? {} : { interpreter }),
    ...dynamic,
  };
}

/** Bytes of the file, from the head where it holds them. */
function window(head: Buffer, read: ReadAt, offset: number, length: number): Buffer {
  return offset + length <= head.length ? head.subarray(offset, offset + length) : read(offset, length);
}

/** null where load_elf_binary refuses it: too long, too short, not ended by a zero byte. */
function interpreterOf(programs: readonly ProgramHeader[], head: Buffer, read: ReadAt): Bytes | undefined | null {
  const program = programs.find((each) => each.type === PT_INTERP);
  if (program === undefined) return undefined;
  if (program.fileSize < 2 || program.fileSize > PATH_MAX || !Number.isSafeInteger(program.offset)) return null;
  const bytes = window(head, read, program.offset, program.fileSize);
  if (bytes.length < program.fileSize || bytes[program.fileSize - 1] !== 0) return null;
  return bytesOfLatin1(bytes.toString('latin1', 0, bytes.indexOf(0)));
}

type DynamicPart = Pick<ElfImage, 'needed' | 'auxiliary' | 'soname' | 'rpath' | 'runpath' | 'noDefaultLibraries'>;

function dynamicOf(programs: readonly ProgramHeader[], header: ElfHeader, read: ReadAt): DynamicPart | 'damaged' {
  const nothing = { needed: [], auxiliary: [], noDefaultLibraries: false };
  // glibc and musl both take the last one.
  const program = programs.findLast((each) => each.type === PT_DYNAMIC);
  if (program === undefined) return nothing;
  if (!Number.isSafeInteger(program.offset + program.fileSize)) return 'damaged';
  const size = Math.min(program.fileSize, MAX_DYNAMIC_SIZE);
  const section = read(program.offset, size);
  if (section.length < size) return 'damaged';
  const entries = parseDynamic(section, header);
  const offsets = wantedStrings(entries);
  if (offsets.length === 0) return nothing;
  const segment = programs.find(
    ({ type, address, fileSize }) =>
      type === PT_LOAD && address <= entries.stringsAddress && entries.stringsAddress < address + fileSize,
  );
  if (segment === undefined) return 'damaged';
  const start = entries.stringsAddress - segment.address + segment.offset;
  const strings = readStrings(read, start, entries.stringsSize, offsets);
  if (strings === undefined) return 'damaged';
  const at = (offset: number) => strings.get(offset) as Bytes;
  return {
    needed: entries.needed.map(at),
    auxiliary: entries.auxiliary.map(at),
    ...(entries.soname === undefined ? {} : { soname: at(entries.soname) }),
    ...(entries.runpath !== undefined
      ? { runpath: at(entries.runpath) }
      : entries.rpath !== undefined
        ? { rpath: at(entries.rpath) }
        : {}),
    noDefaultLibraries: entries.noDefaultLibraries,
  };
}

function wantedStrings(entries: DynamicEntries): number[] {
  const single = [entries.soname, entries.rpath, entries.runpath].filter((offset) => offset !== undefined);
  return [...entries.needed, ...entries.auxiliary, ...single];
}

/** undefined where one of them lies outside the table or has no end in it. */
function readStrings(
  read: ReadAt,
  start: number,
  size: number,
  offsets: readonly number[],
): Map<number, Bytes> | undefined {
  const lowest = Math.min(...offsets);
  const highest = Math.max(...offsets);
  if (highest >= size || !Number.isSafeInteger(start + size)) return undefined;
  const strings = new Map<number, Bytes>();
  const near = highest - lowest < STRING_WINDOW;
  const shared = near ? read(start + lowest, Math.min(size, highest + 256) - lowest) : undefined;
  for (const offset of offsets) {
    let from = offset - lowest;
    let bytes = shared;
    if (bytes === undefined || bytes.indexOf(0, from) < 0) {
      from = 0;
      bytes = read(start + offset, Math.min(size - offset, MAX_DYNAMIC_SIZE));
    }
    const end = bytes.indexOf(0, from);
    if (end < 0) return undefined;
    strings.set(offset, bytesOfLatin1(bytes.toString('latin1', from, end)));
  }
  return strings;
}
