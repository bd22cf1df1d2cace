import type { Bytes } from '../base/bytes.ts';
import { fsMask, type Mask } from '../kernel/rights.ts';
import { directoryOf } from '../policy/path.ts';
import type { Act, Need } from './event.ts';
import type { Processes } from './processes.ts';
import type { Call } from './strace-calls.ts';
import { annotationOf, quotedBytes } from './strace-syntax.ts';

/** An act on files, in words and in rights. */
export interface PathAct {
  readonly verb: string;
  readonly act: Act;
}

type Reader = (call: Call, at: (path: number, directory?: number) => Bytes | undefined) => PathAct | undefined;

const one = (verb: string, path: Bytes | undefined, ...needs: Omit<Need, 'path'>[]): PathAct | undefined =>
  path === undefined
    ? undefined
    : { verb, act: { kind: 'path', path, needs: needs.map((need) => ({ ...need, path: placeOf(path, need.on) })) } };

const placeOf = (path: Bytes, on: Need['on']): Bytes => (on === 'parent' ? directoryOf(path) : path);

const inParent = (access: Mask): Omit<Need, 'path'> => ({ access, on: 'parent' });
const onSelf = (access: Mask): Omit<Need, 'path'> => ({ access, on: 'self' });

/** Two paths, each with rights on its directory, and REFER where these are two (kernel.md: EXDEV without). */
function two(
  verb: string,
  from: Bytes | undefined,
  to: Bytes | undefined,
  source: Mask,
  target: Mask,
): PathAct | undefined {
  if (from === undefined || to === undefined) return undefined;
  const [left, right] = [directoryOf(from), directoryOf(to)];
  const refer = left === right ? 0 : fsMask('refer');
  const needs: Need[] = [
    { path: left, access: source | refer, on: source === 0 ? 'source' : 'parent' },
    { path: right, access: target | refer, on: 'parent' },
  ];
  return { verb, act: { kind: 'path', path: from, needs: needs.filter((need) => need.access !== 0) } };
}

/** rename(2) tells nothing of what it moves; a file's rights stand for either, since grants give both. */
const REMOVE = fsMask('remove_file');
const MAKE = fsMask('make_reg');

const readers: Readonly<Record<string, Reader>> = {
  open: (call, at) => opening(call, at(0), call.words[1]),
  openat: (call, at) => opening(call, at(1, 0), call.words[2]),
  openat2: (call, at) => opening(call, at(1, 0), /flags=([A-Z0-9_|]+)/.exec(call.words[2] ?? '')?.[1]),
  creat: (call, at) => opening(call, at(0), 'O_WRONLY|O_CREAT|O_TRUNC'),
  execve: (_, at) => one('execute', at(0), onSelf(fsMask('execute', 'read_file'))),
  execveat: (_, at) => one('execute', at(1, 0), onSelf(fsMask('execute', 'read_file'))),
  truncate: (_, at) => one('truncate', at(0), onSelf(fsMask('truncate'))),
  ftruncate: ({ words }) => one('truncate', pathOfDescriptor(words[0]), onSelf(fsMask('truncate'))),
  mkdir: (_, at) => one('make directory', at(0), inParent(fsMask('make_dir'))),
  mkdirat: (_, at) => one('make directory', at(1, 0), inParent(fsMask('make_dir'))),
  mknod: ({ words }, at) => one('make node', at(0), inParent(nodeRight(words[1]))),
  mknodat: ({ words }, at) => one('make node', at(1, 0), inParent(nodeRight(words[2]))),
  symlink: (_, at) => one('make symbolic link', at(1), inParent(fsMask('make_sym'))),
  symlinkat: (_, at) => one('make symbolic link', at(2, 1), inParent(fsMask('make_sym'))),
  rmdir: (_, at) => one('remove directory', at(0), inParent(fsMask('remove_dir'))),
  unlink: (_, at) => one('remove', at(0), inParent(REMOVE)),
  unlinkat: ({ words }, at) =>
    words[2]?.includes('AT_REMOVEDIR')
      ? one('remove directory', at(1, 0), inParent(fsMask('remove_dir')))
      : one('remove', at(1, 0), inParent(REMOVE)),
  rename: (_, at) => two('rename', at(0), at(1), REMOVE, MAKE),
  renameat: (_, at) => two('rename', at(1, 0), at(3, 2), REMOVE, MAKE),
  renameat2: (_, at) => two('rename', at(1, 0), at(3, 2), REMOVE, MAKE),
  link: (_, at) => two('link', at(0), at(1), 0, MAKE),
  linkat: (_, at) => two('link', at(1, 0), at(3, 2), 0, MAKE),
  ioctl: ({ words }) => one('ioctl', pathOfDescriptor(words[0]), onSelf(fsMask('ioctl_dev'))),
};

/** The calls that act on files, for strace's -e trace=. */
export const PATH_CALLS: readonly string[] = Object.keys(readers);

/** What a call does to files; undefined where it does nothing that Landlock judges, or where its path cannot be read. */
export function pathAct(call: Call, processes: Processes): PathAct | undefined {
  const at = (path: number, directory?: number): Bytes | undefined => {
    const bytes = quotedBytes(call.words[path]);
    const base = directory === undefined ? undefined : call.words[directory];
    // AT_EMPTY_PATH: the descriptor itself.
    if (bytes === '') return pathOfDescriptor(base);
    return bytes && processes.path(call.pid, bytes, base);
  };
  return Object.hasOwn(readers, call.name) ? readers[call.name]?.(call, at) : undefined;
}

function pathOfDescriptor(word: string | undefined): Bytes | undefined {
  const path = annotationOf(word);
  return path?.startsWith('/') ? path : undefined;
}

function opening(call: Call, asked: Bytes | undefined, flagWord: string | undefined): PathAct | undefined {
  const flags = new Set((flagWord ?? '').split('|'));
  if (flags.has('O_PATH')) return undefined;
  // The descriptor's annotation is the path behind all links, as the kernel found it; a pipe or socket has none.
  const opened = call.errno === undefined ? annotationOf(call.result) : asked;
  if (opened === undefined || !opened.startsWith('/')) return undefined;
  if (flags.has('O_TMPFILE')) {
    const access = fsMask('make_reg', 'write_file');
    return {
      verb: 'create',
      act: { kind: 'path', path: opened, needs: [{ path: unnamedIn(opened), access, on: 'self' }] },
    };
  }
  const writes = flags.has('O_WRONLY') || flags.has('O_RDWR');
  const reads = !flags.has('O_WRONLY');
  const directory = flags.has('O_DIRECTORY');
  const access =
    (reads ? fsMask(directory ? 'read_dir' : 'read_file') : 0) |
    (writes ? fsMask('write_file') : 0) |
    (flags.has('O_TRUNC') ? fsMask('truncate') : 0);
  const on = flags.has('O_CREAT') ? 'made' : 'self';
  const verb = directory ? 'list' : writes ? 'write' : 'read';
  return { verb, act: { kind: 'path', path: opened, needs: [{ path: opened, access, on }] } };
}

/** A file without a name is annotated `/dir/#inode`; where the call failed the path is the directory itself. */
function unnamedIn(path: Bytes): Bytes {
  return /\/#\d+$/.test(path) ? directoryOf(path) : path;
}

function nodeRight(mode: string | undefined): Mask {
  if (mode?.includes('S_IFIFO')) return fsMask('make_fifo');
  if (mode?.includes('S_IFSOCK')) return fsMask('make_sock');
  if (mode?.includes('S_IFCHR')) return fsMask('make_char');
  if (mode?.includes('S_IFBLK')) return fsMask('make_block');
  return fsMask('make_reg');
}
