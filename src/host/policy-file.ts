import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { type Bytes, bufferOfBytes } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin, type Origin } from '../diagnostics/origin.ts';
import { errnoName } from './files.ts';

const LEARN: Origin = flagOrigin('--learn');

/**
 * The text of the policy file to learn into; undefined where there is none yet.
 *
 * @throws Refusal `learn-out-not-file`, `policy-unreadable`
 */
export function readExisting(path: Bytes): string | undefined {
  try {
    if (!statSync(bufferOfBytes(path)).isFile()) refuse('learn-out-not-file', LEARN, path);
    return readFileSync(bufferOfBytes(path), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // A link that leads nowhere is something that is there.
    if (code === 'ENOENT' && !isLink(path)) return undefined;
    return refuse('policy-unreadable', LEARN, path, code);
  }
}

function isLink(path: Bytes): boolean {
  return lstatSync(bufferOfBytes(path), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/**
 * Writes a policy file whole or not at all: beside it, then renamed over it. A file that was there keeps its mode.
 *
 * @throws Refusal `learn-out-unwritable`
 */
export function writePolicyFile(path: Bytes, text: string): void {
  const unfinished = bufferOfBytes(`${path}.${process.pid}.tmp` as Bytes);
  try {
    const descriptor = openSync(unfinished, 'wx', 0o666);
    try {
      const before = statSync(bufferOfBytes(path), { throwIfNoEntry: false });
      if (before !== undefined) fchmodSync(descriptor, before.mode & 0o777);
      const bytes = Buffer.from(text, 'utf8');
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, bufferOfBytes(path));
  } catch (error) {
    rmSync(unfinished, { force: true });
    refuse('learn-out-unwritable', LEARN, path, errnoName(error));
  }
}

/** Can a file be made beside `path`? Asked before COMMAND runs, so that its work is not done for nothing. */
export function refuseUnwritable(path: Bytes): void {
  const probe = bufferOfBytes(`${path}.${process.pid}.tmp` as Bytes);
  try {
    closeSync(openSync(probe, 'wx', 0o600));
    rmSync(probe);
  } catch (error) {
    refuse('learn-out-unwritable', LEARN, path, errnoName(error));
  }
}
