/** The helper that starts programs gives them exactly the state that a test asks for. */
import assert from 'node:assert/strict';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from './fixture.ts';
import { run } from './run.ts';

test('arguments, environment and working directory keep bytes that are not UTF-8', async (t) => {
  const odd = Buffer.from([0x61, 0xff, 0x0a, 0xfe]);
  const plain = await run('printf', ['%s', odd]);
  assert.deepEqual(plain.stdoutBytes, odd);
  const root = fixture(t);
  const cwd = Buffer.concat([Buffer.from(`${root}/`), odd]);
  await run('mkdir', [cwd]);
  const told = await run('sh', ['-c', 'printf "%s" "$ODD"; pwd -P'], { cwd, env: { ODD: odd } });
  assert.deepEqual(told.stdoutBytes, Buffer.concat([odd, cwd, Buffer.from('\n')]));
});

test('an environment entry is added, replaced and removed', async () => {
  const result = await run('env', [], { emptyEnv: true, env: { A: '1', PATH: undefined } });
  assert.equal(result.stdout, 'A=1\n');
});

test('signals are ignored and blocked, and descriptors limited, as asked', async () => {
  // each read by a program that leaves them alone: dash empties its signal mask
  const options = { ignoredSignals: [1], blockedSignals: [10], nofile: 77 };
  const masks = await run('grep', ['-E', '^Sig(Ign|Blk)', '/proc/self/status'], options);
  assert.equal(masks.stdout, 'SigBlk:\t0000000000000200\nSigIgn:\t0000000000000001\n');
  const limit = await run('bash', ['-c', 'ulimit -Sn'], options);
  assert.equal(limit.stdout, '77\n');
});

test('descriptors are passed on, and closed ones are closed', async (t) => {
  const root = fixture(t, { file: 'content' });
  const fd = openSync(join(root, 'file'), 'r');
  const read = await run('cat', ['/dev/fd/4'], { fds: [null, fd] });
  assert.equal(read.stdout, 'content');
  const open = await run('ls', ['/proc/self/fd'], { fds: [null, fd] });
  assert.equal(open.stdout, '0\n1\n2\n3\n4\n'); // 3 is the directory that ls reads
  const result = await run('sh', ['-c', 'echo x >&2 || exit 3'], { closed: [2] });
  assert.equal(result.code, 3);
});

test('a program that does not end is killed, and the run fails', async () => {
  await assert.rejects(run('sleep', ['1000'], { patience: 50 }), /did not end: sleep/);
});
