import { type Bytes, bytesOfLatin1 } from '../base/bytes.ts';

/**
 * Whether the mount that holds a path forbids to execute, from /proc/self/mountinfo (proc(5)).
 *
 * @param path with all links resolved.
 */
export function isOnNoexecMount(mountinfo: string, path: Bytes): boolean {
  let longest = -1;
  let noexec = false;
  for (const line of mountinfo.split('\n')) {
    const fields = line.split(' ');
    const point = unescapeOctal(fields[4] ?? '');
    if (point === '' || point.length < longest || !isBeneath(path, point)) continue;
    // A later mount on the same point covers the earlier one.
    longest = point.length;
    noexec = (fields[5] ?? '').split(',').includes('noexec') || superOptions(fields).includes('noexec');
  }
  return noexec;
}

function superOptions(fields: readonly string[]): string[] {
  return (fields[fields.indexOf('-') + 3] ?? '').split(',');
}

function isBeneath(path: Bytes, point: Bytes): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`);
}

/** Spaces, tabs, newlines and backslashes are written as three octal digits. */
function unescapeOctal(text: string): Bytes {
  return bytesOfLatin1(
    text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
  );
}
