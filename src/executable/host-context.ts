import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { type ElfImage, HEAD_SIZE, readElfImage } from './elf-image.ts';
import { type HostFiles, isFileError } from './host-files.ts';
import { type LibraryCache, parseLibraryCache } from './library-cache.ts';
import { type LoaderStrings, parseLoaderStrings } from './loader-strings.ts';
import { type Processor, parseProcessor } from './processor.ts';

/** A file that was opened and looked into. */
export interface Seen {
  readonly path: Bytes;
  readonly resolved: Bytes;
  readonly mode: number;
  /** Its first bytes; undefined where it may not be read. */
  readonly head: Buffer | undefined;
  /** As readElfImage says; undefined for anything but ELF. */
  readonly image: ElfImage | 'damaged' | undefined;
}

/** What one inspection asks of the machine, each question once. */
export interface HostContext {
  readonly files: HostFiles;
  /** process.arch. */
  readonly arch: string;
  /** undefined where there is no regular file at the path. */
  see(path: Bytes): Seen | undefined;
  libraryCache(path: Bytes): LibraryCache | undefined;
  loaderStrings(path: Bytes): LoaderStrings | undefined;
  processor(): Processor | undefined;
}

/** Larger caches and loaders than any there is; a bound on what a planted file can make us read. */
const MAX_CACHE_SIZE = 16 * 1024 * 1024;
const MAX_LOADER_SIZE = 4 * 1024 * 1024;

export function createHostContext(files: HostFiles, arch: string): HostContext {
  const processor = memoize((path: Bytes) => {
    const bytes = files.contents(path, 8192);
    return isFileError(bytes) ? undefined : parseProcessor(bytes.toString('latin1'));
  });
  return {
    files,
    arch,
    see: memoize((path: Bytes) => look(files, path)),
    libraryCache: memoize((path: Bytes) => {
      const bytes = files.contents(path, sizeLimit(files, path, MAX_CACHE_SIZE));
      return isFileError(bytes) ? undefined : parseLibraryCache(bytes);
    }),
    loaderStrings: memoize((path: Bytes) => {
      const bytes = files.contents(path, sizeLimit(files, path, MAX_LOADER_SIZE));
      return isFileError(bytes) ? undefined : parseLoaderStrings(bytes);
    }),
    processor: () => processor(bytesOfText('/proc/cpuinfo')),
  };
}

/** No buffer larger than the file. */
function sizeLimit(files: HostFiles, path: Bytes, limit: number): number {
  const status = files.status(path);
  return isFileError(status) ? 0 : Math.min(status.size, limit);
}

function look(files: HostFiles, path: Bytes): Seen | undefined {
  const status = files.status(path);
  if (isFileError(status) || !status.regular) return undefined;
  const resolved = files.resolve(path);
  if (resolved === undefined) return undefined;
  const inside = files.open(path, (read) => {
    const head = read(0, HEAD_SIZE);
    return { head, image: readElfImage(head, read) };
  });
  const { head, image } = isFileError(inside) ? { head: undefined, image: undefined } : inside;
  return { path, resolved, mode: status.mode, head, image };
}

function memoize<Key, Value>(ask: (key: Key) => Value): (key: Key) => Value {
  const answers = new Map<Key, Value>();
  return (key) => {
    if (!answers.has(key)) answers.set(key, ask(key));
    return answers.get(key) as Value;
  };
}
