import type { Plan } from './encode.ts';

/**
 * The file of a compiled launcher: the template, whose last program header is given to one more segment, and that segment: a checksum, the plan and an end mark
 * (docs/launcher.md). native/launcher/image.c reads the same.
 */
const BLOCK_MAGIC = 'LLRIMAGE';
const BLOCK_SIZE = 24;
/** Ends the file, so that one which lacks even its last byte differs from a whole one: behind the end of a file the kernel maps zeros. */
const END_MARK = 'LLR-END.';
const CHECKSUM_AT = 8;
const PLAN_SIZE_AT = 16;

/** Where plans are mapped: above any template, below the stack; and how far apart pages can be (64 KiB on some arm64 kernels). */
const PLAN_ADDRESS = 0x1000_0000n;
const PAGE = 0x1_0000;
/** What the linker writes for the segment that the template does not have yet. */
const TEMPLATE_ALIGNMENT = 8n;

/** elf(5), ELFCLASS64. */
const PROGRAM_HEADERS_AT = 32;
const PROGRAM_HEADER_SIZE_AT = 54;
const PROGRAM_HEADER_COUNT_AT = 56;
const PROGRAM_HEADER_SIZE = 56;
const PT_NULL = 0;
const PT_LOAD = 1;
const PF_R = 4;

/** Puts the plan behind the template. @throws where the template is not one: the caller knows it by its hash. */
export function makeLauncherFile(template: Uint8Array, plan: Plan): Uint8Array {
  const offset = alignUp(template.length, 16);
  const size = BLOCK_SIZE + alignUp(plan.length, 8) + END_MARK.length;
  const file = Buffer.alloc(offset + size);
  file.set(template);
  const header = lastProgramHeader(file);
  if (header === undefined || file.readUInt32LE(header) !== PT_NULL) throw new Error('not a template of launchers');
  writeProgramHeader(file, header, offset, size);
  file.write(BLOCK_MAGIC, offset, 'latin1');
  file.writeUInt32LE(plan.length, offset + PLAN_SIZE_AT);
  file.set(plan, offset + BLOCK_SIZE);
  file.write(END_MARK, offset + size - END_MARK.length, 'latin1');
  file.writeBigUInt64LE(checksum(file, template.length, offset), offset + CHECKSUM_AT);
  return file;
}

/** A compiled launcher, taken apart again. */
export interface LauncherParts {
  /** As it was before the plan came: to be compared with the templates that are known. */
  readonly template: Uint8Array;
  readonly plan: Plan;
  readonly intact: boolean;
}

/** Takes a launcher apart; undefined where the file is not one, by its headers and its magic. */
export function splitLauncherFile(bytes: Uint8Array): LauncherParts | undefined {
  const file = Buffer.from(bytes);
  const header = lastProgramHeader(file);
  if (header === undefined || file.readUInt32LE(header) !== PT_LOAD) return undefined;
  const offset = Number(file.readBigUInt64LE(header + 8));
  const size = Number(file.readBigUInt64LE(header + 32));
  const codeSize = Number(file.readBigUInt64LE(Number(file.readBigUInt64LE(PROGRAM_HEADERS_AT)) + 32));
  if (size < BLOCK_SIZE || offset + size > file.length || codeSize > offset) return undefined;
  if (file.toString('latin1', offset, offset + BLOCK_MAGIC.length) !== BLOCK_MAGIC) return undefined;
  const planSize = file.readUInt32LE(offset + PLAN_SIZE_AT);
  if (planSize > size - BLOCK_SIZE) return undefined;
  const intact =
    offset + size === file.length && checksum(file, codeSize, offset) === file.readBigUInt64LE(offset + CHECKSUM_AT);
  const plan = new Uint8Array(file.subarray(offset + BLOCK_SIZE, offset + BLOCK_SIZE + planSize)) as Plan;
  file.writeUInt32LE(PT_NULL, header);
  file.fill(0, header + 8, header + 48);
  file.writeBigUInt64LE(TEMPLATE_ALIGNMENT, header + 48);
  return { template: file.subarray(0, codeSize), plan, intact };
}

/** Where the header of the plan's segment lies in the file; undefined where the file is no ELF of ours. */
function lastProgramHeader(file: Buffer): number | undefined {
  if (file.length < 64 || file.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') return undefined;
  const at = Number(file.readBigUInt64LE(PROGRAM_HEADERS_AT));
  const count = file.readUInt16LE(PROGRAM_HEADER_COUNT_AT);
  if (file.readUInt16LE(PROGRAM_HEADER_SIZE_AT) !== PROGRAM_HEADER_SIZE || count === 0) return undefined;
  const last = at + (count - 1) * PROGRAM_HEADER_SIZE;
  return last + PROGRAM_HEADER_SIZE > file.length ? undefined : last;
}

/** The kernel wants address and offset to agree below the size of a page. */
function writeProgramHeader(file: Buffer, header: number, offset: number, size: number): void {
  const address = PLAN_ADDRESS + BigInt(offset % PAGE);
  file.writeUInt32LE(PT_LOAD, header);
  file.writeUInt32LE(PF_R, header + 4);
  file.writeBigUInt64LE(BigInt(offset), header + 8);
  file.writeBigUInt64LE(address, header + 16);
  file.writeBigUInt64LE(address, header + 24);
  file.writeBigUInt64LE(BigInt(size), header + 32);
  file.writeBigUInt64LE(BigInt(size), header + 40);
  file.writeBigUInt64LE(BigInt(PAGE), header + 48);
}

/** Over the code segment and the block without the checksum itself, as native/launcher/image.c computes it. */
function checksum(file: Buffer, codeSize: number, block: number): bigint {
  const code = addWords(0n, file.subarray(0, codeSize));
  const magic = addWords(code, file.subarray(block, block + CHECKSUM_AT));
  return addWords(magic, file.subarray(block + PLAN_SIZE_AT, file.length));
}

const MULTIPLIER = 0x9e37_79b9_7f4a_7c15n;

/** Each word goes to one of four lanes in turn, those that are left over to the first; then the lanes are words of the first. */
function addWords(start: bigint, bytes: Buffer): bigint {
  const lanes: [bigint, bigint, bigint, bigint] = [start, 0n, 0n, 0n];
  const count = Math.floor(bytes.length / 8);
  const even = count - (count % lanes.length);
  for (let index = 0; index < count; index++) {
    const lane = index < even ? ((index % lanes.length) as 0 | 1 | 2 | 3) : 0;
    lanes[lane] = mix(lanes[lane], bytes.readBigUInt64LE(index * 8));
  }
  const [first, ...others] = lanes;
  return others.reduce(mix, first);
}

function mix(sum: bigint, word: bigint): bigint {
  const product = BigInt.asUintN(64, (sum ^ word) * MULTIPLIER);
  return product ^ (product >> 32n);
}

function alignUp(size: number, to: number): number {
  return Math.ceil(size / to) * to;
}
