import type { Bytes } from '../base/bytes.ts';
import { frontRecordBytes } from './native.ts';

/** Where struct state_record has its bits of open descriptors, and for how many (native/core/record.h). */
const OPEN_AT = 48;
const RECORDED = 1024;

/**
 * Whether a path leads through a descriptor that the caller did not open: /dev/fd/N or /proc/self/fd/N, or below it. What stands there is Node's own (pipes
 * that never end among it), which a path of the user's never means; native/core/descriptors.c decides the same. Without the front nothing is known.
 */
export function isForeignDescriptor(path: Bytes): boolean {
  const named = /^\/(?:dev|proc\/self)\/fd\/([0-9]{1,7})(?:\/|$)/.exec(path)?.[1];
  const record = named === undefined ? undefined : frontRecordBytes();
  const descriptor = Number(named);
  const byte = record === undefined || descriptor >= RECORDED ? undefined : record[OPEN_AT + (descriptor >> 3)];
  return byte !== undefined && ((byte >> (descriptor & 7)) & 1) === 0;
}
