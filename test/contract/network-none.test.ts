/** `none`: for UDP and other sockets it holds on every ABI; `--no-net` and `net: none` are none of all three. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { type FakeKernel, fakeKernel } from '../support/fake-abi.ts';
import { requireAbi } from '../support/kernel.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertRefused, deedPath, freely, under } from './deeds.ts';

/** A UDP socket of this test on loopback. Out: its port. */
function udpPort(t: { after(fn: () => void): void }): Promise<number> {
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket.address().port)));
}

const NO_UDP = ['--udp-connect', 'none', '--udp-bind', 'none'];
/** [family, type, protocol] of one socket of each other kind that an ordinary user can make, or root. */
const NETLINK_UEVENT = ['socket', '16', '3', '15'];
const NETLINK_ROUTE = ['socket', '16', '3', '0'];
const VSOCK = ['socket', '40', '1', '0'];
const RAW_ICMP = ['socket', '2', '3', '1'];
const PACKET = ['socket', '17', '3', '768'];
const ALG = ['socket', '38', '5', '0'];
const TCP = ['socket', '2', '1', '0'];
const TCP6 = ['socket', '10', '1', '0'];
const UDP = ['socket', '2', '2', '0'];
const UDP6 = ['socket', '10', '2', '0'];
const UNIX = ['socket', '1', '1', '0'];

const KERNELS: readonly (FakeKernel | 'live')[] = [1, 2, 3, 4, 5, 6, 'lying-6', 'live'];

for (const kernel of KERNELS) {
  const played = kernel === 'live' ? {} : { under: fakeKernel(kernel) };
  const on = kernel === 'live' ? 'this kernel' : `ABI ${kernel}`;
  const least = typeof kernel === 'number' ? kernel : kernel === 'live' ? 1 : 6;

  for (const word of ['udp-send', 'udp-connect', 'udp-bind'] as const) {
    test(`cannot use UDP (${word}) under none on ${on}`, async (t) => {
      if (!requireAbi(t, least)) return;
      const words = [word, word === 'udp-bind' ? '0' : `${await udpPort(t)}`];
      assert.deepEqual(await freely(words, played), ['ok']);
      assert.deepEqual(await under(NO_UDP, words, played), ['ENETUNREACH']);
    });
  }

  test(`--udp-connect none alone is no UDP at all on ${on}: the absent direction is denied`, async (t) => {
    if (!requireAbi(t, least)) return;
    assert.deepEqual(await under(['--udp-connect', 'none'], UDP, played), ['ENETUNREACH']);
    assert.deepEqual(await under(['--udp-bind', 'none'], UDP6, played), ['ENETUNREACH']);
  });

  test(`cannot make any other kind of socket under --other-net none on ${on}`, async (t) => {
    if (!requireAbi(t, least)) return;
    assert.deepEqual(await freely(NETLINK_UEVENT, played), ['ok']);
    const words = [...NETLINK_UEVENT, ...VSOCK, ...PACKET, ...RAW_ICMP, ...ALG];
    const outcome = ['EPROTONOSUPPORT', 'EAFNOSUPPORT', 'EAFNOSUPPORT', 'EAFNOSUPPORT', 'EAFNOSUPPORT'];
    assert.deepEqual(await under(['--other-net', 'none'], words, played), outcome);
  });

  test(`TCP, UDP, UNIX and route sockets stay under --other-net none on ${on}`, async (t) => {
    if (!requireAbi(t, least)) return;
    const words = [...TCP, ...TCP6, ...UDP, ...UNIX, ...NETLINK_ROUTE];
    assert.deepEqual(await under(['--other-net', 'none'], words, played), ['ok', 'ok', 'ok', 'ok', 'ok']);
  });

  for (const [how, policy, stdin] of [
    ['--no-net', ['--no-net'], ''],
    ['`net: none`', ['--policy', '-'], 'net: none\n'],
  ] as const) {
    test(`${how} is none of all three on ${on}`, async (t) => {
      if (!requireAbi(t, least)) return;
      const words = [...TCP, ...TCP6, ...UDP, ...UDP6, ...VSOCK, ...NETLINK_UEVENT, ...PACKET];
      const outcome = [
        ...['ENETUNREACH', 'ENETUNREACH', 'ENETUNREACH', 'ENETUNREACH'],
        ...['EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EAFNOSUPPORT'],
      ];
      assert.deepEqual(await under(policy, words, { ...played, stdin }), outcome);
    });
  }

  test(`UNIX and route sockets stay under --no-net on ${on}`, async (t) => {
    if (!requireAbi(t, least)) return;
    const words = [...UNIX, ...NETLINK_ROUTE, 'socketpair', '1', '1', 'pipe'];
    assert.deepEqual(await under(['--no-net'], words, played), ['ok', 'ok', 'ok', 'ok']);
  });
}

test('--no-net denies TCP that could connect, bind or send first', async (t) => {
  if (!requireAbi(t, 1)) return;
  const words = ['tcp-connect', '1', 'tcp-bind', '0', 'fastopen', '1', 'mptcp-bind', '0'];
  assert.deepEqual(await freely(words), ['ECONNREFUSED', 'ok', 'ECONNREFUSED', 'ok']);
  const outcome = ['ENETUNREACH', 'ENETUNREACH', 'ENETUNREACH', 'EPROTONOSUPPORT'];
  assert.deepEqual(await under(['--no-net'], words), outcome);
});

test('UDP by port needs ABI 10, and is refused below it', async (t) => {
  if (!requireAbi(t, 7)) return;
  const result = await sandbox(['--udp-connect', '53', '--', deedPath(), ...UDP], { under: fakeKernel(7) });
  assertRefused(result, /--udp-connect: .*UDP.*ABI 10 \(Linux 7\.2\).*ABI 7/);
});

test('UDP of any is left alone on every ABI', async (t) => {
  if (!requireAbi(t, 4)) return;
  const policy = ['--udp-connect', 'any', '--udp-bind', 'any', '--net-connect', '443'];
  assert.deepEqual(await under(policy, ['udp-bind', '0'], { under: fakeKernel(4) }), ['ok']);
});

test('UDP is left alone by a policy that mentions other sockets only', async (t) => {
  if (!requireAbi(t, 1)) return;
  assert.deepEqual(await under(['--other-net', 'none'], ['udp-send', `${await udpPort(t)}`]), ['ok']);
});

test('other sockets are left alone by a policy that mentions UDP only', async (t) => {
  if (!requireAbi(t, 1)) return;
  assert.deepEqual(await under(NO_UDP, NETLINK_UEVENT), ['ok']);
});
