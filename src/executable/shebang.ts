import { type Bytes, bytesOfLatin1 } from '../base/bytes.ts';

/** How much of a file the kernel looks at (BINPRM_BUF_SIZE, include/uapi/linux/binfmts.h). */
export const KERNEL_HEAD_SIZE = 256;

/** How many scripts may hand on to each other before execve says ELOOP (exec_binprm, fs/exec.c). */
export const MAX_SCRIPTS = 5;

export interface Shebang {
  /** Relative to the working directory unless absolute; a carriage return before the newline is part of it. */
  readonly interpreter: Bytes;
  /** All the rest of the line, as one argument. */
  readonly argument?: Bytes;
}

/**
 * Reads a first line exactly as load_script does (fs/binfmt_script.c, unchanged since 5.10).
 *
 * @param head the file's first bytes; all beyond KERNEL_HEAD_SIZE is ignored.
 * @returns undefined where the file doesn't begin with `#!`; `ENOEXEC` where it does but the kernel refuses the line: no name, or a
 *   name that may be cut off.
 */
export function parseShebang(head: Buffer): Shebang | 'ENOEXEC' | undefined {
  if (head.length < 2 || head[0] !== 0x23 || head[1] !== 0x21) return undefined;
  // Behind a short file's end the kernel's buffer holds zeros.
  const line = Buffer.alloc(KERNEL_HEAD_SIZE);
  head.copy(line, 0, 0, Math.min(head.length, KERNEL_HEAD_SIZE));
  let end = newlineIn(line);
  if (end === undefined) {
    const start = nextNonBlank(line, 2, KERNEL_HEAD_SIZE - 1);
    if (start === undefined) return 'ENOEXEC';
    if (nextTerminator(line, start, KERNEL_HEAD_SIZE - 1) === undefined) return 'ENOEXEC';
    end = KERNEL_HEAD_SIZE - 1;
  }
  while (isBlank(line[end - 1])) end--;
  const name = nextNonBlank(line, 2, end);
  if (name === undefined || name === end) return 'ENOEXEC';
  const separator = nextTerminator(line, name, end);
  const argument = separator !== undefined && line[separator] !== 0 ? nextNonBlank(line, separator, end) : undefined;
  line[end] = 0;
  if (argument === undefined) return { interpreter: stringAt(line, name) };
  if (separator !== undefined) line[separator] = 0;
  return { interpreter: stringAt(line, name), argument: stringAt(line, argument) };
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** strnchr: a zero byte ends the search. */
function newlineIn(line: Buffer): number | undefined {
  for (let at = 0; at < line.length; at++) {
    if (line[at] === 0x0a) return at;
    if (line[at] === 0) return undefined;
  }
  return undefined;
}

function nextNonBlank(line: Buffer, first: number, last: number): number | undefined {
  for (let at = first; at <= last; at++) if (!isBlank(line[at])) return at;
  return undefined;
}

function nextTerminator(line: Buffer, first: number, last: number): number | undefined {
  for (let at = first; at <= last; at++) if (isBlank(line[at]) || line[at] === 0) return at;
  return undefined;
}

function stringAt(line: Buffer, start: number): Bytes {
  const end = line.indexOf(0, start);
  return bytesOfLatin1(line.toString('latin1', start, end < 0 ? line.length : end));
}
