import { chmodSync, closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type Bytes, bufferOfBytes } from '../../base/bytes.ts';
import { refuse } from '../../diagnostics/diagnostic.ts';
import type { Origin } from '../../diagnostics/origin.ts';
import { errnoName } from '../files.ts';

const MODE = 0o755;

/**
 * Writes a launcher whole or not at all: under another name first, so that nobody ever starts half of one, and a launcher that is running now stays
 * what it is.
 *
 * @throws Refusal `compiled-not-file`, `compiled-unwritable`
 */
export function writeLauncher(path: Bytes, content: Uint8Array, origin: Origin): void {
  const target = bufferOfBytes(path);
  refuseSpecialFile(path, origin);
  const temporary = Buffer.concat([target, Buffer.from(`.${process.pid}.new`)]);
  let made = false;
  try {
    const descriptor = openSync(temporary, 'wx', 0o700);
    made = true;
    try {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    chmodSync(temporary, MODE);
    renameSync(temporary, target);
  } catch (error) {
    if (made) rmSync(temporary, { force: true });
    refuse('compiled-unwritable', origin, path, errnoName(error));
  }
}

/** Renaming over a device or a directory would fail late, or replace what nobody meant. */
function refuseSpecialFile(path: Bytes, origin: Origin): void {
  let special = false;
  try {
    const stat = lstatSync(bufferOfBytes(path), { throwIfNoEntry: false });
    special = stat !== undefined && !stat.isFile() && !stat.isSymbolicLink();
  } catch (error) {
    refuse('compiled-unwritable', origin, path, errnoName(error));
  }
  if (special) refuse('compiled-not-file', origin, path);
}
