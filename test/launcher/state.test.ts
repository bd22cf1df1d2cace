/** COMMAND inherits what it would under `env COMMAND`, but for the differences that docs/process-state.md lists. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { differences, dumpThrough, expected } from '../support/inherited-state.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';
import type { Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

async function launcher(t: TestContext, options: readonly Word[]): Promise<string> {
  const path = join(fixture(t), 'launcher');
  const made = await sandbox([...options, '--compile', path]);
  assert.deepEqual([made.code, made.stdout, made.stderr], [0, '', '']);
  return path;
}

test('the dumper sees the odd state at all', async () => {
  const plain = await dumpThrough(['/usr/bin/env']);
  assert.ok(plain.size > 90, `${plain.size} lines`);
  assert.equal(plain.has('fd[0]'), false);
  assert.deepEqual(
    [3, 9, 17, 200].map((fd) => plain.has(`fd[${fd}]`)),
    [true, true, true, true],
  );
  assert.equal(plain.get('status.SigIgn'), '\t0000008000201803');
  assert.match(plain.get('fd[1]') ?? '', /open 80[12] /);
  assert.equal(plain.get('env.count'), '17');
  assert.match(plain.get('argv[4]') ?? '', /^fffe/);
  assert.equal(plain.get('rlimit[7]')?.split(' ')[0], '100');
});

test('the command line tool', async (t) => {
  if (!requireAbi(t, 3)) return;
  const plain = await dumpThrough(['/usr/bin/env']);
  const ours = await dumpThrough([cliPath, '--ro', '/', '--']);
  assert.deepEqual(differences(plain, ours), expected());
});

test('a compiled launcher', async (t) => {
  if (!requireAbi(t, 3)) return;
  const path = await launcher(t, ['--ro', '/']);
  const plain = await dumpThrough(['/usr/bin/env']);
  const ours = await dumpThrough([path, '--']);
  assert.deepEqual(differences(plain, ours), expected());
});

test('a launcher in a launcher in the command line tool', async (t) => {
  if (!requireAbi(t, 3)) return;
  const path = await launcher(t, ['--ro', '/']);
  const plain = await dumpThrough(['/usr/bin/env']);
  const ours = await dumpThrough([cliPath, '--ro', '/', '--', path, path]);
  assert.deepEqual(differences(plain, ours), expected());
});

test('descriptors of --keep-fd arrive as they were', async (t) => {
  if (!requireAbi(t, 3)) return;
  const plain = await dumpThrough(['/usr/bin/env']);
  for (const words of [
    [cliPath, '--ro', '/', '--keep-fd', '9', '--keep-fd', '200', '--'],
    [await launcher(t, ['--ro', '/', '--keep-fd', '9', '--keep-fd', '200'])],
  ]) {
    const ours = await dumpThrough(words);
    const open = [...ours.keys()].filter((name) => name.startsWith('fd['));
    assert.deepEqual(open, ['fd[1]', 'fd[2]', 'fd[9]', 'fd[200]']);
    assert.equal(ours.get('fd[9]'), plain.get('fd[9]'));
  }
});

test('what is inherited is there for a network policy too, which leaves capabilities alone', async (t) => {
  if (!requireAbi(t, 4)) return;
  const plain = await dumpThrough(['/usr/bin/env']);
  const ours = await dumpThrough([cliPath, '--no-net', '--']);
  const rest = expected().filter((name) => !name.startsWith('status.Cap') && name !== 'personality');
  assert.deepEqual(differences(plain, ours), rest);
});
