import type { Bytes } from '../base/bytes.ts';
import type { ElfImage } from './elf-image.ts';
import type { HostContext, Seen } from './host-context.ts';

/** An object in the closure: a program or library that asks for others. */
export interface Loaded {
  readonly seen: Seen;
  readonly image: ElfImage;
  /** Who asked for it first; the program has none. */
  readonly loader?: Loaded;
  /** $ORIGIN: a program's is behind all links, a library's as it was opened. */
  readonly origin: Bytes;
}

/**
 * `byCache`: the loader would not have found it without ld.so.cache. `invalid`: a file of that name stops the loader. `unknown`: where
 * it looks depends on what cannot be seen from here.
 */
export type Found =
  | { readonly state: 'found'; readonly seen: Seen; readonly byCache: boolean }
  | { readonly state: 'missing' }
  | { readonly state: 'invalid'; readonly path: Bytes }
  | { readonly state: 'unknown' };

/** One loader's way to find a library. */
export interface LibrarySearch {
  /** Whether the loader has it in itself. */
  isOwn(name: Bytes): boolean;
  find(name: Bytes, by: Loaded): Found;
  /** The ld.so.cache that was searched. */
  readonly cache?: Bytes;
  /** Other files that the loader reads first, and whether it fails without. */
  readonly files: readonly { readonly path: Bytes; readonly needed: boolean }[];
  /** Libraries that it loads before the program's own (ld.so.preload); it goes on without one that is missing. */
  readonly preloaded: readonly Bytes[];
}

export interface SearchQuestion {
  readonly context: HostContext;
  readonly cwd: Bytes;
  /** What is at PT_INTERP, and PT_INTERP as it is written. */
  readonly interpreter: Seen;
  readonly interpreterName: Bytes;
  readonly program: Loaded;
  /** LD_LIBRARY_PATH; undefined or empty is none. */
  readonly libraryPath: Bytes | undefined;
}

export function sonameOf({ image }: Seen): Bytes | undefined {
  return image === undefined || image === 'damaged' ? undefined : image.soname;
}
