import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { type Bytes, bufferOfBytes, bytesOfLatin1 } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import type { LinkView } from '../policy/anchor.ts';
import type { FileView } from '../policy/overlap.ts';
import { directoryOf, joinPath, ROOT } from '../policy/path.ts';
import { isForeignDescriptor } from './descriptor-path.ts';
import { loadNative } from './native.ts';

/** A policy larger than this is a mistake: 65,536 rules of 200 bytes fit well. */
const LARGEST_POLICY = 32 * 1024 * 1024;

/** The name of the errno in a Node error, for people. */
export function errnoName(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

/**
 * The real file system, for checks before the run. Each answer is kept: a policy asks for the same directories again and again. The addon asks
 * the kernel: a hundred questions through node:fs cost more than all the rest of a run.
 */
export function makeFileView(): FileView & LinkView {
  const native = loadNative();
  const resolved = new Map<Bytes, Bytes>();
  const links = new Map<Bytes, Bytes | undefined>();
  const resolve = (path: Bytes): Bytes => {
    const known = resolved.get(path);
    if (known !== undefined) return known;
    const answer =
      native.realPath(path) ?? (path === ROOT ? ROOT : joinPath(resolve(directoryOf(path)), baseName(path)));
    resolved.set(path, answer);
    return answer;
  };
  const readLink = (path: Bytes): Bytes | undefined => {
    if (!links.has(path)) links.set(path, native.readLink(path));
    return links.get(path);
  };
  return { resolve, entries: listDirectory, readLink };
}

function baseName(path: Bytes): Bytes {
  return path.slice(path.lastIndexOf('/') + 1) as Bytes;
}

function listDirectory(directory: Bytes): readonly Bytes[] | undefined {
  try {
    return readdirSync(bufferOfBytes(directory), 'buffer').map((name) => bytesOfLatin1(name.toString('latin1')));
  } catch {
    return undefined;
  }
}

/**
 * Reads a policy file or a config whole. A pipe (`--policy <(...)`) is read to its end, as by any program.
 *
 * @throws Refusal `policy-descriptor`, `policy-not-file`, `policy-unreadable`, `policy-too-large`
 */
export function readPolicyFile(path: Bytes, origin: Origin): Bytes {
  if (isForeignDescriptor(path)) refuse('policy-descriptor', origin, path);
  return readWhole(path, origin, () => openSync(bufferOfBytes(path), 'r'), closeSync);
}

/** Reads a policy from descriptor 0 to its end. */
export function readStdin(origin: Origin): Bytes {
  return readWhole(
    'stdin' as Bytes,
    origin,
    () => 0,
    () => undefined,
  );
}

/** The file behind descriptor 0, as in `--policy - < FILE`; undefined for a pipe and the like, and where /proc does not tell. */
export function fileOfStdin(): Bytes | undefined {
  try {
    const status = fstatSync(0);
    return status.isFile() && status.nlink > 0 ? loadNative().readLink('/proc/self/fd/0' as Bytes) : undefined;
  } catch {
    return undefined;
  }
}

function readWhole(path: Bytes, origin: Origin, open: () => number, close: (descriptor: number) => void): Bytes {
  try {
    const descriptor = open();
    try {
      const status = fstatSync(descriptor);
      if (status.isDirectory()) refuse('policy-not-file', origin, path);
      return bytesOfLatin1(readLimited(descriptor, status.size, path, origin).toString('latin1'));
    } finally {
      close(descriptor);
    }
  } catch (error) {
    return rethrow(error, path, origin);
  }
}

/** Reads to the end, but no more than a policy can be: some files (/dev/zero) have none. */
function readLimited(descriptor: number, size: number, path: Bytes, origin: Origin): Buffer {
  const chunks: Buffer[] = [];
  const least = size > 0 ? 4096 : 65_536; // a pipe has no size, and gives no more at once
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(Math.max(size - total + 1, least), LARGEST_POLICY));
    const got = readSome(descriptor, chunk);
    if (got === 0) return Buffer.concat(chunks);
    total += got;
    if (total > LARGEST_POLICY) refuse('policy-too-large', origin, path, LARGEST_POLICY);
    chunks.push(chunk.subarray(0, got));
  }
}

/** One read; a descriptor that the caller made non-blocking, and that is empty for now, is asked again. */
function readSome(descriptor: number, into: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, into, 0, into.length, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function rethrow(error: unknown, path: Bytes, origin: Origin): never {
  if ((error as { name?: string }).name === 'Refusal') throw error;
  return refuse('policy-unreadable', origin, path, errnoName(error));
}
