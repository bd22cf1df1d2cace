/** The helpers that run landlock-run itself: every way to call it, on the live kernel and on others. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { sandboxOn } from './fake-abi.ts';
import { fixture } from './fixture.ts';
import { requireAbi } from './kernel.ts';
import { sandbox, shell } from './sandbox.ts';
import { capless, ORDINARY, ordinaryUser } from './who.ts';

const ODD = Buffer.from([0x66, 0xff, 0xfe]);

test('a shell works in what is granted and is denied beside it', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { 'proj/a': 'inside\n', 'sibling/b': 'outside\n' });
  const result = await shell(['--rw', 'proj'], 'cat proj/a; cat "$1"', ['sibling/b'], { cwd: root });
  assert.deepEqual([result.code, result.stdout], [1, 'inside\n']);
  assert.match(result.stderr, /^cat: sibling\/b: Permission denied\n$/);
});

test('COMMAND is the process that was started, with its input and arguments of any bytes', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t);
  const script = 'cat; printf "%s" "$1"; echo $$ >&2; exit 9';
  const result = await shell(['--rw', root], script, [ODD], { stdin: 'input ' });
  assert.deepEqual(result.stdoutBytes, Buffer.concat([Buffer.from('input '), ODD]));
  assert.deepEqual([result.code, result.stderr], [9, `${result.pid}\n`]);
});

test('it runs as an ordinary user, in a directory of any name', async (t) => {
  const under = ordinaryUser(t);
  if (!under || !requireAbi(t, 3)) return;
  const root = fixture(t, {}, { owner: ORDINARY });
  const directory = Buffer.concat([Buffer.from(`${root}/`), ODD]);
  const result = await shell(['--rw', root], 'mkdir "$1" && cd "$1" && touch x && stat -c %u x', [directory], {
    under,
  });
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, `${ORDINARY}\n`, '']);
});

test('it runs as root without capabilities', async (t) => {
  const under = capless(t);
  if (!under || !requireAbi(t, 3)) return;
  const root = fixture(t, { file: 'x' });
  const result = await sandbox(['--ro', root, '--', 'cat', join(root, 'file')], { under });
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'x', '']);
});

test('it runs on a fake older kernel, and refuses where there is no Landlock', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { file: 'x' });
  const args = ['--ro', root, '--', 'cat', join(root, 'file')];
  const older = await sandboxOn(3, args);
  assert.deepEqual([older.code, older.stdout, older.stderr], [0, 'x', '']);
  const none = await sandboxOn('ENOSYS', args);
  assert.deepEqual([none.code, none.stdout], [125, '']);
  assert.match(none.stderr, /^landlock-run: .*Landlock/);
});
