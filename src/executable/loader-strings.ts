import { type Bytes, bytesOfLatin1 } from '../base/bytes.ts';

/** What is built into a glibc loader and differs between distributions. */
export interface LoaderStrings {
  /** In search order, without the slash at the end: on Debian /lib/x86_64-linux-gnu first, on Fedora /lib64. */
  readonly defaultDirectories: readonly Bytes[];
  readonly cachePath: Bytes | undefined;
}

const CACHE_NAME = '/ld.so.cache\0';
const DIRECTORY = /^\/(?:[!-.0-~]+\/)+$/;

/**
 * Finds them in the loader's bytes: `system_dirs` is one run of absolute paths, each ended by a slash and a zero byte, of which the
 * last is a directory for libraries; the cache's path is the string that ends in /ld.so.cache.
 *
 * @returns undefined where there is no such run.
 */
export function parseLoaderStrings(loader: Buffer): LoaderStrings | undefined {
  let longest: Bytes[] = [];
  let run: Bytes[] = [];
  let runEnd = -1;
  for (let slash = loader.indexOf('/\0'); slash >= 0; slash = loader.indexOf('/\0', slash + 1)) {
    const start = stringStart(loader, slash);
    const text = loader.toString('latin1', start, slash + 1);
    if (!DIRECTORY.test(text)) continue;
    if (start !== runEnd) run = [];
    run.push(bytesOfLatin1(text.slice(0, -1)));
    runEnd = slash + 2;
    if (run.length > longest.length && /\/lib[^/]*\/$/.test(text)) longest = [...run];
  }
  if (longest.length === 0) return undefined;
  const end = loader.indexOf(CACHE_NAME);
  const cachePath =
    end < 0
      ? undefined
      : bytesOfLatin1(loader.toString('latin1', stringStart(loader, end), end + CACHE_NAME.length - 1));
  return { defaultDirectories: longest, cachePath };
}

/** Where the string begins that goes on at `at`: behind the zero byte before it, and no further back than a path is long. */
function stringStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && at - start < 4096 && bytes[start - 1] !== 0) start--;
  return start;
}
