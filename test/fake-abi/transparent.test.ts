/** A program on a fake kernel differs from one without in nothing but the kernel's answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeKernel } from '../support/fake-abi.ts';
import { liveAbi, proberPath, requireAbi } from '../support/kernel.ts';
import { run } from '../support/run.ts';

test('it keeps the process id, and so the parent', async (t) => {
  if (!requireAbi(t, 1)) return;
  const result = await run(proberPath(), ['pid'], { under: fakeKernel(1) });
  assert.equal(result.stdout, `${result.pid}\n`);
});

test('it keeps standard input, output, error and the exit status', async (t) => {
  if (!requireAbi(t, 1)) return;
  const script = 'cat; echo error >&2; exit 77';
  const result = await run('sh', ['-c', script], { under: fakeKernel(1), stdin: 'input' });
  const { code, stdout, stderr } = result;
  assert.deepEqual({ code, stdout, stderr }, { code: 77, stdout: 'input', stderr: 'error\n' });
});

test('it dies of the signal that COMMAND dies of', async (t) => {
  if (!requireAbi(t, 1)) return;
  const result = await run('sh', ['-c', 'kill -TERM $$'], { under: fakeKernel(1) });
  assert.deepEqual([result.code, result.signal], [null, 'SIGTERM']);
});

test('COMMAND has no child and no descriptor that it did not have', async (t) => {
  if (!requireAbi(t, 1)) return;
  const script = 'echo "$(cat /proc/$$/task/$$/children)"; ls /proc/$$/fd';
  const plain = await run('bash', ['-c', script]);
  const faked = await run('bash', ['-c', script], { under: fakeKernel(1) });
  assert.deepEqual(faked.stdout.split('\n').slice(1), plain.stdout.split('\n').slice(1));
  assert.equal(faked.stdout.split('\n')[0]?.trim().split(' ').length, 1); // the cat alone
});

test('closed standard descriptors stay closed', async (t) => {
  if (!requireAbi(t, 1)) return;
  const closed = [0, 2] as const;
  const result = await run(proberPath(), ['version', 'exec', 'ls', '/proc/self/fd'], { under: fakeKernel(2), closed });
  // ls itself opens the directory on the lowest free descriptor, which is 0
  assert.deepEqual(result.stdout.trim().split('\n'), ['2', '0', '1']);
});

test('children of COMMAND see the same kernel', async (t) => {
  if (!requireAbi(t, 3)) return;
  const result = await run('sh', ['-c', '"$0" version; (exec "$0" version)', proberPath()], { under: fakeKernel(3) });
  assert.equal(result.stdout, '3\n3\n');
});

test('a command that is missing is 127, one that cannot be executed 126, a wrong call 125', async () => {
  const codes: (number | null)[] = [];
  for (const words of [['/nonexistent'], ['/etc/passwd']]) {
    codes.push((await run('/usr/bin/env', words, { under: [] })).code);
    const [command = ''] = words;
    codes.push((await run(command, [], { under: fakeKernel('ENOSYS') })).code);
  }
  const [fakeAbi = ''] = fakeKernel('ENOSYS');
  for (const words of [
    [],
    ['0', 'true'],
    ['100', 'true'],
    ['six', 'true'],
    ['3', '--errata', 'x', 'true'],
    ['3', '--'],
  ]) {
    codes.push((await run(fakeAbi, words)).code);
  }
  assert.deepEqual(codes, [127, 127, 126, 126, 125, 125, 125, 125, 125, 125]);
});

test('one fake kernel inside another is refused, not silently the wrong one', async (t) => {
  if (liveAbi() === 0) return t.skip('this kernel has no Landlock');
  const result = await run(proberPath(), ['version'], { under: [...fakeKernel(3), ...fakeKernel(2)] });
  assert.deepEqual([result.code, result.stdout], [125, '']);
});
