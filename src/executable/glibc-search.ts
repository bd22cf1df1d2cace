import { type Bytes, bytesOfLatin1, bytesOfText } from '../base/bytes.ts';
import { isFileError } from './host-files.ts';
import { type Found, type LibrarySearch, type Loaded, type SearchQuestion, sonameOf } from './library-search.ts';
import { type Machine, machineOf } from './machine.ts';
import { absolute, directoryOf, expandTokens, join, splitSearchPath, type Tokens } from './search-path.ts';

const PRELOAD_FILE = bytesOfText('/etc/ld.so.preload');
const CACHE_FILE = bytesOfText('/etc/ld.so.cache');

/** Subdirectories that loaders before glibc 2.37 tried as well; which of them depends on the processor. */
const LEGACY_HWCAPS = ['tls', 'haswell', 'xeon_phi', 'x86_64', 'avx512_1', 'i686', 'sse2', 'atomics', 'neon', 'vfp'];

/** The loader's own trees, in which it is the distribution's and reads /etc/ld.so.cache. */
const SYSTEM_LOADER = /^\/(?:usr\/)?lib(?:64|x?32)?\//;

/**
 * Searches as glibc's ld.so does (ld.so(8); elf/dl-load.c, _dl_map_object): DT_RPATH of the asking object and of those that asked for
 * it, unless it has DT_RUNPATH; LD_LIBRARY_PATH; its DT_RUNPATH; ld.so.cache; the directories built into the loader. A file of
 * another class or machine is passed over.
 */
export function createGlibcSearch(question: SearchQuestion): LibrarySearch {
  const { context, cwd, interpreter, program } = question;
  const machine = machineOf(program.image.machine, program.image.bits);
  const legacyDirectories = new Map<Bytes, Bytes[]>();
  const strings = () => context.loaderStrings(interpreter.resolved);
  const cachePath = SYSTEM_LOADER.test(interpreter.resolved) ? CACHE_FILE : strings()?.cachePath;
  const cache = cachePath === undefined ? undefined : context.libraryCache(cachePath);

  function tokensFor(origin: Bytes): Tokens {
    return {
      ORIGIN: origin,
      get LIB() {
        const first = strings()?.defaultDirectories[0];
        return first !== undefined && SYSTEM_LOADER.test(`${first}/`) ? bytesOfLatin1(first.slice(1)) : undefined;
      },
      get PLATFORM() {
        return platformOf(machine, () => context.processor()?.platformVaries ?? true);
      },
    };
  }

  /** `missing` means: go on with the next. */
  function tryFile(path: Bytes): Found {
    const seen = context.see(path);
    if (seen === undefined) return { state: 'missing' };
    if (seen.head === undefined) return { state: 'unknown' };
    if (seen.image === undefined || seen.image === 'damaged') return { state: 'invalid', path };
    const { machine, bits } = seen.image;
    if (machine !== program.image.machine || bits !== program.image.bits) return { state: 'missing' };
    return { state: 'found', seen, byCache: false };
  }

  function tryDirectory(directory: Bytes, name: Bytes): Found {
    const hwcaps = join(directory, 'glibc-hwcaps');
    if (!isFileError(context.files.status(hwcaps))) {
      const processor = context.processor();
      if (processor === undefined) return { state: 'unknown' };
      for (const level of processor.hwcaps) {
        const found = tryFile(join(join(hwcaps, level), name));
        if (found.state !== 'missing') return found;
      }
    }
    return inLegacyDirectory(directory, name, 0) ? { state: 'unknown' } : tryFile(join(directory, name));
  }

  const exists = (path: Bytes) => !isFileError(context.files.status(path));

  /** They nest up to four deep (tls/haswell/avx512_1/x86_64). */
  function inLegacyDirectory(directory: Bytes, name: Bytes, depth: number): boolean {
    let present = legacyDirectories.get(directory);
    if (present === undefined) {
      present = exists(directory) ? LEGACY_HWCAPS.map((each) => join(directory, each)).filter(exists) : [];
      legacyDirectories.set(directory, present);
    }
    return present.some((each) => exists(join(each, name)) || (depth < 3 && inLegacyDirectory(each, name, depth + 1)));
  }

  function tryPath(path: Bytes, separators: RegExp, origin: Bytes, name: Bytes): Found {
    for (const element of splitSearchPath(path, separators)) {
      const directory = expandTokens(element, tokensFor(origin));
      if (directory === undefined) return { state: 'unknown' };
      const found = tryDirectory(absolute(directory === '' ? cwd : directory, cwd), name);
      if (found.state !== 'missing') return found;
    }
    return { state: 'missing' };
  }

  function* places(name: Bytes, by: Loaded): Generator<Found> {
    if (by.image.runpath === undefined) {
      for (let each: Loaded | undefined = by; each !== undefined; each = each.loader) {
        if (each.image.rpath !== undefined) yield tryPath(each.image.rpath, /:/, each.origin, name);
      }
    }
    if (question.libraryPath) yield tryPath(question.libraryPath, /[:;]/, program.origin, name);
    if (by.image.runpath !== undefined) yield tryPath(by.image.runpath, /:/, by.origin, name);
    const hwcaps = cache?.hasHwcaps ? (context.processor()?.hwcaps ?? []) : [];
    const cached = cache?.find(name, machine?.cacheFlags ?? [], hwcaps);
    if (cached !== undefined && !(by.image.noDefaultLibraries && isDefault(directoryOf(cached)))) {
      const found = tryFile(cached);
      yield found.state === 'found' ? { ...found, byCache: !isDefault(directoryOf(cached)) } : found;
    }
    if (by.image.noDefaultLibraries) return;
    const directories = strings()?.defaultDirectories;
    if (directories === undefined) yield { state: 'unknown' };
    else for (const directory of directories) yield tryDirectory(directory, name);
  }

  function isDefault(directory: Bytes): boolean {
    // Where the loader itself lies is one of them in every distribution (on Debian /lib32 too): spares reading it.
    const own = directoryOf(interpreter.resolved);
    if (directory === own || `/usr${directory}` === own) return true;
    return strings()?.defaultDirectories.includes(directory) ?? false;
  }

  return {
    isOwn: (name) => name === question.interpreterName || name === sonameOf(interpreter),
    find(name, by) {
      if (name.includes('/')) {
        const path = expandTokens(name, tokensFor(by.origin));
        return path === undefined ? { state: 'unknown' } : tryFile(absolute(path, cwd));
      }
      for (const found of places(name, by)) if (found.state !== 'missing') return found;
      return { state: 'missing' };
    },
    files: exists(PRELOAD_FILE) ? [{ path: PRELOAD_FILE, needed: false }] : [],
    preloaded: exists(PRELOAD_FILE) ? preloadedBy(context.files.contents(PRELOAD_FILE, 65536)) : [],
    ...(cache === undefined || cachePath === undefined ? {} : { cache: cachePath }),
  };
}

function platformOf(machine: Machine | undefined, varies: () => boolean): Bytes | undefined {
  if (machine?.platform === undefined) return undefined;
  if (machine.name === 'x86-64' && varies()) return undefined;
  return bytesOfText(machine.platform);
}

/** Names in ld.so.preload, split as dl_main does; comments run to the end of the line. */
function preloadedBy(file: Buffer | { error: string }): Bytes[] {
  if (isFileError(file)) return [];
  const words = file
    .toString('latin1')
    .replace(/#[^\n]*/g, '')
    .split(/[ \t\n:]+/);
  return words.filter((word) => word !== '').map(bytesOfLatin1);
}
