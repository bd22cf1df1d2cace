/** The fixed parts of an ELF file (elf(5)): header and program headers. Pure, and made for hostile bytes. */

export interface ElfHeader {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** EM_*. */
  readonly machine: number;
  /** Where the program headers begin, how many there are. */
  readonly programOffset: number;
  readonly programCount: number;
}

export interface ProgramHeader {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
}

export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;

/** The kernel refuses more than 64 KiB of program headers (load_elf_phdrs, fs/binfmt_elf.c). */
const MAX_PROGRAM_HEADERS_SIZE = 65536;

/** Reads numbers in the file's own byte order; callers check bounds first. */
export interface Numbers {
  u16(at: number): number;
  u32(at: number): number;
  /** An address or offset of the file's own width; 64-bit ones beyond 2^53 lose precision, and then point nowhere. */
  word(at: number): number;
}

export function numbersOf(bytes: Buffer, header: { bits: 32 | 64; littleEndian: boolean }): Numbers {
  const u16 = header.littleEndian ? bytes.readUInt16LE.bind(bytes) : bytes.readUInt16BE.bind(bytes);
  const u32 = header.littleEndian ? bytes.readUInt32LE.bind(bytes) : bytes.readUInt32BE.bind(bytes);
  const high = header.littleEndian ? 4 : 0;
  const u64 = (at: number) => u32(at + high) * 0x1_0000_0000 + u32(at + 4 - high);
  return { u16, u32, word: header.bits === 64 ? u64 : u32 };
}

/** Whether the file announces itself as ELF, which says nothing about the rest of it. */
function isElf(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === 0x7f454c46;
}

/**
 * @param head the file's first bytes, 64 of them where it has as many.
 * @returns undefined where execve would answer ENOEXEC: cut short, an unknown class or byte order, neither EXEC nor DYN, no or too
 *   many program headers.
 */
export function parseElfHeader(head: Buffer): ElfHeader | undefined {
  if (!isElf(head) || head.length < 52) return undefined;
  const bits = head[4] === 1 ? 32 : head[4] === 2 ? 64 : undefined;
  const littleEndian = head[5] === 1 ? true : head[5] === 2 ? false : undefined;
  if (bits === undefined || littleEndian === undefined || head.length < (bits === 64 ? 64 : 52)) return undefined;
  const numbers = numbersOf(head, { bits, littleEndian });
  const type = numbers.u16(16);
  if (type !== 2 && type !== 3) return undefined;
  const sizeAt = bits === 64 ? 54 : 42;
  const programCount = numbers.u16(sizeAt + 2);
  const size = programHeaderSize(bits);
  if (numbers.u16(sizeAt) !== size || programCount === 0) return undefined;
  if (programCount * size > MAX_PROGRAM_HEADERS_SIZE) return undefined;
  const programOffset = numbers.word(bits === 64 ? 32 : 28);
  if (!Number.isSafeInteger(programOffset)) return undefined;
  return { bits, littleEndian, machine: numbers.u16(18), programOffset, programCount };
}

export function programHeaderSize(bits: 32 | 64): 32 | 56 {
  return bits === 64 ? 56 : 32;
}

/**
 * @param bytes the program headers and nothing else.
 * @returns undefined where the bytes end too early.
 */
export function parseProgramHeaders(bytes: Buffer, header: ElfHeader): ProgramHeader[] | undefined {
  const size = programHeaderSize(header.bits);
  if (bytes.length < header.programCount * size) return undefined;
  const numbers = numbersOf(bytes, header);
  const wide = header.bits === 64;
  return Array.from({ length: header.programCount }, (_, index) => {
    const at = index * size;
    return {
      type: numbers.u32(at),
      offset: numbers.word(at + (wide ? 8 : 4)),
      address: numbers.word(at + (wide ? 16 : 8)),
      fileSize: numbers.word(at + (wide ? 32 : 16)),
    };
  });
}
