/** Landlock only grants, and grants add up: a grant without write below one with write, and any deny, are refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertRefused, deedGrant, deedPath, under } from './deeds.ts';

const FILES = { 'proj/.git/config': 'x', 'proj/src/a': 'x', 'proj/README': 'x', 'far/b': 'x', link: { link: 'proj' } };
const TRUE = ['--', 'true'];

/** Rows: what is asked, what the refusal must name. */
const REFUSED: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['--ro below --rw', ['--rw', 'proj', '--ro', 'proj/.git'], ['--ro: ', '"$/proj/.git"', '--rw grants', '"$/proj"']],
  ['--ro below --rw, whatever the order', ['--ro', 'proj/.git', '--rw', 'proj'], ['"$/proj/.git"', '"$/proj"']],
  ['--ro far below --rw', ['--rw', '.', '--ro', 'proj/.git/config'], ['"$/proj/.git/config"', '"$"']],
  ['--ro of what does not exist yet', ['--rw', 'proj', '--ro', 'proj/new/x'], ['"$/proj/new/x"', '"$/proj"']],
  ['--ro below a --rw that does not exist yet', ['--rw', 'n', '--ro', 'n/x', '--ro', 'far'], ['"$/n/x"', '"$/n"']],
  ['--ro below --rw by a resolved link', ['--rw', 'link', '--ro', 'proj/.git'], ['"$/proj/.git"', '"$/link"']],
  ['--ro through a link below --rw', ['--rw', 'proj', '--ro', 'link/.git'], ['"$/link/.git"', '"$/proj"']],
  ['--ro below --rw by ..', ['--rw', 'proj', '--ro', 'far/../proj/.git'], ['proj/.git"', '"$/proj"']],
  ['--ro below --rw by doubled slashes', ['--rw', 'proj//', '--ro', './/proj/./.git/'], ['"$/proj/.git"', '"$/proj"']],
  ['--ro below --rw /', ['--rw', '/', '--ro', 'proj'], ['"$/proj"', '"/"']],
  ['--grant read below --rw', ['--rw', 'proj', '--grant', 'read:proj/.git'], ['--grant: ', '"$/proj/.git"']],
  ['--ro below --grant write', ['--grant', 'write:proj', '--ro', 'proj/.git'], ['"$/proj/.git"', '--grant grants']],
  ['--ro below --grant remove', ['--grant', 'remove:proj', '--ro', 'proj/.git'], ['"$/proj/.git"', '--grant grants']],
  ['--ro below --grant make_sym', ['--grant', 'make_sym:proj', '--ro', 'proj/.git'], ['"$/proj/.git"']],
  ['--ro below --tmp', ['--tmp', 'proj', '--ro', 'proj/.git'], ['"$/proj/.git"', '--tmp grants', '"$/proj"']],
];

for (const [title, args, named] of REFUSED) {
  test(`refused, both named: ${title}`, async (t) => {
    const root = fixture(t, FILES);
    const result = await sandbox([...args, ...TRUE], { cwd: root });
    assertRefused(result, /Landlock only adds/);
    for (const part of named) assert.ok(result.stderr.includes(part.replace('$', root)), `${part} in ${result.stderr}`);
  });
}

test('the refusal lists the siblings that could be granted instead, ready to be pasted', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const result = await sandbox(['--rw', 'proj', '--ro', 'proj/.git', ...TRUE], { cwd: root });
  const instead = `--rw ${root}/proj/README --rw ${root}/proj/src`;
  assert.ok(result.stderr.includes(`: ${instead};`), result.stderr);
  const policy = [...instead.split(' '), '--ro', `${root}/proj/.git`, ...deedGrant()];
  const words = [
    'write',
    `${root}/proj/src/a`,
    'write',
    `${root}/proj/.git/config`,
    'read',
    `${root}/proj/.git/config`,
  ];
  assert.deepEqual(await under(policy, words), ['ok', 'EACCES', 'ok'], 'what was proposed works');
});

test('the siblings of every step on the way down are listed', async (t) => {
  const root = fixture(t, { 'a/b/c/secret': 'x', 'a/b/other': 'x', 'a/one': 'x' });
  const result = await sandbox(['--rw', 'a', '--ro', 'a/b/c', ...TRUE], { cwd: root });
  assert.ok(result.stderr.includes(`: --rw ${root}/a/b/other --rw ${root}/a/one;`), result.stderr);
});

test('a sibling whose name a shell would split is quoted', async (t) => {
  const root = fixture(t, { 'a/x': 'x', "a/b c'd": 'x' });
  const result = await sandbox(['--rw', 'a', '--ro', 'a/x', ...TRUE], { cwd: root });
  assert.ok(result.stderr.includes(`--rw '${root}/a/b c'\\''d'`), result.stderr);
});

