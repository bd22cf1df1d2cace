/** Missing paths: skipped, told, or fatal; what else cannot be opened; what opens and cannot carry a rule. */
import assert from 'node:assert/strict';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { capless, isRoot, ordinaryUser } from '../support/who.ts';
import { assertRefused } from './deeds.ts';

const TRUE = ['--', 'true'];
const FILES = { 'in/file': 'x' };

/** Runs `cat in/file` under a policy of YAML beside options. */
function catUnder(root: string, policy: string, args: readonly string[] = []) {
  return sandbox([...args, '--policy', '-', '--', 'cat', `${root}/in/file`], { stdin: policy, cwd: root });
}

test('a missing path without write is skipped in silence', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const result = await sandbox(['--ro', `${root}/in`, '--ro', `${root}/missing`, '--', 'cat', `${root}/in/file`]);
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'x', '']);
});

for (const [flag, value] of [
  ['--rw', 'missing'],
  ['--rwfile', 'missing'],
  ['--grant', 'write:missing'],
] as const) {
  test(`a missing path with write is one line on stderr: ${flag}`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t, FILES);
    const result = await sandbox(['--ro', 'in', flag, value, '--', 'cat', 'in/file'], { cwd: root });
    assert.deepEqual([result.code, result.stdout], [0, 'x']);
    assert.match(result.stderr, new RegExp(`^landlock-run: ${flag}: [^\n]*does not exist "${root}/missing"[^\n]*\n$`));
  });
}

test('`optional: true` silences a missing path with write', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const stated = await catUnder(root, 'fs: {ro: [in], rw: [missing]}\n');
  assert.match(stated.stderr, /^landlock-run: stdin:1:.*missing.*\n$/);
  const optional = await catUnder(root, 'fs: {ro: [in], rw: [{path: missing, optional: true}]}\n');
  assert.deepEqual([optional.code, optional.stdout, optional.stderr], [0, 'x', '']);
});

test('missing paths that are not told otherwise show in --verbose', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const args = ['--ro', `${root}/in`, '--ro', `${root}/missing`, '--', 'cat', `${root}/in/file`];
  const verbose = await sandbox(['--verbose', ...args]);
  assert.deepEqual([verbose.code, verbose.stdout], [0, 'x']);
  assert.match(verbose.stderr, new RegExp(`^landlock-run: --ro: [^\n]*${root}/missing`, 'm'));
});

test('`required: true` makes a missing path fatal', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const result = await catUnder(root, 'fs:\n  ro: [in, {path: missing, required: true}]\n');
  assertRefused(result, /stdin:2:[0-9]+: .*required.*missing|stdin:2:[0-9]+: .*missing.*required/);
});

test('`required: true` of a path that exists changes nothing', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const result = await catUnder(root, 'fs: {ro: [{path: in, required: true}]}\n');
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'x', '']);
});

test('--require-paths makes every missing stated path fatal', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const args = ['--ro', `${root}/in`, '--ro', `${root}/missing`, ...TRUE];
  assert.equal((await sandbox(args)).code, 0);
  assertRefused(await sandbox(['--require-paths', ...args]), /: --ro: .*required/);
});

test('--require-paths leaves the missing paths of profiles alone', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const result = await sandbox(['--require-paths', '--profile', 'git', '--ro', `${root}/in`, ...TRUE], {
    env: { HOME: `${root}/nobody` },
  });
  assert.deepEqual([result.code, result.stderr], [0, '']);
});

test('`require_paths: true` in a file is the same', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  assertRefused(await catUnder(root, 'require_paths: true\nfs: {ro: [in, missing]}\n'), /required/);
});

test('a policy none of whose stated paths exist is fatal', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t);
  const result = await sandbox(['--ro', `${root}/a`, '--ro', `${root}/b`, ...TRUE]);
  assertRefused(result, /none of the stated paths/);
});

test('one stated path, and it does not exist: one line, with where it was asked', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  for (const [path, errno] of [
    ['missing', 'ENOENT'],
    ['in/file/x', 'ENOTDIR'],
  ]) {
    const result = await sandbox(['--rw', path ?? '', ...TRUE], { cwd: root });
    assertRefused(
      result,
      new RegExp(`^landlock-run: --rw: none of the stated paths exists "${root}/${path}": ${errno} `),
    );
  }
});

