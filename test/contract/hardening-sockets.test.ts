/** The scopes of UNIX sockets: abstract ones from ABI 6 on, pathname ones once they are asked for. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { type FakeKernel, fakeKernel, sandboxOn } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { liveAbi, requireAbi } from '../support/kernel.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertRefused, deedGrant, deedPath, freely, under } from './deeds.ts';

let servers = 0;

/** A server outside on an abstract socket. Out: its name with @ in front. */
async function serve(t: TestContext): Promise<string> {
  const name = `landlock-run-test-${process.pid}-${servers++}`;
  const server = spawn(deedPath(), ['unix-serve', `@${name}`, 'wait'], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => server.stdin.end());
  const line = await new Promise((resolve, reject) => server.once('error', reject).stdout.once('data', resolve));
  assert.equal(String(line), 'ok\n');
  return `@${name}`;
}

for (const [what, policy, open] of [
  ['a files policy', () => deedGrant(), false],
  ['a TCP policy', () => ['--net-connect', '443'], false],
  ['--no-net', () => ['--no-net'], false],
  ['--scope abstract-unix-socket alone', () => ['--scope', 'abstract-unix-socket'], false],
  ['--no-scope abstract-unix-socket', () => ['--no-scope', 'abstract-unix-socket', ...deedGrant()], true],
] as const) {
  test(`${open ? 'can' : 'cannot'} connect to an abstract socket outside under ${what}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const words = ['unix-connect', await serve(t)];
    assert.deepEqual(await freely(words), ['ok']);
    assert.deepEqual(await under(policy(), words), [open ? 'ok' : 'EPERM']);
  });
}

test('can connect to an abstract socket of its own', async (t) => {
  if (!requireAbi(t, 6)) return;
  assert.deepEqual(await under(deedGrant(), ['unix-own', `@landlock-run-test-${process.pid}-own`]), ['ok']);
});

for (const kernel of [3, 5] satisfies FakeKernel[]) {
  test(`abstract sockets are left as they are on ABI ${kernel}, in silence`, async (t) => {
    if (!requireAbi(t, 6)) return;
    assert.deepEqual(await under(deedGrant(), ['unix-connect', await serve(t)], { under: fakeKernel(kernel) }), ['ok']);
  });
  test(`--scope abstract-unix-socket is refused on ABI ${kernel}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const result = await sandboxOn(kernel, ['--scope', 'abstract-unix-socket', '--', 'true']);
    assertRefused(result, /--scope: .*abstract.*ABI 6/);
  });
}

test('the abstract scope holds where the kernel announces ABI 6 and lacks the signal scope', async (t) => {
  if (!requireAbi(t, 6)) return;
  const words = ['unix-connect', await serve(t)];
  assert.deepEqual(await under(deedGrant(), words, { under: fakeKernel('lying-6') }), ['EPERM']);
});

/** Whether --check says that pathname sockets stay open under a policy, on a kernel of that ABI. */
async function leavesPathnamesOpen(kernel: FakeKernel, policy: readonly string[]): Promise<boolean> {
  const result = await sandboxOn(kernel, ['--check', '--json', ...policy]);
  const report = JSON.parse(result.stdout) as { accepted: boolean; notStopped: { code: string }[] };
  return report.notStopped.some((hole) => hole.code === 'unix');
}

for (const [what, policy, open] of [
  ['files alone', [], true],
  ['--unix', ['--unix', '/run/x.sock'], false],
  ['--scope pathname-unix-socket', ['--scope', 'pathname-unix-socket'], false],
  ['--min-abi 9', ['--min-abi', '9'], false],
  ['--min-abi 6', ['--min-abi', '6'], true],
  ['--unix with --no-scope', ['--unix', '/run/x.sock', '--no-scope', 'pathname-unix-socket'], true],
] as const) {
  test(`pathname sockets are ${open ? 'left alone' : 'scoped'} on ABI 10 by ${what}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    assert.equal(await leavesPathnamesOpen(10, ['--ro', fixture(t), ...policy]), open);
  });
}

test('pathname sockets are left alone by a policy that does not mention files, be it with --min-abi 9', async (t) => {
  if (!requireAbi(t, 6)) return;
  assert.equal(await leavesPathnamesOpen(10, ['--net-connect', '443', '--min-abi', '9']), true);
});

test('--scope pathname-unix-socket is refused below ABI 9', async (t) => {
  if (!requireAbi(t, 6)) return;
  const kernel = Math.min(liveAbi(), 7);
  const result = await sandboxOn(kernel, ['--scope', 'pathname-unix-socket', ...deedGrant(), '--', deedPath()]);
  assertRefused(result, /--scope: .*pathname UNIX sockets.*ABI 9 \(Linux 7\.1\)/);
});

test('--scope pathname-unix-socket and device-ioctl need files to be mentioned', async () => {
  for (const name of ['pathname-unix-socket', 'device-ioctl']) {
    assertRefused(await sandbox(['--scope', name, '--', 'true']), /--scope: .*files are not mentioned/);
  }
});

test('--min-abi 9 is refused below ABI 9', async (t) => {
  if (!requireAbi(t, 6)) return;
  const result = await sandboxOn(Math.min(liveAbi(), 7), ['--min-abi', '9', ...deedGrant(), '--', deedPath()]);
  assertRefused(result, /--min-abi: .*ABI 9/);
});
