/** `--tmp DIR`: made if missing, granted like --rw, and TMPDIR, TMP, TEMP set to it. */
import assert from 'node:assert/strict';
import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { assertRefused, deedPath } from './deeds.ts';

test('--tmp makes a missing directory with mode 0700, whatever the umask', async (t) => {
  if (!requireAbi(t, 1)) return;
  const script = 'umask; echo x >"$TMPDIR/file"';
  for (const umask of ['0000', '0022', '0077', '0300', '0777']) {
    const root = fixture(t);
    const under = ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh'];
    const result = await sandbox(['--tmp', `${root}/tmp`, '--', 'sh', '-c', script], { under });
    // The umask itself is COMMAND's as it was.
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, `${umask}\n`, '']);
    assert.equal(statSync(`${root}/tmp`).mode & 0o7777, 0o700, umask);
    assert.equal(statSync(`${root}/tmp/file`).mode & 0o7777, 0o666 & ~Number.parseInt(umask, 8), umask);
  }
});

test('--tmp leaves the mode of a directory that exists', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { tmp: { directory: true, mode: 0o750 } });
  assert.equal((await sandbox(['--tmp', `${root}/tmp`, '--', 'true'])).code, 0);
  assert.equal(statSync(`${root}/tmp`).mode & 0o7777, 0o750);
});

test('--tmp is writable, and TMPDIR, TMP and TEMP name it', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t);
  const script = 'set -e; f=$(mktemp); echo x >"$f"; rm "$f"; echo "$TMPDIR $TMP $TEMP"';
  const result = await shell(['--tmp', 'tmp'], script, [], { cwd: root, env: { TMP: '/elsewhere' } });
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, `${root}/tmp ${root}/tmp ${root}/tmp\n`, '']);
});

test('what --env sets by name wins over --tmp', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t);
  const result = await shell(['--tmp', `${root}/tmp`, '--env', 'TMPDIR=/mine'], 'echo "$TMPDIR $TMP"');
  assert.deepEqual([result.code, result.stdout], [0, `/mine ${root}/tmp\n`]);
});

test('files are mentioned by --tmp alone', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { file: 'x' });
  const result = await sandbox(['--tmp', `${root}/tmp`, '--', 'cat', `${root}/file`]);
  assert.deepEqual([result.code, result.stderr], [1, `cat: ${root}/file: Permission denied\n`]);
  assert.equal((await sandbox(['--no-unix', '--', 'cat', `${root}/file`])).stdout, 'x');
});

test('--tmp is refused where a file stands', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { tmp: 'file' });
  assertRefused(await sandbox(['--tmp', join(root, 'tmp'), '--', deedPath()]), /: --tmp: .*must be a directory/);
});

test('--tmp is refused where its parent is missing, and nothing is made', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t);
  assertRefused(await sandbox(['--tmp', `${root}/a/b`, '--', deedPath()]), /: --tmp: .*cannot make the directory/);
  assert.throws(() => lstatSync(`${root}/a`), { code: 'ENOENT' });
});
