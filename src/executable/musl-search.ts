import { type Bytes, bytesOfLatin1, bytesOfText } from '../base/bytes.ts';
import { isFileError } from './host-files.ts';
import type { Found, LibrarySearch, Loaded, SearchQuestion } from './library-search.ts';
import { absolute, join, splitSearchPath } from './search-path.ts';

/** Libraries that musl is itself; any name that begins so (ldso/dynlink.c, load_library). */
const RESERVED = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;
const DEFAULT_PATH = bytesOfText('/lib:/usr/local/lib:/usr/lib');

/**
 * Searches as musl's ld-musl-ARCH.so.1 does (ldso/dynlink.c, 1.2): LD_LIBRARY_PATH, then the run path (DT_RUNPATH, else DT_RPATH) of
 * the asking object and of all that asked for it, then the lines of etc/ld-musl-ARCH.path beside the loader's lib, or three defaults.
 */
export function createMuslSearch(question: SearchQuestion): LibrarySearch {
  const { context, cwd, interpreter, interpreterName } = question;
  const pathFile = muslPathFile(interpreterName, interpreter.resolved);
  const lines = pathFile === undefined ? { error: 'ENOENT' } : context.files.contents(pathFile, 65536);
  const unreadable = isFileError(lines) && lines.error !== 'ENOENT' && lines.error !== 'ENOTDIR';
  const systemPath = isFileError(lines) ? (unreadable ? undefined : DEFAULT_PATH) : bytesOfLatin1(upToZero(lines));

  function tryFile(path: Bytes): Found {
    const seen = context.see(path);
    if (seen === undefined) return { state: 'missing' };
    if (seen.head === undefined) return { state: 'unknown' };
    return seen.image === undefined || seen.image === 'damaged'
      ? { state: 'invalid', path }
      : { state: 'found', seen, byCache: false };
  }

  function tryPath(path: string, name: Bytes): Found {
    for (const directory of splitSearchPath(bytesOfLatin1(path), /[:\n]+/)) {
      if (directory === '') continue;
      const found = tryFile(absolute(join(directory, name), cwd));
      if (found.state !== 'missing') return found;
    }
    return { state: 'missing' };
  }

  function* places(name: Bytes, by: Loaded): Generator<Found> {
    if (question.libraryPath) yield tryPath(question.libraryPath, name);
    for (let each: Loaded | undefined = by; each !== undefined; each = each.loader) {
      const path = runPathOf(each);
      if (path !== undefined) yield tryPath(path, name);
    }
    yield systemPath === undefined ? { state: 'unknown' } : tryPath(systemPath, name);
  }

  return {
    isOwn: (name) => RESERVED.test(name) || name === interpreterName,
    find(name, by) {
      if (name.includes('/')) return tryFile(absolute(name, cwd));
      for (const found of places(name, by)) if (found.state !== 'missing') return found;
      return { state: 'missing' };
    },
    files: isFileError(lines) || pathFile === undefined ? [] : [{ path: pathFile, needed: true }],
    preloaded: [],
  };
}

/** $ORIGIN is all that musl knows; a run path with any other token is as none (fixup_rpath). */
function runPathOf({ image, origin }: Loaded): Bytes | undefined {
  const path = image.runpath ?? image.rpath;
  if (path === undefined) return undefined;
  const token = /\$(?:ORIGIN|\{ORIGIN\})/g;
  return path.replace(token, '').includes('$') ? undefined : bytesOfLatin1(path.replace(token, () => origin));
}

/** etc/ beside the directory that holds the loader, as PT_INTERP names it: /lib/ld-musl-x86_64.so.1 has /etc/ld-musl-x86_64.path. */
function muslPathFile(name: Bytes, resolved: Bytes): Bytes | undefined {
  const arch = /\/ld-musl-([^/]+)\.so\.1$/.exec(name)?.[1] ?? /\/ld-musl-([^/]+)\.so\.1$/.exec(resolved)?.[1];
  if (arch === undefined) return undefined;
  const prefix = /^(.*)\/[^/]*\/[^/]*$/s.exec(name)?.[1] ?? '';
  return bytesOfLatin1(`${name.startsWith('/') ? prefix : ''}/etc/ld-musl-${arch}.path`);
}

function upToZero(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}
