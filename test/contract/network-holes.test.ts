/** The ways round a TCP policy that Landlock alone leaves open, each tried as an attack on a granted and on a denied port. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type FakeKernel, fakeKernel } from '../support/fake-abi.ts';
import { requireAbi } from '../support/kernel.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { deedGrant, freely, under } from './deeds.ts';

/** Listens on loopback. Out: the port. */
function listen(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  t.after(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** Skips where the kernel has no such thing, saying so. */
async function requireDeed(t: TestContext, words: readonly string[], what: string): Promise<boolean> {
  const [outcome] = await freely(words);
  if (outcome === 'ok') return true;
  t.skip(`${what} does not work here: ${outcome}`);
  return false;
}

/** TCP policies: whatever is granted, the ways round it are shut. */
const POLICIES: readonly (readonly [string, (port: number) => readonly string[]])[] = [
  ['a port list', () => ['--net-connect', '443']],
  ['none', () => ['--net-connect', 'none', '--net-bind', 'none']],
  ['a list of bind ports', () => ['--net-bind', '80']],
  ['a list that grants the very port', (port) => ['--net-connect', `${port}`]],
];

for (const [what, policy] of POLICIES) {
  test(`cannot connect by MPTCP under ${what}, which Landlock never restricts`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const port = await listen(t);
    if (!(await requireDeed(t, ['mptcp-connect', `${port}`], 'MPTCP'))) return;
    assert.deepEqual(await under(policy(port), ['mptcp-connect', `${port}`]), ['EPROTONOSUPPORT']);
  });

  test(`cannot bind by MPTCP under ${what}`, async (t) => {
    if (!requireAbi(t, 4)) return;
    if (!(await requireDeed(t, ['mptcp-bind', '0'], 'MPTCP'))) return;
    assert.deepEqual(await under(policy(await listen(t)), ['mptcp-bind', '0']), ['EPROTONOSUPPORT']);
  });

  test(`cannot connect by a first send (fast open) under ${what}`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const port = await listen(t);
    if (!(await requireDeed(t, ['fastopen', `${port}`], 'TCP fast open'))) return;
    assert.deepEqual(await under(policy(port), ['fastopen', `${port}`]), ['EOPNOTSUPP']);
  });

  test(`cannot set up io_uring under ${what}`, async (t) => {
    if (!requireAbi(t, 4)) return;
    if (!(await requireDeed(t, ['io-uring'], 'io_uring'))) return;
    assert.deepEqual(await under(policy(1), ['io-uring']), ['ENOSYS']);
  });

  test(`cannot make MPTCP by int 0x80 under ${what}`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const words = ['int80-socket', '2', '1', '262'];
    if (!(await requireDeed(t, words, 'MPTCP by int 0x80'))) return;
    assert.deepEqual(await under(policy(1), words), ['EPROTONOSUPPORT']);
  });

  test(`cannot make any socket by socketcall of int 0x80 under ${what}, whose arguments no filter sees`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const words = ['int80-socketcall', '2', '1', '262'];
    if (!(await requireDeed(t, words, 'socketcall by int 0x80'))) return;
    assert.deepEqual(await under(policy(1), words), ['ENOSYS']);
  });

  test(`cannot make SMC sockets under ${what}, by family, protocol or option`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const words = ['socket', '43', '1', '0', 'socket', '2', '1', '256', 'ulp', 'smc', 'ulp', 'tls'];
    const outcome = ['EAFNOSUPPORT', 'EPROTONOSUPPORT', 'ENOPROTOOPT', 'ENOPROTOOPT'];
    assert.deepEqual(await under(policy(1), words), outcome);
    assert.notDeepEqual(await freely(words), outcome, 'without landlock-run');
  });
}

