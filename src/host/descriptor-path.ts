import type { Bytes } from '../base/bytes.ts';
import { absolutePath, directoryOf } from '../policy/path.ts';
import { frontRecordBytes, loadNative } from './native.ts';

/** Where struct state_record has its bits of open descriptors, and for how many (native/core/record.h). */
const OPEN_AT = 48;
const RECORDED = 1024;

/** What is followed: `/dev/stdin`, and a link to it, are two. */
const MOST_LINKS = 8;

/**
 * Whether a path leads through a descriptor that the caller did not open: /dev/fd/N or /proc/self/fd/N, below it, or by a link to it. What stands there is
 * Node's own (pipes that never end among it), which a path of the user's never means; native/core/descriptors.c decides the same for the usual
 * spellings. Without the front nothing is known.
 */
export function isForeignDescriptor(path: Bytes): boolean {
  const record = frontRecordBytes();
  if (record === undefined) return false;
  const named = descriptorOf(path);
  const byte = named === undefined || named >= RECORDED ? undefined : record[OPEN_AT + (named >> 3)];
  return byte !== undefined && named !== undefined && ((byte >> (named & 7)) & 1) === 0;
}

/** The descriptor of this process that a path leads through; undefined for none. */
function descriptorOf(path: Bytes): number | undefined {
  const spelled = /^\/(?:dev|proc\/self)\/fd\/([0-9]{1,7})(?:\/|$)/.exec(path)?.[1];
  if (spelled !== undefined) return Number(spelled);
  const native = loadNative();
  let at = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const directory = native.realPath(directoryOf(at));
    if (directory === undefined) return undefined;
    const name = at.slice(at.lastIndexOf('/') + 1);
    const owner = /^\/proc\/([0-9]+)(?:\/task\/[0-9]+)?\/fd$/.exec(directory)?.[1];
    if (owner !== undefined)
      return Number(owner) === process.pid && /^[0-9]{1,7}$/.test(name) ? Number(name) : undefined;
    const target = native.readLink(`${directory}/${name}` as Bytes);
    if (target === undefined) return undefined;
    at = absolutePath(target, directory);
  }
  return undefined;
}
