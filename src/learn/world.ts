import type { Bytes } from '../base/bytes.ts';

/** What generalising asks of this machine: looked at after the run, by the edge (host/world.ts). */
export interface World {
  readonly home: Bytes | undefined;
  /** Where a path leads through links. */
  resolve(path: Bytes): Bytes;
  /** Links followed. A device, pipe or socket is `special`. */
  kind(path: Bytes): 'directory' | 'file' | 'special' | 'missing';
  /** Was it made since the run began? Undefined where the file system keeps no time of birth. */
  bornSince(path: Bytes): boolean | undefined;
  has(directory: Bytes, name: string): boolean;
}