for (const [how, args, stdin] of [
  ['--deny', ['--rw', 'proj', '--deny', 'proj/.git'], ''],
  ['`fs: {deny: ...}`', ['--policy', '-'], 'fs: {rw: [proj], deny: [proj/.git]}\n'],
] as const) {
  test(`any deny is refused, both named, with the siblings: ${how}`, async (t) => {
    const root = fixture(t, FILES);
    const result = await sandbox([...args, ...TRUE], { cwd: root, stdin });
    assertRefused(result, /Landlock only grants/);
    for (const part of [`"${root}/proj/.git"`, `"${root}/proj"`, `--rw ${root}/proj/README --rw ${root}/proj/src`])
      assert.ok(result.stderr.includes(part), result.stderr);
  });
}

test('a deny below a read-only grant is refused too', async (t) => {
  const root = fixture(t, FILES);
  const result = await sandbox(['--ro', 'proj', '--deny', 'proj/.git', ...TRUE], { cwd: root });
  assertRefused(result, /cannot deny/);
  assert.ok(result.stderr.includes(`--ro ${root}/proj/README --ro ${root}/proj/src`), result.stderr);
});

test('a deny of what nothing grants is refused as needless', async (t) => {
  const root = fixture(t, FILES);
  assertRefused(await sandbox(['--rw', 'proj', '--deny', 'far', ...TRUE], { cwd: root }), /needs none/);
});

test('an overlap within a file names both places', async (t) => {
  const root = fixture(t, { ...FILES, 'p.yaml': 'fs:\n  rw:\n    - proj\n  ro:\n    - proj/.git\n' });
  const result = await sandbox(['--policy', 'p.yaml', ...TRUE], { cwd: root });
  assertRefused(result, /^landlock-run: p\.yaml:5:7: .*p\.yaml:3:7 grants/);
});

test('an overlap between a file and a flag names both places', async (t) => {
  const root = fixture(t, { ...FILES, 'p.yaml': 'fs:\n  ro:\n    - proj/.git\n' });
  const result = await sandbox(['--policy', 'p.yaml', '--rw', 'proj', ...TRUE], { cwd: root });
  assertRefused(result, /^landlock-run: p\.yaml:3:7: .*--rw grants/);
});

/** Rows that keep every promise they make. */
const ACCEPTED: readonly (readonly [string, readonly string[]])[] = [
  ['equal paths unite', ['--rw', 'proj', '--ro', 'proj']],
  ['equal paths unite, one through a link', ['--rw', 'proj', '--ro', 'link']],
  ['--rw below --ro', ['--ro', 'proj', '--rw', 'proj/src']],
  ['--rw below --rw', ['--rw', 'proj', '--rw', 'proj/src']],
  ['--rwfile below --rw', ['--rw', 'proj', '--rwfile', 'proj/README']],
  ['--grant with a write right below --rw', ['--rw', 'proj', '--grant', 'read,write_file:proj/src']],
  ['--ro below --ro', ['--ro', 'proj', '--ro', 'proj/src']],
  ['--ro beside --rw', ['--rw', 'proj/src', '--ro', 'proj/.git']],
  ['--ro of a name that begins like the --rw', ['--rw', 'pro', '--rw', 'far', '--ro', 'proj']],
  ['--unix below --rw', ['--rw', 'proj', '--unix', 'proj/README']],
];
for (const [title, args] of ACCEPTED) {
  test(`no overlap: ${title}`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t, { ...FILES, 'pro/x': 'x' });
    const result = await sandbox([...args, ...TRUE], { cwd: root });
    assert.deepEqual([result.code, result.stderr], [0, '']);
  });
}

test('grants from profiles never trigger it: --rw / beside the system profile', async (t) => {
  if (!requireAbi(t, 1)) return;
  const result = await sandbox(['--rw', '/', ...TRUE]);
  assert.deepEqual([result.code, result.stderr], [0, '']);
});

test('grants from discovery never trigger it', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { ...FILES, 'app.yaml': 'cert: file://proj/README\n' });
  const result = await sandbox(['--discover', 'app.yaml', '--rw', 'proj', ...TRUE], { cwd: root });
  assert.deepEqual([result.code, result.stderr], [0, '']);
});

test('--allow-overlap turns the refusal into one warning, and what was granted counts', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const words = ['write', `${root}/proj/.git/config`];
  const result = await sandbox(
    ['--allow-overlap', '--rw', 'proj', '--ro', 'proj/.git', ...deedGrant(), '--', deedPath(), ...words],
    { cwd: root },
  );
  assert.deepEqual([result.code, result.stdout], [0, 'ok\n']);
  assert.match(result.stderr, /^landlock-run: --ro: [^\n]*Landlock only adds[^\n]*\n$/);
});

test('--allow-overlap turns a deny into one warning', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const result = await sandbox(['--allow-overlap', '--rw', 'proj', '--deny', 'proj/.git', ...TRUE], { cwd: root });
  assert.equal(result.code, 0);
  assert.match(result.stderr, /^landlock-run: --deny: [^\n]*\n$/);
});

test('no file can give the consent: allow_overlap is no key', async () => {
  const result = await sandbox(['--policy', '-', ...TRUE], { stdin: 'allow_overlap: true\nfs: {}\n' });
  assertRefused(result, /stdin:1:1: .*allow_overlap/);
});
