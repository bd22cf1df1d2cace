import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type Bytes, bufferOfBytes, bytesOfLatin1, bytesOfText } from '../../base/bytes.ts';
import { refuse } from '../../diagnostics/diagnostic.ts';
import type { Origin } from '../../diagnostics/origin.ts';
import { absolutePath, directoryOf, isBelowOrSame, joinPath } from '../../policy/path.ts';
import { errnoName } from '../files.ts';

const MODE = 0o755;
/** With the end of a temporary name behind it a name is still one that file systems take (255 bytes). */
const NAME_KEPT = 200;
/** What lies there leads to descriptors and devices: `/dev/stdout` is a link, and whoever names it means what it leads to. */
const KERNELS = ['/dev', '/proc'].map(bytesOfText);

/**
 * Where a launcher is to be written, absolute.
 *
 * @throws Refusal `compiled-unwritable` where a directory is named by its slash: a file of that name is not what was meant.
 */
export function launcherPath(given: Bytes, base: Bytes, origin: Origin): Bytes {
  if (/[^/]\/+(\.\/*)?$/.test(given)) refuse('compiled-unwritable', origin, given, 'EISDIR');
  return absolutePath(given, base);
}

/**
 * Writes a launcher whole or not at all: under another name first, so that nobody ever starts half of one, and a launcher that is running now stays
 * what it is.
 *
 * @throws Refusal `compiled-not-file`, `compiled-unwritable`
 */
export function writeLauncher(path: Bytes, content: Uint8Array, origin: Origin): void {
  refuseSpecialFile(path, origin);
  const directory = directoryOf(path);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const target = bufferOfBytes(path);
  const temporary = bufferOfBytes(joinPath(directory, `${name.slice(0, NAME_KEPT)}.${process.pid}.new` as Bytes));
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
    special = stat !== undefined && !stat.isFile() && !(stat.isSymbolicLink() && isReplaceable(path));
  } catch (error) {
    refuse('compiled-unwritable', origin, path, errnoName(error));
  }
  if (special) refuse('compiled-not-file', origin, path);
}

/** A link is replaced, not followed: fine for one to a file or to nothing, but not for a name of a descriptor, a device or a directory. */
function isReplaceable(link: Bytes): boolean {
  const directory = realpathSync.native(bufferOfBytes(directoryOf(link)), { encoding: 'buffer' });
  if (KERNELS.some((one) => isBelowOrSame(bytesOfLatin1(directory.toString('latin1')), one))) return false;
  return statSync(bufferOfBytes(link), { throwIfNoEntry: false })?.isFile() ?? true;
}