test('a path below a file is missing too (ENOTDIR)', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const skipped = await sandbox(['--ro', `${root}/in`, '--ro', `${root}/in/file/x`, '--', 'cat', `${root}/in/file`]);
  assert.deepEqual([skipped.code, skipped.stdout, skipped.stderr], [0, 'x', '']);
  const required = await sandbox(['--require-paths', '--ro', `${root}/in/file/x`, ...TRUE]);
  assertRefused(required, /required/);
});

test('a dangling symbolic link is a missing path', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { ...FILES, link: { link: 'nowhere' } });
  const result = await sandbox(['--ro', `${root}/in`, '--ro', `${root}/link`, ...TRUE]);
  assert.deepEqual([result.code, result.stderr], [0, '']);
});

test('every other failure to open is fatal: a link that leads to itself', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { ...FILES, loop: { link: 'loop' } });
  assertRefused(await sandbox(['--ro', `${root}/in`, '--ro', `${root}/loop`, ...TRUE]), /: --ro: .*cannot open.*ELOOP/);
});

test('every other failure to open is fatal: a name that is too long', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const result = await sandbox(['--ro', `${root}/in`, '--ro', `${root}/${'n'.repeat(256)}`, ...TRUE]);
  assertRefused(result, /: --ro: .*cannot open.*ENAMETOOLONG/);
});

test('every other failure to open is fatal: a directory that may not be searched', async (t) => {
  if (!requireAbi(t, 1)) return;
  const under = isRoot() ? ordinaryUser(t) : [];
  if (!under) return;
  const root = fixture(t, { ...FILES, 'closed/file': 'x', closed: { directory: true, mode: 0 } });
  const result = await sandbox(['--ro', `${root}/in`, '--ro', `${root}/closed/file`, ...TRUE], { under });
  chmodSync(`${root}/closed`, 0o700); // so that it can be removed
  assertRefused(result, /: --ro: .*cannot open.*EACCES/);
});

test("a profile's entry that may not be reached is skipped", async (t) => {
  if (!requireAbi(t, 1)) return;
  const under = isRoot() ? ordinaryUser(t) : [];
  if (!under) return;
  const home = fixture(t, { ...FILES, '.config/git/config': 'x', '.config': { directory: true, mode: 0 } });
  const args = ['--profile', 'git', '--ro', `${home}/in`, '--', 'cat', `${home}/in/file`];
  const result = await sandbox(args, { under, env: { HOME: home } });
  const stated = await sandbox(['--ro', `${home}/.config/git/config`, ...args], { under, env: { HOME: home } });
  chmodSync(`${home}/.config`, 0o700); // so that it can be removed
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'x', '']);
  assertRefused(stated, /: --ro: .*EACCES/);
});

test('a category whose every path is missing stays denied', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { ...FILES, 'app.yaml': 'cert: file:///nowhere/at/all/cert.pem\n' });
  assert.equal((await run('cat', [`${root}/in/file`])).stdout, 'x');
  const result = await sandbox(['--discover', `${root}/app.yaml`, '--', 'cat', `${root}/in/file`]);
  assert.deepEqual([result.code, result.stderr], [1, `cat: ${root}/in/file: Permission denied\n`]);
});

for (const [what, input] of [
  ['pipe', 'echo x |'],
  ['socket', ''],
] as const) {
  test(`a ${what} opens but cannot carry a rule, and counts as granted`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t, FILES);
    const script = `${input} "$0" --require-paths --ro /proc/self/fd/0 --ro "$1" -- cat "$1/file"`;
    const result = await run('bash', ['-c', script, cliPath, `${root}/in`], { stdin: 'x' });
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'x', '']);
  });
}

/** Descriptors that Node has open for itself, and numbers that nobody has. */
const CLOSED = [
  '/dev/fd/10',
  '/proc/self/fd/17',
  '/proc/thread-self/fd/10',
  '/dev/fd/17',
  '/dev/fd/77',
  '/proc/self/fd/5000',
  '/dev/fd/17/x',
];

