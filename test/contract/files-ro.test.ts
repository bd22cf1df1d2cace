/** `--ro PATH`: read and execute beneath, and nothing else. */
import { claim } from './deeds.ts';

const READ_ONLY = (root: string): string[] => ['--ro', `${root}/in`];

/** A title, the deed's words given a place, and what it comes to beneath --ro. */
const BENEATH: readonly (readonly [string, (place: string) => readonly string[], string])[] = [
  ['can read a file', (at) => ['read', `${at}/file`], 'ok'],
  ['can read a file in a directory', (at) => ['read', `${at}/dir/file`], 'ok'],
  ['can list a directory', (at) => ['list', at], 'ok'],
  ['can execute a file', (at) => ['exec', `${at}/script`], 'ok'],
  ['cannot write a file', (at) => ['write', `${at}/file`], 'EACCES'],
  ['cannot empty a file that it opens for writing', (at) => ['empty', `${at}/file`], 'EACCES'],
  ['cannot empty a file that it opens for reading', (at) => ['empty-reading', `${at}/file`], 'EACCES'],
  ['cannot truncate a file', (at) => ['truncate', `${at}/file`], 'EACCES'],
  ['cannot create a file', (at) => ['create', `${at}/new`], 'EACCES'],
  ['cannot make a directory', (at) => ['mkdir', `${at}/new`], 'EACCES'],
  ['cannot make a symbolic link', (at) => ['symlink', 'file', `${at}/new`], 'EACCES'],
  ['cannot make a FIFO', (at) => ['mkfifo', `${at}/new`], 'EACCES'],
  ['cannot make a socket', (at) => ['mksock', `${at}/new`], 'EACCES'],
  ['cannot remove a file', (at) => ['unlink', `${at}/file`], 'EACCES'],
  ['cannot remove a directory', (at) => ['rmdir', `${at}/empty`], 'EACCES'],
  ['cannot rename a file', (at) => ['rename', `${at}/file`, `${at}/new`], 'EACCES'],
  ['cannot link a file', (at) => ['link', `${at}/file`, `${at}/new`], 'EACCES'],
];

for (const [title, deed, outcome] of BENEATH) {
  claim({ title: `${title} beneath --ro`, policy: READ_ONLY, deed: (root) => deed(`${root}/in`), outcome });
}

for (const [title, deed] of BENEATH) {
  claim({
    title: `${title.replace(/^can(not)? /, 'cannot ')} outside --ro`,
    policy: READ_ONLY,
    deed: (root) => deed(`${root}/out`),
    outcome: 'EACCES',
  });
}

claim({
  title: 'can read the one file that --ro names',
  policy: (root) => ['--ro', `${root}/in/file`],
  deed: (root) => ['read', `${root}/in/file`],
  outcome: 'ok',
});
claim({
  title: 'can execute the one file that --ro names',
  policy: (root) => ['--ro', `${root}/in/script`],
  deed: (root) => ['exec', `${root}/in/script`],
  outcome: 'ok',
});
claim({
  title: 'cannot read the file beside the one that --ro names',
  policy: (root) => ['--ro', `${root}/in/file`],
  deed: (root) => ['read', `${root}/in/script`],
  outcome: 'EACCES',
});
claim({
  title: 'cannot read through a symbolic link that leads out of --ro',
  policy: READ_ONLY,
  files: { 'in/link': { link: '../out/file' }, 'out/file': 'content' },
  deed: (root) => ['read', `${root}/in/link`],
  outcome: 'EACCES',
});
claim({
  title: 'cannot read a file of --ro by a path through .. that ends outside',
  policy: READ_ONLY,
  deed: (root) => ['read', `${root}/in/../out/file`],
  outcome: 'EACCES',
});
claim({
  title: 'a file that does not exist is reported as missing where it may be read',
  policy: READ_ONLY,
  deed: (root) => ['read', `${root}/in/missing`],
  outcome: 'ENOENT',
  free: 'ENOENT',
});
