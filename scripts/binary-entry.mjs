/** Puts our entry (packaging/binary) in front of the one of an executable. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [PT_LOAD, PT_INTERP] = [1, 3];
const ROW = 56;
const PAGE = 4096;

const SOURCES = [
  ...['entry.c', 'load-interpreter.c', 'addon-file.c', 'addon.S'].map((name) => `packaging/binary/${name}`),
  ...['environment-mark.c', 'node-limits.c', 'node-trial.c', 'process.c', 'start.c', 'state-record.c'].map(
    (name) => `native/launcher/${name}`,
  ),
  ...['errno-names.c', 'memory.c', 'sealed.c'].map((name) => `native/core/${name}`),
];

const OPTIONS = [
  ...['-std=c11', '-Wall', '-Wextra', '-Werror', '-Os', '-ffreestanding', '-fno-pie', '-fno-stack-protector'],
  ...[
    '-fno-asynchronous-unwind-tables',
    '-fno-ident',
    '-ffunction-sections',
    '-fdata-sections',
    '-fcf-protection=none',
  ],
  ...['-static', '-nostdlib', '-no-pie', '-Wl,--gc-sections,--build-id=none,-z,norelro,-z,max-page-size=4096'],
];

/** The headers of an executable for x86-64: its entry, its program headers as rows, and which of them names the loader. */
export function readElf(bytes) {
  if (bytes.toString('latin1', 0, 4) !== '\x7fELF' || bytes.readUInt16LE(18) !== 62)
    throw new Error('no executable for x86-64');
  if (bytes.readUInt16LE(16) !== 2)
    throw new Error('not at a fixed address: packaging/binary/layout.ld counts on that');
  const at = Number(bytes.readBigUInt64LE(32));
  const rows = Array.from({ length: bytes.readUInt16LE(56) }, (_, index) =>
    bytes.subarray(at + index * ROW, at + (index + 1) * ROW),
  );
  const interpreter = rows.filter((row) => row.readUInt32LE(0) === PT_INTERP);
  if (interpreter.length !== 1) throw new Error(`${interpreter.length} program headers name a loader, not one`);
  const [offset, size] = [8, 32].map((field) => Number(interpreter[0].readBigUInt64LE(field)));
  return {
    at,
    rows,
    entry: bytes.readBigUInt64LE(24),
    interpreter: bytes.toString('latin1', offset, offset + size - 1),
  };
}

/**
 * Compiles the entry for one executable.
 *
 * In: the top of the project; a folder for what is made on the way; readElf() of the executable; the addon's path.
 * Out: the segment's bytes, its address, and the entry point in it.
 */
export function linkEntry(root, folder, elf, addon) {
  const linked = join(folder, 'entry');
  const defines = [
    `-DINTERPRETER=${JSON.stringify(elf.interpreter)}`,
    `-DNODE_ENTRY=${elf.entry}l`,
    `-DADDON=${JSON.stringify(addon)}`,
  ];
  const words = [...OPTIONS, ...defines, ...SOURCES, '-Wl,-T,packaging/binary/layout.ld', '-o', linked];
  execFileSync('x86_64-linux-gnu-gcc', words, { cwd: root, stdio: 'inherit' });
  const made = readFileSync(linked);
  const at = Number(made.readBigUInt64LE(32));
  const loads = Array.from({ length: made.readUInt16LE(56) }, (_, index) =>
    made.subarray(at + index * ROW, at + (index + 1) * ROW),
  ).filter((row) => row.readUInt32LE(0) === PT_LOAD);
  if (loads.length !== 1) throw new Error(`the entry has ${loads.length} segments, not one`);
  const [offset, address, size] = [8, 16, 32].map((field) => Number(loads[0].readBigUInt64LE(field)));
  if (Number(loads[0].readBigUInt64LE(40)) !== size) throw new Error('the entry has memory beyond the file');
  return { bytes: made.subarray(offset, offset + size), address, entry: made.readBigUInt64LE(24) };
}

/**
 * The executable with the entry in it: as the last segment, at the end of the file, in the place of the program header that named the loader. The kernel
 * wants segments in the order of their addresses, so the rows between move up by one.
 */
export function putEntry(bytes, elf, entry) {
  const loads = elf.rows.filter((row) => row.readUInt32LE(0) === PT_LOAD);
  const end = Math.max(...loads.map((row) => Number(row.readBigUInt64LE(16) + row.readBigUInt64LE(40))));
  if (end > entry.address) throw new Error('the executable reaches into the place of its entry');
  const offset = Math.ceil(bytes.length / PAGE) * PAGE;
  const row = Buffer.alloc(ROW);
  row.writeUInt32LE(PT_LOAD, 0);
  row.writeUInt32LE(5, 4); // read, execute
  row.writeBigUInt64LE(BigInt(offset), 8);
  for (const field of [16, 24]) row.writeBigUInt64LE(BigInt(entry.address), field);
  for (const field of [32, 40]) row.writeBigUInt64LE(BigInt(entry.bytes.length), field);
  row.writeBigUInt64LE(BigInt(PAGE), 48);
  const kept = elf.rows.filter((one) => one.readUInt32LE(0) !== PT_INTERP);
  const last = kept.findLastIndex((one) => one.readUInt32LE(0) === PT_LOAD);
  const table = Buffer.concat([...kept.slice(0, last + 1), row, ...kept.slice(last + 1)]);
  const whole = Buffer.alloc(offset + entry.bytes.length);
  bytes.copy(whole);
  table.copy(whole, elf.at);
  entry.bytes.copy(whole, offset);
  whole.writeBigUInt64LE(entry.entry, 24);
  return whole;
}
