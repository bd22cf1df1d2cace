import { type Bytes, bytesOfLatin1 } from '../base/bytes.ts';

/** What $ORIGIN, $LIB and $PLATFORM stand for; undefined where it is not known. */
export interface Tokens {
  readonly ORIGIN: Bytes | undefined;
  readonly LIB: Bytes | undefined;
  readonly PLATFORM: Bytes | undefined;
}

const TOKEN = /\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)(?![A-Za-z0-9_]))/g;

/**
 * Replaces the tokens of ld.so(8), "Dynamic string tokens"; any other `$` stays as it is.
 *
 * @returns undefined where a token is used whose value is not known.
 */
export function expandTokens(text: Bytes, tokens: Tokens): Bytes | undefined {
  if (!text.includes('$')) return text;
  let known = true;
  const expanded = text.replace(TOKEN, (_, curly?: string, plain?: string) => {
    const value = tokens[(curly ?? plain) as keyof Tokens];
    if (value === undefined) known = false;
    return value ?? '';
  });
  return known ? bytesOfLatin1(expanded) : undefined;
}

/** The elements of a search path; an empty one is kept, and means the working directory to glibc. */
export function splitSearchPath(text: Bytes, separators: RegExp): Bytes[] {
  return text.split(separators).map(bytesOfLatin1);
}

/** Joins as loaders and execvp do, by a slash and nothing else, so that the path is the one that is opened. */
export function join(directory: Bytes, name: string): Bytes {
  return bytesOfLatin1(directory.endsWith('/') ? directory + name : `${directory}/${name}`);
}

/** A path as the process at `cwd` would open it. */
export function absolute(path: Bytes, cwd: Bytes): Bytes {
  return path.startsWith('/') ? path : join(cwd, path);
}

/** All up to the last slash; the root is "/". */
export function directoryOf(path: Bytes): Bytes {
  const slash = path.lastIndexOf('/');
  return bytesOfLatin1(slash > 0 ? path.slice(0, slash) : '/');
}

export function baseOf(path: Bytes): Bytes {
  return bytesOfLatin1(path.slice(path.lastIndexOf('/') + 1));
}
