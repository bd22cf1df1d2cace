/** UNIX sockets: reachable below ABI 9 unless `--no-unix` closes them; `--unix` and socketpair. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type FakeKernel, fakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { liveAbi, requireAbi } from '../support/kernel.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertRefused, deedGrant, freely, under } from './deeds.ts';

/** A server on a socket of the file system, in a fixture that no policy here grants. Out: the path. */
async function serve(t: TestContext): Promise<string> {
  const path = `${fixture(t)}/socket`;
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => server.close());
  return path;
}

test("below ABI 9 the UNIX sockets of the user's other programs stay reachable under a files policy", async (t) => {
  if (!requireAbi(t, 6)) return;
  if (liveAbi() >= 9) return t.skip(`this kernel has ABI ${liveAbi()}`);
  assert.deepEqual(await under(deedGrant(), ['unix-connect', await serve(t)]), ['ok']);
});

for (const [what, policy] of [
  ['alone', () => ['--no-unix']],
  ['beside files', () => ['--no-unix', ...deedGrant()]],
  ['beside --no-net', () => ['--no-unix', '--no-net']],
] as const) {
  test(`--no-unix ${what} closes them`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const words = ['unix-connect', await serve(t)];
    assert.deepEqual(await freely(words), ['ok']);
    assert.deepEqual(await under(policy(), words), ['EAFNOSUPPORT']);
  });
}

test('`no_unix: true` in a file is the same', async (t) => {
  if (!requireAbi(t, 1)) return;
  const words = ['unix-connect', await serve(t)];
  assert.deepEqual(await under(['--policy', '-'], words, { stdin: 'no_unix: true\n' }), ['EAFNOSUPPORT']);
});

test('--no-unix closes abstract sockets and those of its own too', async (t) => {
  if (!requireAbi(t, 1)) return;
  const words = ['unix-own', '@landlock-run-test-own'];
  assert.deepEqual(await freely(words), ['ok']);
  assert.deepEqual(await under(['--no-unix'], words), ['EAFNOSUPPORT']);
});

test('socketpair stays under --no-unix, but for datagrams, which could leave the pair', async (t) => {
  if (!requireAbi(t, 1)) return;
  const words = ['socketpair', '1', '1', 'socketpair', '1', '5', 'socketpair', '1', '2'];
  assert.deepEqual(await freely(words), ['ok', 'ok', 'ok']);
  assert.deepEqual(await under(['--no-unix'], words), ['ok', 'ok', 'ESOCKTNOSUPPORT']);
});

test('TCP and UDP stay under --no-unix', async (t) => {
  if (!requireAbi(t, 1)) return;
  assert.deepEqual(await under(['--no-unix'], ['tcp-bind', '0', 'udp-bind', '0']), ['ok', 'ok']);
});

for (const kernel of [1, 3, 6, 'lying-6'] satisfies FakeKernel[]) {
  test(`--no-unix holds on ABI ${kernel}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const words = ['unix-connect', await serve(t), 'socketpair', '1', '1'];
    assert.deepEqual(await under(['--no-unix'], words, { under: fakeKernel(kernel) }), ['EAFNOSUPPORT', 'ok']);
  });
  test(`--unix works on ABI ${kernel}: a grant never needs a kernel feature`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const path = await serve(t);
    const words = ['unix-connect', path];
    assert.deepEqual(await under(['--unix', path, ...deedGrant()], words, { under: fakeKernel(kernel) }), ['ok']);
  });
}

test('--unix grants no more than connecting: the file of the socket cannot be removed', async (t) => {
  if (!requireAbi(t, 1)) return;
  const path = await serve(t);
  assert.deepEqual(await under(['--unix', path, ...deedGrant()], ['unlink', path]), ['EACCES']);
});

test('a source that grants a UNIX socket which --no-unix denies is refused, naming both', async () => {
  const policy = 'fs: {unix: [/run/x.sock]}\n';
  const result = await sandbox(['--no-unix', '--policy', '-', '--', 'true'], { stdin: policy });
  assertRefused(result, /stdin:1:.*UNIX.*--no-unix/);
});
