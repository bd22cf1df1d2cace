/** Attacks on the next run: what an earlier run planted below a writable grant must not lead a later grant outside. */
import assert from 'node:assert/strict';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import type { RunResult } from '../support/run.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { capless, ORDINARY, ordinaryUser } from '../support/who.ts';
import { assertRefused, deedGrant, deedPath, under } from './deeds.ts';

const FILES = {
  link: { link: 'proj' },
  name: { link: 'proj/sub' },
  'far/x': 'x',
  'proj/sub/dir/file': 'x',
  'proj/sub/file': 'x',
  'out/file': 'secret',
  'out/dir/file': 'secret',
};

/** What the first run plants in proj, and grants of the second run that it would lead outside. */
const PLANTS: readonly (readonly [string, string, readonly string[]])[] = [
  ['a directory swapped for an absolute link', 'rm -r sub; ln -s "$PWD/../out" sub', ['--rwfile', 'proj/sub/file']],
  ['a directory swapped for a relative link', 'rm -r sub; ln -s ../out sub', ['--rwfile', 'proj/sub/file']],
  ['a parent directory swapped for a link', 'rm -r sub; ln -s ../out sub', ['--rwfile', 'proj/sub/dir/file']],
  ['a file swapped for a link', 'ln -sf ../../out/file sub/file', ['--rwfile', 'proj/sub/file']],
  ['a chain of links', 'rm -r sub; ln -s two sub; ln -s ../out two', ['--rwfile', 'proj/sub/file']],
  ['a link to the root', 'rm -r sub; ln -s / sub', ['--rwfile', 'proj/sub/etc/hosts']],
  ['a link into /proc', 'rm -r sub; ln -s /proc/self/cwd sub', ['--rwfile', 'proj/sub/out/file']],
  ['a link by ..', 'rm -r sub; ln -s .. sub', ['--rwfile', 'proj/sub/out/file']],
  ['a directory for --tmp swapped for a link', 'rm -r sub; ln -s ../out sub', ['--tmp', 'proj/sub']],
  ['a parent of --tmp swapped for a link', 'rm -r sub; ln -s ../out sub', ['--tmp', 'proj/sub/new']],
  ['a required path swapped for a link', 'rm -r sub; ln -s ../out sub', ['--require-paths', '--rw', 'proj/sub']],
  ['a device grant swapped for a link', 'rm -r sub; ln -s ../out sub', ['--grant', 'write,make_char:proj/sub']],
];

/** The same, where the two grants spell the place differently. */
const SPELLINGS: readonly (readonly [string, readonly string[]])[] = [
  ['the writable grant is named through a link', ['--rw', 'link', '--rwfile', 'proj/sub/file']],
  ['the grant below it is named through a link', ['--rw', 'proj', '--rwfile', 'link/sub/file']],
  ['the grant below it is named by a link to a directory inside', ['--rw', 'proj', '--rwfile', 'name/file']],
  ['the grant below it is named by ..', ['--rw', 'proj', '--rwfile', 'far/../proj/sub/file']],
  ['both are named by different links', ['--rw', 'link', '--rwfile', 'name/file']],
];

for (const [title, policy] of SPELLINGS) {
  test(`the second run is refused where the first planted a link, and ${title}`, async (t) => {
    if (!requireAbi(t, 2)) return;
    const root = fixture(t, FILES);
    const before = await sandbox([...policy, '--', 'true'], { cwd: root });
    assert.deepEqual([before.code, before.stderr], [0, ''], 'accepted before');
    const first = await shell(policy, 'cd proj; rm -r sub; ln -s ../out sub', [], { cwd: root });
    assert.deepEqual([first.code, first.stderr], [0, '']);
    assertRefused(await sandbox([...policy, '--', 'sh', '-c', 'echo x >out/file'], { cwd: root }), /out of it/);
    assert.equal(readFileSync(`${root}/out/file`, 'utf8'), 'secret');
  });
}

test('a directory inside that is granted once more, by a link outside, is not opened either', async (t) => {
  if (!requireAbi(t, 2)) return;
  const root = fixture(t, FILES);
  const policy = ['--rw', `${root}/link`, '--rw', `${root}/name`, ...deedGrant()];
  assert.deepEqual(await under(policy, ['write', `${root}/proj/sub/file`]), ['ok']);
  const first = await shell(policy, 'cd "$1"; rm -r sub; ln -s ../out sub', [`${root}/proj`]);
  assert.deepEqual([first.code, first.stderr], [0, '']);
  assert.deepEqual(await under(policy, ['write', `${root}/out/file`]), ['EACCES']);
  const alone = ['--rw', `${root}/name`, ...deedGrant()];
  assert.deepEqual(await under(alone, ['write', `${root}/out/file`]), ['ok'], 'without the grant above');
});

for (const [title, script, args] of PLANTS) {
  test(`the second run is refused, not skipped, where the first planted ${title}`, async (t) => {
    if (!requireAbi(t, 2)) return;
    const root = fixture(t, FILES);
    const options = { cwd: root };
    const policy = ['--rw', 'proj', ...args];
    const before = await sandbox([...policy, '--', 'true'], options);
    assert.equal(before.code, 0, `accepted before: ${before.stderr}`);
    const first = await shell(['--rw', 'proj'], `set -e; cd proj; ${script}`, [], options);
    assert.deepEqual([first.code, first.stderr], [0, ''], 'the first run can plant it');
    assertRefused(await sandbox([...policy, '--', 'touch', 'proj/started'], options), /leads the path out of it/);
    const json = await sandbox(['--json', ...policy, '--', 'true'], options);
    assert.equal((JSON.parse(json.stderr) as { code: string }).code, 'path-leads-outside');
    assert.throws(() => readFileSync(`${root}/proj/started`), { code: 'ENOENT' });
    assert.equal(readFileSync(`${root}/out/file`, 'utf8'), 'secret');
  });
}

