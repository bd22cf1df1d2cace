import { type Bytes, bytesOfText } from '../base/bytes.ts';

export const ROOT = bytesOfText('/');

/**
 * An absolute path without `//`, `/./` and trailing slashes. `..` stays: only the kernel knows where it leads through a symbolic link.
 *
 * @param path as it was given; relative ones are taken from `base`, which must be absolute.
 */
export function absolutePath(path: Bytes, base: Bytes): Bytes {
  const whole = path.startsWith('/') ? path : `${base}/${path}`;
  const parts = whole.split('/').filter((part) => part !== '' && part !== '.');
  return `/${parts.join('/')}` as Bytes;
}

export function hasDotDot(path: Bytes): boolean {
  return path.includes('..') && path.split('/').includes('..');
}

/** The path with `..` taken away by the letter, for comparisons only. */
export function withoutDotDot(path: Bytes): Bytes {
  if (!hasDotDot(path)) return path;
  const out: string[] = [];
  for (const part of path.split('/').slice(1)) {
    if (part === '..') out.pop();
    else out.push(part);
  }
  return `/${out.join('/')}` as Bytes;
}

/** Is `path` strictly below `directory`? By the letter; both absolute and clean. */
export function isBelow(path: Bytes, directory: Bytes): boolean {
  if (directory === ROOT) return path !== ROOT;
  return path.length > directory.length && path.startsWith(directory) && path[directory.length] === '/';
}

export function isBelowOrSame(path: Bytes, directory: Bytes): boolean {
  return path === directory || isBelow(path, directory);
}

/** The directory part of an absolute, clean path; of `/` it is `/`. */
export function directoryOf(path: Bytes): Bytes {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? ROOT : (path.slice(0, slash) as Bytes);
}

export function joinPath(directory: Bytes, name: Bytes): Bytes {
  return (directory === ROOT ? `/${name}` : `${directory}/${name}`) as Bytes;
}

/** The directories above `path`, nearest first, ending with `/`. */
export function* ancestorsOf(path: Bytes): Generator<Bytes> {
  let at = path;
  while (at !== ROOT) {
    at = directoryOf(at);
    yield at;
  }
}
