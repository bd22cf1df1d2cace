// Builds the C parts that these tests drive, and reads the programs that the core makes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

const here = import.meta.dirname;
const core = join(here, '../../native/core');
const parts = ['filter.c', 'filter-program.c', 'filter-calls.c', 'filter-assembler.c', 'filter-search.c'];
const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', `-I${core}`];

/** A directory that is removed when this test file ends. */
export function temporaryDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'filter-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Compiles a program of this directory together with the core's filter. Returns its path. */
export function build(source, directory) {
  const out = join(directory, source.replace(/\.c$/, ''));
  execFileSync('cc', [...flags, '-o', out, join(here, source), ...parts.map((name) => join(core, name))]);
  return out;
}

/** The features by name, as docs/plan-format.md numbers them. */
export const F = {
  TERMINAL: 1,
  PRLIMIT: 2,
  TCP: 4,
  UDP_NONE: 8,
  OTHER_NET_NONE: 16,
  INET_NONE: 32,
  UNIX_NONE: 64,
  TRUNCATE: 128,
  IO_URING: 256,
};
export const ALL = 511;

/** Every program that the core makes: programs['x86-64'][features] is a list of instructions {code, jt, jf, k}. */
export function readPrograms(directory) {
  const bytes = execFileSync(build('print-programs.c', directory), { maxBuffer: 1 << 26 });
  let at = 0;
  const one = () => {
    const program = [];
    const count = bytes.readUInt32LE(at);
    at += 4;
    for (let i = 0; i < count; i++, at += 8)
      program.push({
        code: bytes.readUInt16LE(at),
        jt: bytes[at + 2],
        jf: bytes[at + 3],
        k: bytes.readUInt32LE(at + 4),
      });
    return program;
  };
  const machine = () => Array.from({ length: ALL + 1 }, one);
  const programs = { 'x86-64': machine(), arm64: machine() };
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes left over`);
  return programs;
}