for (const word of ['fastopen-option', 'tcp-mapped-connect']) {
  test(`cannot connect to a port that was not granted by ${word}`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const words = [word, `${await listen(t)}`];
    if (!(await requireDeed(t, words, word))) return;
    assert.deepEqual(await under(['--net-connect', '443'], words), ['EACCES']);
  });
}

test('listen() without bind takes a port that the kernel picks: not stopped, and --explain says so', async (t) => {
  if (!requireAbi(t, 4)) return;
  const policy = ['--net-connect', '443'];
  assert.deepEqual(await under(policy, ['listen', 'tcp-bind', '0']), ['ok', 'EACCES']);
  assert.match((await sandbox(['--explain', ...policy])).stdout, /listen\(\) without bind/);
  assert.deepEqual(await under(['--no-net'], ['listen']), ['ENETUNREACH']);
  assert.doesNotMatch((await sandbox(['--explain', '--no-net'])).stdout, /listen\(\)/);
});

test('MPTCP, fast open and io_uring are left alone where TCP is not mentioned', async (t) => {
  if (!requireAbi(t, 3)) return;
  const port = await listen(t);
  const words = ['mptcp-connect', `${port}`, 'fastopen', `${port}`, 'io-uring', 'int80-socketcall', '2', '1', '0'];
  assert.deepEqual(await under(deedGrant(), words), await freely(words));
});

const SOCKET_POLICIES = [
  ['udp none', ['--udp-connect', 'none', '--udp-bind', 'none']],
  ['other_net none', ['--other-net', 'none']],
  ['--no-net', ['--no-net']],
  ['--no-unix', ['--no-unix']],
] as const;
for (const [what, policy] of SOCKET_POLICIES) {
  test(`neither io_uring nor socketcall of int 0x80 goes round ${what}`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const words = ['io-uring', 'int80-socketcall', '2', '2', '0'];
    const free = await freely(words);
    if (!free.includes('ok')) return t.skip(`neither works here: ${free.join(', ')}`);
    assert.deepEqual(await under(policy, words), ['ENOSYS', free[1] === 'ok' ? 'ENOSYS' : free[1]]);
  });
}

for (const [words, policy, outcome] of [
  [['int80-socket', '2', '2', '0'], ['--udp-connect', 'none'], 'ENETUNREACH'],
  [['int80-socket', '16', '3', '15'], ['--other-net', 'none'], 'EPROTONOSUPPORT'],
  [['int80-socket', '2', '1', '0'], ['--no-net'], 'ENETUNREACH'],
  [['int80-socket', '1', '1', '0'], ['--no-unix'], 'EAFNOSUPPORT'],
] as const) {
  test(`cannot make by int 0x80 (${words.join(' ')}) what ${policy.join(' ')} denies`, async (t) => {
    if (!requireAbi(t, 4)) return;
    if (!(await requireDeed(t, words, 'int 0x80'))) return;
    assert.deepEqual(await under(policy, words), [outcome]);
  });
}

for (const kernel of [4, 5, 6, 'lying-6'] satisfies FakeKernel[]) {
  test(`MPTCP, fast open and io_uring can't go round a TCP policy on ABI ${kernel} either`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const port = `${await listen(t)}`;
    const words = ['tcp-connect', port, 'mptcp-connect', port, 'fastopen', port, 'io-uring'];
    const options = { under: fakeKernel(kernel) };
    const outcome = ['EACCES', 'EPROTONOSUPPORT', 'EOPNOTSUPP', 'ENOSYS'];
    assert.deepEqual(await under(['--net-connect', '443'], words, options), outcome);
  });
}

test('there is no supervisor: COMMAND is the process that was started, under the filter, and has no child', async (t) => {
  if (!requireAbi(t, 4)) return;
  const script = 'read -r children </proc/$$/task/$$/children; echo "$$:$children"; grep ^Seccomp: /proc/self/status';
  const result = await shell(['--net-connect', '443'], script);
  assert.equal(result.stdout, `${result.pid}:\nSeccomp:\t2\n`);
});
