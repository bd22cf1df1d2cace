/** Paths on the command line are taken exactly as given; those of a policy file are expanded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import type { Word } from '../support/run.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { assertRefused, deedGrant, under } from './deeds.ts';

for (const name of [
  '~',
  '~root',
  '${HOME}',
  '$HOME',
  '$$',
  '*',
  ' ',
  'a b',
  'a:b',
  'a,b',
  '#',
  "'",
  '"',
  '\\',
  'ä',
  '%41',
]) {
  test(`a path on the command line is never expanded: ${JSON.stringify(name)}`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t, { [`${name}/file`]: 'x', 'beside/file': 'x' });
    const words = ['write', `${root}/${name}/file`, 'write', `${root}/beside/file`];
    const policy = ['--rw', name, ...deedGrant()];
    assert.deepEqual(await under(policy, words, { cwd: root, env: { HOME: `${root}/beside` } }), ['ok', 'EACCES']);
  });
}

for (const [what, name] of [
  ['a newline', Buffer.from('a\nb')],
  ['a carriage return', Buffer.from('a\rb')],
  ['a terminal escape', Buffer.from('\x1b[31mred')],
  ['invalid UTF-8', Buffer.from([0x66, 0xff, 0xfe, 0x80])],
  ['half a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ['255 bytes', Buffer.from('n'.repeat(255))],
] as const) {
  test(`a path is bytes, not text: ${what}`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t);
    const path: Word = Buffer.concat([Buffer.from(`${root}/`), name]);
    const made = await shell(['--rw', root], 'mkdir "$1" && touch "$1/file" "$2"', [path, `${root}/beside`]);
    assert.deepEqual([made.code, made.stderr], [0, '']);
    const words: Word[] = ['write', Buffer.concat([path, Buffer.from('/file')]), 'write', `${root}/beside`];
    assert.deepEqual(await under(['--rw', path, ...deedGrant()], words), ['ok', 'EACCES']);
    assert.deepEqual(await under(['--rw', name, ...deedGrant()], words, { cwd: root }), ['ok', 'EACCES'], 'relative');
  });
}

test('a relative path starts from the working directory, before --chdir', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'in/file': 'x', 'other/in/file': 'x' });
  const policy = ['--rw', 'in', '--chdir', 'other', ...deedGrant()];
  const words = ['write', `${root}/in/file`, 'write', `${root}/other/in/file`];
  assert.deepEqual(await under(policy, words, { cwd: root }), ['ok', 'EACCES']);
});

test('.. in a path goes where the kernel goes, through a symbolic link', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { link: { link: 'far/away' }, 'far/away/x': 'x', 'far/file': 'x', file: 'x' });
  const words = ['write', `${root}/far/file`, 'write', `${root}/file`];
  assert.deepEqual(await under(['--rw', `${root}/link/..`, ...deedGrant()], words), ['ok', 'EACCES']);
});

test('a grant through a symbolic link is a grant of what it leads to', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'target/file': 'x', link: { link: 'target' }, 'beside/file': 'x' });
  const words = ['write', `${root}/target/file`, 'write', `${root}/link/file`, 'write', `${root}/beside/file`];
  assert.deepEqual(await under(['--rw', `${root}/link`, ...deedGrant()], words), ['ok', 'ok', 'EACCES']);
});

/** Rows: the path in the file, and the environment; each must come to `in` beside the file. */
const EXPANDED: readonly (readonly [string, Record<string, string>])[] = [
  ['in', {}],
  ['./in', {}],
  ['~/in', {}],
  ['${HOME}/in', {}],
  ['${PLACE}', { PLACE: 'in' }],
  ['${UNSET:-in}', {}],
  ['${EMPTY:-in}', { EMPTY: '' }],
  ['i${N}', { N: 'n' }],
];
for (const [path, env] of EXPANDED) {
  test(`a path of a policy file is relative to that file and expanded: ${path}`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t, { 'conf/p.yaml': `fs: {rw: ['${path}']}\n`, 'conf/in/file': 'x', 'in/file': 'x' });
    const words = ['write', `${root}/conf/in/file`, 'write', `${root}/in/file`];
    const options = { cwd: root, env: { HOME: `${root}/conf`, ...env } };
    const policy = ['--policy', 'conf/p.yaml', ...deedGrant()];
    assert.deepEqual(await under(policy, words, options), ['ok', 'EACCES']);
  });
}

test('$$ in a policy file is the character itself, and what a variable holds is not expanded again', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'p.yaml': "fs: {rw: ['$${A}', '${B}']}\n", '${A}/file': 'x', '${C}/file': 'x' });
  const words = ['write', `${root}/\${A}/file`, 'write', `${root}/\${C}/file`];
  const options = { cwd: root, env: { A: 'nowhere', B: '${C}', C: 'nowhere' } };
  assert.deepEqual(await under(['--policy', 'p.yaml', ...deedGrant()], words, options), ['ok', 'ok']);
});

for (const [path, env, why] of [
  ['${UNSET}', { UNSET: undefined }, /unset or empty/],
  ['${EMPTY}', { EMPTY: '' }, /unset or empty/],
  ['a$b', {}, /\$/],
  ['${SLASH}', { SLASH: '/' }, /comes to .* with write/],
  ['/${EMPTY:-.}', { EMPTY: '' }, /comes to .* with write/],
  ['~/', {}, /comes to .* with write/],
  ['${HOME}', {}, /comes to .* with write/],
  ['~/x/..', {}, /comes to .* with write/],
] as const) {
  test(`a policy file may not say with write: ${path}`, async (t) => {
    const root = fixture(t, { 'home/x/y': '' });
    const options = { cwd: root, env: { HOME: `${root}/home`, ...env } };
    const policy = `fs: {rw: ['${path}']}\n`;
    assertRefused(await sandbox(['--policy', '-', '--', 'true'], { ...options, stdin: policy }), why);
  });
}

test('the home directory may be read where a policy file names it', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'home/file': 'x' });
  const options = { env: { HOME: `${root}/home` }, stdin: "fs: {ro: ['~']}\n" };
  const words = ['read', `${root}/home/file`, 'write', `${root}/home/file`];
  assert.deepEqual(await under(['--policy', '-', ...deedGrant()], words, options), ['ok', 'EACCES']);
});
