/** What a files policy does not touch, and the terminal that it grants by descriptor. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { claim, deedGrant, deedPath, terminalPath, under } from './deeds.ts';

for (const what of ['pipe', 'memfd']) {
  claim({
    title: `a ${what} is never affected, not even when it is opened anew through /proc/self/fd`,
    policy: (root) => ['--ro', `${root}/in`],
    deed: () => [what],
    outcome: 'ok',
  });
}

for (const [word, what] of [
  ['stat', 'stat of a file'],
  ['chdir', 'chdir to a directory'],
] as const) {
  claim({
    title: `${what} outside the grants is not stopped (metadata is not Landlock's)`,
    policy: (root) => ['--ro', `${root}/in`],
    deed: (root) => [word, `${root}/out`],
    outcome: 'ok',
  });
}

test('a descriptor that was open before stays what it was, when it is kept', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { file: 'content' });
  const fd = openSync(`${root}/file`, 'r+');
  t.after(() => closeSync(fd));
  const policy = [...deedGrant(), '--keep-fd', '3'];
  assert.deepEqual(await under(policy, ['use-fd', '3', 'write', `${root}/file`], { fds: [fd] }), ['ok', 'EACCES']);
  assert.equal(readFileSync(`${root}/file`, 'utf8'), '');
});

test('a descriptor that was open before is closed, when it is not kept', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { file: 'content' });
  const fd = openSync(`${root}/file`, 'r+');
  t.after(() => closeSync(fd));
  assert.deepEqual(await under(deedGrant(), ['use-fd', '3'], { fds: [fd] }), ['Bad file descriptor']);
  assert.equal(readFileSync(`${root}/file`, 'utf8'), 'content');
});

test('/dev/stderr and /dev/stdout can be written to when they are a terminal', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t);
  const result = await shell(['--rw', root], 'echo error >/dev/stderr; echo out >/dev/stdout; echo tty >/dev/tty', [], {
    under: [terminalPath()],
  });
  assert.deepEqual([result.code, result.stdout], [0, 'error\nout\ntty\n']);
});

test('/dev/stderr can be written to when it is a pipe or a file', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'out/log': '' });
  const script = '"$0" --ro /usr -- bash -c "echo piped >/dev/stderr" 2>&1 | cat';
  const piped = await run('bash', ['-c', script, cliPath]);
  assert.deepEqual([piped.code, piped.stdout], [0, 'piped\n']);
  const log = '"$0" --ro /usr -- bash -c "echo kept >&2" 2>>"$1"';
  assert.equal((await run('bash', ['-c', log, cliPath, `${root}/out/log`])).code, 0);
  assert.equal(readFileSync(`${root}/out/log`, 'utf8'), 'kept\n');
});

test('the terminals of others stay closed: only those on descriptors 0 to 2 are granted', async (t) => {
  if (!requireAbi(t, 1)) return;
  const script = '"$1" write "$(tty)"; exec "$0" --ro "$1" -- "$1" write "$2" write "$(tty)"';
  // The outer terminal is another's for the run on the inner one.
  const inner = [terminalPath(), 'bash', '-c', script, cliPath, deedPath()];
  const outer = ['bash', '-c', '"$@" "$(tty)"', 'bash', ...inner];
  const result = await run(terminalPath(), outer);
  assert.deepEqual([result.code, result.stdout], [0, 'ok\nEACCES\nok\n']);
});

test('--bare grants no terminal, be it on descriptors 0 to 2', async (t) => {
  if (!requireAbi(t, 1)) return;
  const script = 'exec "$0" --bare --ro /usr --ro /lib --ro /lib64 --ro "$1" -- "$1" write "$(tty)"';
  const result = await run(terminalPath(), ['bash', '-c', script, cliPath, deedPath()]);
  assert.deepEqual([result.code, result.stdout], [0, 'EACCES\n']);
});

test('--rw grants ioctl on the terminal: stty works', async (t) => {
  if (!requireAbi(t, 5)) return;
  const root = fixture(t);
  const result = await sandbox(['--rw', root, '--', 'stty', '-echo'], { under: [terminalPath()] });
  assert.deepEqual([result.code, result.stdout], [0, '']);
});
