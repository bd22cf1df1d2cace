/** `--grant RIGHTS:PATH`: the kernel's rights one by one, and groups of them. */
import { claim } from './deeds.ts';

type Row = readonly [rights: string, what: string, deed: (at: string) => readonly string[], outcome: string];

/** What each word grants beneath a directory, and what its neighbour would have granted and it does not. */
const ROWS: readonly Row[] = [
  ['read', 'can read a file', (at) => ['read', `${at}/file`], 'ok'],
  ['read', 'can list a directory', (at) => ['list', at], 'ok'],
  ['read', 'cannot execute a file', (at) => ['exec', `${at}/script`], 'EACCES'],
  ['read', 'cannot write a file', (at) => ['write', `${at}/file`], 'EACCES'],
  ['read_file', 'can read a file', (at) => ['read', `${at}/file`], 'ok'],
  ['read_file', 'cannot list a directory', (at) => ['list', at], 'EACCES'],
  ['read_dir', 'can list a directory', (at) => ['list', at], 'ok'],
  ['read_dir', 'cannot read a file', (at) => ['read', `${at}/file`], 'EACCES'],
  ['write', 'can write a file', (at) => ['write', `${at}/file`], 'ok'],
  ['write', 'can empty a file', (at) => ['empty', `${at}/file`], 'ok'],
  ['write', 'cannot read a file', (at) => ['read', `${at}/file`], 'EACCES'],
  ['write', 'cannot create a file', (at) => ['create', `${at}/new`], 'EACCES'],
  ['write', 'cannot remove a file', (at) => ['unlink', `${at}/file`], 'EACCES'],
  ['write_file', 'can write a file', (at) => ['write', `${at}/file`], 'ok'],
  ['write_file', 'cannot empty a file', (at) => ['empty', `${at}/file`], 'EACCES'],
  ['truncate', 'can truncate a file', (at) => ['truncate', `${at}/file`], 'ok'],
  ['truncate', 'cannot write a file', (at) => ['write', `${at}/file`], 'EACCES'],
  ['read,exec', 'can execute a file', (at) => ['exec', `${at}/script`], 'ok'],
  ['exec', 'cannot execute a file, which takes reading it as well', (at) => ['exec', `${at}/script`], 'EACCES'],
  ['create', 'can make a directory', (at) => ['mkdir', `${at}/new`], 'ok'],
  ['create', 'can make a symbolic link', (at) => ['symlink', 'file', `${at}/new`], 'ok'],
  ['create', 'can make a FIFO', (at) => ['mkfifo', `${at}/new`], 'ok'],
  ['create', 'can make a socket', (at) => ['mksock', `${at}/new`], 'ok'],
  ['create', 'cannot remove a file', (at) => ['unlink', `${at}/file`], 'EACCES'],
  ['create', 'cannot rename a file, which removes its old name', (at) => ['rename', `${at}/file`, `${at}/n`], 'EACCES'],
  ['create,write', 'can create a file', (at) => ['create', `${at}/new`], 'ok'],
  ['create,remove', 'can rename to another directory', (at) => ['rename', `${at}/file`, `${at}/dir/n`], 'ok'],
  ['make_reg,remove_file', 'can rename in a directory', (at) => ['rename', `${at}/file`, `${at}/n`], 'ok'],
  ['make_reg,remove_file', 'cannot rename to another', (at) => ['rename', `${at}/file`, `${at}/dir/n`], 'EXDEV'],
  ['remove', 'can remove a file', (at) => ['unlink', `${at}/file`], 'ok'],
  ['remove', 'can remove a directory', (at) => ['rmdir', `${at}/empty`], 'ok'],
  ['remove', 'cannot create a file', (at) => ['create', `${at}/new`], 'EACCES'],
  ['remove_file', 'cannot remove a directory', (at) => ['rmdir', `${at}/empty`], 'EACCES'],
  ['remove_dir', 'cannot remove a file', (at) => ['unlink', `${at}/file`], 'EACCES'],
  ['make_dir', 'can make a directory', (at) => ['mkdir', `${at}/new`], 'ok'],
  ['make_dir', 'cannot make a symbolic link', (at) => ['symlink', 'file', `${at}/new`], 'EACCES'],
  ['make_sym', 'can make a symbolic link', (at) => ['symlink', 'file', `${at}/new`], 'ok'],
  ['make_sym', 'cannot make a FIFO', (at) => ['mkfifo', `${at}/new`], 'EACCES'],
  ['make_fifo', 'can make a FIFO', (at) => ['mkfifo', `${at}/new`], 'ok'],
  ['make_fifo', 'cannot make a socket', (at) => ['mksock', `${at}/new`], 'EACCES'],
  ['make_sock', 'can make a socket', (at) => ['mksock', `${at}/new`], 'ok'],
  ['make_sock', 'cannot make a directory', (at) => ['mkdir', `${at}/new`], 'EACCES'],
];

for (const [rights, what, deed, outcome] of ROWS) {
  claim({
    title: `${what} beneath --grant ${rights}`,
    policy: (root) => ['--grant', `${rights}:${root}/in`],
    deed: (root) => deed(`${root}/in`),
    outcome,
  });
}

claim({
  title: 'the path of --grant begins after the first colon and may hold others',
  policy: (root) => ['--grant', `read:${root}/a:b`],
  files: { 'a:b/file': 'x' },
  deed: (root) => ['read', `${root}/a:b/file`],
  outcome: 'ok',
});
claim({
  title: 'cannot ioctl a device that --grant read,write names',
  policy: () => ['--grant', 'read,write:/dev/ptmx'],
  deed: () => ['ioctl', '/dev/ptmx'],
  outcome: 'EACCES',
  abi: 5,
});
claim({
  title: 'can ioctl a device that --grant read,write,ioctl_dev names',
  policy: () => ['--grant', 'read,write,ioctl_dev:/dev/ptmx'],
  deed: () => ['ioctl', '/dev/ptmx'],
  outcome: 'ok',
  abi: 5,
});
