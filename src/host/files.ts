import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { type Bytes, bufferOfBytes, bytesOfLatin1 } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import type { FileView } from '../policy/overlap.ts';
import { directoryOf, joinPath, ROOT } from '../policy/path.ts';

/** A policy larger than this is a mistake: 65,536 rules of 200 bytes fit well. */
const LARGEST_POLICY = 32 * 1024 * 1024;

/** The name of the errno in a Node error, for people. */
export function errnoName(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

/** The real file system, for checks before the run. Each answer is kept: a policy asks for the same directories again and again. */
export function makeFileView(): FileView {
  const resolved = new Map<Bytes, Bytes>();
  const resolve = (path: Bytes): Bytes => {
    const known = resolved.get(path);
    if (known !== undefined) return known;
    const answer = realPath(path) ?? (path === ROOT ? ROOT : joinPath(resolve(directoryOf(path)), baseName(path)));
    resolved.set(path, answer);
    return answer;
  };
  return { resolve, entries: listDirectory };
}

function realPath(path: Bytes): Bytes | undefined {
  try {
    return bytesOfLatin1(realpathSync.native(bufferOfBytes(path), 'buffer').toString('latin1'));
  } catch {
    return undefined;
  }
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
 * Reads a policy file or a config whole.
 *
 * @throws Refusal `policy-not-file`, `policy-unreadable`, `policy-too-large`
 */
export function readPolicyFile(path: Bytes, origin: Origin): Bytes {
  const file = bufferOfBytes(path);
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) refuse('policy-not-file', origin, path);
    if (stat.size > LARGEST_POLICY) refuse('policy-too-large', origin, path, LARGEST_POLICY);
    return limited(readFileSync(file), path, origin);
  } catch (error) {
    return rethrow(error, path, origin);
  }
}

/** Reads a policy from descriptor 0 to its end. */
export function readStdin(origin: Origin): Bytes {
  const name = 'stdin' as Bytes;
  try {
    return limited(readFileSync(0), name, origin);
  } catch (error) {
    return rethrow(error, name, origin);
  }
}

function limited(content: Buffer, path: Bytes, origin: Origin): Bytes {
  if (content.length > LARGEST_POLICY) refuse('policy-too-large', origin, path, LARGEST_POLICY);
  return bytesOfLatin1(content.toString('latin1'));
}

function rethrow(error: unknown, path: Bytes, origin: Origin): never {
  if ((error as { name?: string }).name === 'Refusal') throw error;
  return refuse('policy-unreadable', origin, path, errnoName(error));
}
