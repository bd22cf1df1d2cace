/** `--rw PATH`: read, write, create, remove, rename, execute beneath, ioctl; not make_char, make_block. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { requireCapability } from '../support/who.ts';
import { claim, deedGrant, freely, under } from './deeds.ts';

const WRITABLE = (root: string): string[] => ['--rw', `${root}/in`];

const DEEDS: readonly (readonly [string, (place: string) => readonly string[]])[] = [
  ['read a file', (at) => ['read', `${at}/file`]],
  ['list a directory', (at) => ['list', at]],
  ['execute a file', (at) => ['exec', `${at}/script`]],
  ['write a file', (at) => ['write', `${at}/file`]],
  ['empty a file that it opens for writing', (at) => ['empty', `${at}/file`]],
  ['truncate a file', (at) => ['truncate', `${at}/file`]],
  ['create a file', (at) => ['create', `${at}/new`]],
  ['make a directory', (at) => ['mkdir', `${at}/new`]],
  ['make a symbolic link', (at) => ['symlink', 'file', `${at}/new`]],
  ['make a FIFO', (at) => ['mkfifo', `${at}/new`]],
  ['make a socket', (at) => ['mksock', `${at}/new`]],
  ['remove a file', (at) => ['unlink', `${at}/file`]],
  ['remove a directory', (at) => ['rmdir', `${at}/empty`]],
  ['rename a file in its directory', (at) => ['rename', `${at}/file`, `${at}/new`]],
  ['link a file in its directory', (at) => ['link', `${at}/file`, `${at}/new`]],
];

for (const [title, deed] of DEEDS) {
  claim({ title: `can ${title} beneath --rw`, policy: WRITABLE, deed: (root) => deed(`${root}/in`), outcome: 'ok' });
  claim({
    title: `cannot ${title} outside --rw`,
    policy: WRITABLE,
    deed: (root) => deed(`${root}/out`),
    outcome: 'EACCES',
  });
}

const BOTH = (root: string): string[] => ['--rw', `${root}/in`, '--rw', `${root}/other`];

for (const word of ['rename', 'link'] as const) {
  claim({
    title: `can ${word} a file to another directory under one --rw, without EXDEV`,
    policy: WRITABLE,
    deed: (root) => [word, `${root}/in/file`, `${root}/in/dir/new`],
    outcome: 'ok',
  });
  claim({
    title: `can ${word} a file from one --rw to another, without EXDEV`,
    policy: BOTH,
    deed: (root) => [word, `${root}/in/file`, `${root}/other/new`],
    outcome: 'ok',
  });
  for (const [from, to, where] of [
    ['in', 'out', 'out of'],
    ['out', 'in', 'into'],
  ] as const) {
    claim({
      title: `cannot ${word} a file ${where} --rw`,
      policy: WRITABLE,
      deed: (root) => [word, `${root}/${from}/file`, `${root}/${to}/new`],
      outcome: word === 'link' && from === 'out' ? 'EXDEV' : 'EACCES',
    });
  }
}
claim({
  title: 'can rename a directory to another directory under one --rw',
  policy: WRITABLE,
  deed: (root) => ['rename', `${root}/in/dir`, `${root}/in/empty`],
  outcome: 'ok',
});
claim({
  title: 'can exchange two files of two --rw',
  policy: BOTH,
  deed: (root) => ['exchange', `${root}/in/file`, `${root}/other/file`],
  outcome: 'ok',
});
claim({
  title: 'cannot exchange a file of --rw for one outside',
  policy: WRITABLE,
  deed: (root) => ['exchange', `${root}/in/file`, `${root}/out/file`],
  outcome: 'EACCES',
});
claim({
  title: 'cannot link a file that it may only read into --rw, which would make it writable',
  policy: (root) => [...WRITABLE(root), '--ro', `${root}/other`],
  deed: (root) => ['link', `${root}/other/file`, `${root}/in/new`],
  outcome: 'EXDEV',
});

for (const [word, kind] of [
  ['mkchr', 'a character'],
  ['mkblk', 'a block'],
] as const) {
  test(`cannot make ${kind} device beneath --rw, be it with every capability`, async (t) => {
    if (!requireAbi(t, 1) || !requireCapability(t, 'CAP_MKNOD')) return;
    const root = fixture(t);
    assert.deepEqual(await freely([word, `${root}/free`]), ['ok']);
    const policy = ['--rw', root, '--keep-caps', ...deedGrant()];
    assert.deepEqual(await under(policy, [word, `${root}/device`]), ['EACCES']);
    const granted = ['--grant', `make_char,make_block:${root}`, '--keep-caps', ...deedGrant()];
    assert.deepEqual(await under(granted, [word, `${root}/device`]), ['ok']);
  });
}

claim({
  title: '--ro may hold a --rw: what is below it is writable',
  policy: (root) => ['--ro', root, '--rw', `${root}/in`],
  deed: (root) => ['write', `${root}/in/file`],
  outcome: 'ok',
});
claim({
  title: '--ro may hold a --rw: what is beside it is not writable',
  policy: (root) => ['--ro', root, '--rw', `${root}/in`],
  deed: (root) => ['write', `${root}/out/file`],
  outcome: 'EACCES',
});
claim({
  title: 'equal paths unite: --ro and --rw of one directory make it writable',
  policy: (root) => ['--ro', `${root}/in`, '--rw', `${root}/in/`],
  deed: (root) => ['write', `${root}/in/file`],
  outcome: 'ok',
});
claim({
  title: 'equal paths unite: two --grant of one directory add up',
  policy: (root) => ['--grant', `read:${root}/in`, '--grant', `write:${root}/in`],
  deed: (root) => ['empty', `${root}/in/file`],
  outcome: 'ok',
});