for (const [title, prefix] of [
  ['an ordinary user', ordinaryUser],
  ['root without capabilities', capless],
] as const) {
  test(`the second run is refused as ${title} too`, async (t) => {
    const under = prefix(t);
    if (!under || !requireAbi(t, 2)) return;
    const root = fixture(t, FILES, prefix === ordinaryUser ? { owner: ORDINARY } : {});
    const options = { cwd: root, under };
    const first = await shell(['--rw', 'proj'], 'cd proj; rm -r sub; ln -s ../out sub', [], options);
    assert.equal(first.code, 0, first.stderr);
    const policy = ['--rw', 'proj', '--require-paths', '--rwfile', 'proj/sub/file'];
    assertRefused(await sandbox([...policy, '--', 'true'], options), /leads the path out of it/);
  });
}

test('no run is led outside while another one swaps a directory for a link as fast as it can', async (t) => {
  if (!requireAbi(t, 2)) return;
  const root = fixture(t, { ...FILES, 'proj/link': { link: '../out' } });
  const swap = 'while [ ! -e stop ]; do mv -T sub s; mv -T link sub; mv -T sub link; mv -T s sub; done';
  const swapper = shell(['--rw', 'proj'], `cd proj; ${swap}`, [], { cwd: root });
  const policy = ['--rw', 'proj', '--grant', 'write,make_char:proj/sub', ...deedGrant()];
  const runs: RunResult[] = [];
  for (let i = 0; i < 12; i++) {
    runs.push(await sandbox([...policy, '--', deedPath(), 'write', `${root}/out/file`], { cwd: root }));
  }
  writeFileSync(`${root}/proj/stop`, '');
  assert.equal((await swapper).code, 0);
  for (const run of runs) {
    if (run.code === 0) assert.equal(run.stdout, 'EACCES\n');
    else assertRefused(run, /out of it|cannot open/);
  }
});

test('a grant that adds nothing is not opened at all, so a link planted there grants nothing', async (t) => {
  if (!requireAbi(t, 2)) return;
  const root = fixture(t, { ...FILES, 'proj/sub2': { link: '../out' } });
  const policy = ['--rw', `${root}/proj`, '--rw', `${root}/proj/sub2`, ...deedGrant()];
  const words = ['write', `${root}/proj/sub2/file`, 'write', `${root}/out/file`, 'write', `${root}/proj/sub/file`];
  assert.deepEqual(await under(policy, words), ['EACCES', 'EACCES', 'ok']);
  const alone = ['--rw', `${root}/proj/sub2`, ...deedGrant()];
  assert.deepEqual(await under(alone, words.slice(0, 4)), ['ok', 'ok'], 'without the grant above, a link is followed');
});

test('a link that stays beneath the writable grant is followed', async (t) => {
  if (!requireAbi(t, 2)) return;
  const root = fixture(t, { ...FILES, 'proj/link': { link: 'sub/file' } });
  const policy = ['--rw', `${root}/proj`, '--rwfile', `${root}/proj/link`, ...deedGrant()];
  assert.deepEqual(await under(policy, ['write', `${root}/proj/link`]), ['ok']);
});

test('a link below a read-only grant is its owner’s, and is followed', async (t) => {
  if (!requireAbi(t, 2)) return;
  const root = fixture(t, { ...FILES, 'proj/link': { link: '../out' } });
  const policy = ['--ro', `${root}/proj`, '--rw', `${root}/proj/link`, ...deedGrant()];
  assert.deepEqual(await under(policy, ['write', `${root}/out/file`, 'write', `${root}/proj/sub/file`]), [
    'ok',
    'EACCES',
  ]);
});

test('--allow-overlap grants what the link leads to, with one warning', async (t) => {
  if (!requireAbi(t, 2)) return;
  const root = fixture(t, { ...FILES, 'proj/link': { link: '../out/file' } });
  const args = ['--allow-overlap', '--rw', 'proj', '--rwfile', 'proj/link', ...deedGrant()];
  const result = await sandbox([...args, '--', deedPath(), 'write', `${root}/out/file`], { cwd: root });
  assert.deepEqual([result.code, result.stdout], [0, 'ok\n']);
  assert.match(result.stderr, /^landlock-run: --rwfile: [^\n]*out of it[^\n]*\n$/);
});

test('a missing path below a writable grant is missing, not refused', async (t) => {
  if (!requireAbi(t, 2)) return;
  const root = fixture(t, FILES);
  const result = await sandbox(['--rw', 'proj', '--rwfile', 'proj/none', '--', 'true'], { cwd: root });
  assert.equal(result.code, 0);
  assert.match(result.stderr, /^landlock-run: --rwfile: [^\n]*does not exist[^\n]*\n$/);
});

test('a run can make such a link, and only the next run refuses to follow it', async (t) => {
  if (!requireAbi(t, 2)) return;
  const root = fixture(t, FILES);
  const result = await shell(['--rw', 'proj'], 'ln -s ../out/file proj/link; cat proj/link', [], { cwd: root });
  assert.deepEqual([result.code, result.stdout], [1, '']);
  assert.equal(readlinkSync(`${root}/proj/link`), '../out/file');
});