test('a descriptor that the caller has not open is missing, whatever Node has there, and the message says so', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  const says = 'the caller has no such descriptor open';
  for (const path of CLOSED) {
    for (const flag of ['--ro', '--rw', '--rwfile']) {
      const alone = await sandbox([flag, path, '--', 'true']);
      assert.equal(alone.code, 125);
      assert.match(
        alone.stderr,
        new RegExp(`^landlock-run: ${flag}: [^\\n]*"${path}" \\(${says}\\)[^\\n]*; open it [^\\n]+\\n$`),
      );
    }
    const beside = await sandbox(['--rw', `${root}/in`, '--rwfile', path, '--', 'cat', `${root}/in/file`]);
    assert.deepEqual([beside.code, beside.stdout], [0, 'x']);
    assert.match(
      beside.stderr,
      new RegExp(`^landlock-run: --rwfile: nothing is granted[^\\n]*\\(${says}\\)[^\\n]*\\n$`),
    );
    for (const [mode, field] of [
      ['--check', 'accepted'],
      ['--explain', 'starts'],
    ] as const) {
      const told = JSON.parse((await sandbox([mode, '--json', '--ro', path])).stdout) as Record<string, unknown>;
      assert.equal(told[field], false, `${mode} ${path}`);
      assert.match(JSON.stringify(told['diagnostics']), new RegExp(says));
    }
    const shown = await sandbox(['--explain', '--rw', `${root}/in`, '--rwfile', path]);
    assert.match(shown.stdout, new RegExp(`${path}  does not exist  \\(--rwfile\\)`));
    const required = await sandbox(['--require-paths', '--ro', `${root}/in`, '--ro', path, '--', 'true']);
    assert.equal(required.code, 125);
    assert.match(required.stderr, new RegExp(says));
  }
});

test('a descriptor that the caller has open is granted as the file that it is', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { ...FILES, other: 'y' });
  const file = openSync(`${root}/in/file`, 'r');
  t.after(() => closeSync(file));
  for (const path of ['/dev/fd/3', '/proc/self/fd/3']) {
    const result = await sandbox(['--ro', path, '--', 'cat', `${root}/in/file`], { fds: [file] });
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'x', '']);
    const other = await sandbox(['--ro', path, '--', 'cat', `${root}/other`], { fds: [file] });
    assert.equal(other.code, 1);
  }
});

test('a closed standard descriptor is missing, by each of its names', async (t) => {
  if (!requireAbi(t, 1)) return;
  for (const path of ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0', '/proc/thread-self/fd/0']) {
    const result = await sandbox(['--ro', path, '--', 'true'], { closed: [0] });
    assert.equal(result.code, 125, path);
    assert.match(result.stderr, /"[^"]+" \(the caller has no such descriptor open\): ENOENT [^\n]+\n$/);
  }
});

test('what is missing below a descriptor that is open is not said to be closed', async (t) => {
  if (!requireAbi(t, 1)) return;
  const directory = openSync(fixture(t, {}), 'r');
  t.after(() => closeSync(directory));
  const result = await sandbox(['--ro', '/dev/fd/3/none', '--', 'true'], { fds: [directory] });
  assert.equal(result.code, 125);
  assert.match(result.stderr, /"\/dev\/fd\/3\/none": ENOENT [^\n]+; correct the paths [^\n]+\n$/);
});

test('a missing path of a file is told with its line and column', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { ...FILES, 'policy.yaml': 'fs:\n  ro: [in]\n  rw:\n    - missing\n' });
  const result = await sandbox(['--policy', 'policy.yaml', '--', 'cat', 'in/file'], { cwd: root });
  assert.match(result.stderr, /^landlock-run: policy\.yaml:4:7: .*missing/);
});

test('root without capabilities sees a closed directory as any user does', async (t) => {
  const under = capless(t);
  if (!under || !requireAbi(t, 1)) return;
  const root = fixture(t, { ...FILES, 'closed/file': 'x', closed: { directory: true, mode: 0 } });
  const result = await shell(['--ro', `${root}/in`, '--ro', `${root}/closed/file`], 'true', [], { under });
  chmodSync(`${root}/closed`, 0o700); // so that it can be removed
  assertRefused(result, /: --ro: .*cannot open.*EACCES/);
});
