import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { join, splitSearchPath } from './search-path.ts';

/** Where execvp looks without PATH (glibc since 2.24: CS_PATH, which leaves the working directory out). */
export const DEFAULT_PATH = bytesOfText('/bin:/usr/bin');

const PATH_MAX = 4096;

/**
 * The paths that execvp(3) hands to execve, in order. A name with a slash is its own only candidate; an empty element of PATH is the
 * working directory; an empty name has none (ENOENT), and a path from PATH that is too long for the kernel is left out.
 */
export function candidatePaths(name: Bytes, PATH: Bytes | undefined): Bytes[] {
  if (name === '') return [];
  if (name.includes('/')) return [name];
  const paths = splitSearchPath(PATH ?? DEFAULT_PATH, /:/).map((each) => (each === '' ? name : join(each, name)));
  return paths.filter((path) => path.length < PATH_MAX);
}
