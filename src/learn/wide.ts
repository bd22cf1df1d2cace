import type { Bytes } from '../base/bytes.ts';
import { directoryOf, isBelowOrSame, ROOT } from '../policy/path.ts';

/** Directories in the home directory that hold the data of many programs. */
const HOLDS_MANY = ['.local/bin', '.local/lib', '.local/share', '.local/state', 'bin'];

/** Directories that hold those of many packages or users. */
const SHARED = [
  /^\/(?:usr|var|home)\/[^/]+$/,
  /^\/run\/(?:user|lock|secrets|systemd)$/,
  /^\/usr\/(?:local|share|lib)\/[^/]+$/,
  /^\/run\/user\/[^/]+$/,
  /^\/(?:proc|sys|dev|boot)(?:\/|$)/,
];

/**
 * Is a directory too wide to be granted as a whole? The root, whatever lies directly below it, home directories and what holds them, and the
 * directories that many packages share. Hidden directories of the home directory hold credentials beside programs (~/.cargo, ~/.config).
 */
export function isTooWide(path: Bytes, home: Bytes | undefined): boolean {
  if (path === ROOT || path.lastIndexOf('/') === 0) return true;
  if (SHARED.some((pattern) => pattern.test(path))) return true;
  if (home === undefined) return false;
  if (isBelowOrSame(home, path) || HOLDS_MANY.some((name) => path === `${home}/${name}`)) return true;
  return directoryOf(path) === home && path[home.length + 1] === '.';
}
