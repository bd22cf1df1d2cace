/** TCP by port: a mentioned direction is denied but for its ports, an absent one is denied, another category is left alone. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { test } from 'node:test';
import { requireAbi } from '../support/kernel.ts';
import { shell } from '../support/sandbox.ts';
import { deedPath, freely, under } from './deeds.ts';

/** Listens on loopback. Out: the port. */
function listen(t: { after(fn: () => void): void }, host = '127.0.0.1'): Promise<number> {
  const server: Server = createServer((socket) => socket.destroy());
  t.after(() => server.close());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** A port that nothing listens on: it was just given back. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Ports {
  readonly granted: number;
  readonly other: number;
  readonly free: number;
}

/** What happens to a deed under a policy; without landlock-run each of them succeeds. */
interface Row {
  readonly title: string;
  readonly policy: (ports: Ports) => readonly string[];
  readonly deed: (ports: Ports) => readonly string[];
  readonly outcome: string;
}

const ROWS: readonly Row[] = [
  {
    title: 'can connect to the port of --net-connect',
    policy: ({ granted }) => ['--net-connect', `${granted}`],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'ok',
  },
  {
    title: 'cannot connect to another port than that of --net-connect',
    policy: ({ granted }) => ['--net-connect', `${granted}`],
    deed: ({ other }) => ['tcp-connect', `${other}`],
    outcome: 'EACCES',
  },
  {
    title: 'can connect to both ports of two --net-connect: grants add up',
    policy: ({ granted, other }) => ['--net-connect', `${granted}`, '--net-connect', `${other}`],
    deed: ({ other }) => ['tcp-connect', `${other}`],
    outcome: 'ok',
  },
  {
    title: 'can connect to a port within LO-HI',
    policy: ({ granted }) => ['--net-connect', `${granted - 1}-${granted + 1}`],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'ok',
  },
  {
    title: 'can connect to the first port of LO-HI',
    policy: ({ granted }) => ['--net-connect', `${granted}-${granted + 1}`],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'ok',
  },
  {
    title: 'can connect to the last port of LO-HI',
    policy: ({ granted }) => ['--net-connect', `${granted - 1}-${granted}`],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'ok',
  },
  {
    title: 'cannot connect to the port just below LO-HI',
    policy: ({ granted }) => ['--net-connect', `${granted + 1}-65535`],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'EACCES',
  },
  {
    title: 'cannot connect to the port just above LO-HI',
    policy: ({ granted }) => ['--net-connect', `1-${granted - 1}`],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'EACCES',
  },
  {
    title: 'can connect to every port of --net-connect 0-65535',
    policy: () => ['--net-connect', '0-65535'],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'ok',
  },
  {
    title: 'can connect to any port of --net-connect any',
    policy: () => ['--net-connect', 'any'],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'ok',
  },
  {
    title: 'a list beside any grants any',
    policy: ({ other }) => ['--net-connect', `${other}`, '--net-connect', 'any'],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'ok',
  },
  {
    title: 'cannot connect anywhere under --net-connect none',
    policy: () => ['--net-connect', 'none'],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'EACCES',
  },
  {
    title: 'cannot bind a port when only connect is mentioned: an absent direction is denied',
    policy: ({ granted }) => ['--net-connect', `${granted}`],
    deed: ({ free }) => ['tcp-bind', `${free}`],
    outcome: 'EACCES',
  },
  {
    title: 'cannot connect when only bind is mentioned: an absent direction is denied',
    policy: ({ free }) => ['--net-bind', `${free}`],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'EACCES',
  },
  {
    title: 'cannot bind when connect is any: an absent direction is denied even then',
    policy: () => ['--net-connect', 'any'],
    deed: ({ free }) => ['tcp-bind', `${free}`],
    outcome: 'EACCES',
  },
  {
    title: 'can bind the port of --net-bind',
    policy: ({ free }) => ['--net-bind', `${free}`],
    deed: ({ free }) => ['tcp-bind', `${free}`],
    outcome: 'ok',
  },
  {
    title: 'cannot bind another port than that of --net-bind',
    policy: ({ granted }) => ['--net-bind', `${granted}`],
    deed: ({ free }) => ['tcp-bind', `${free}`],
    outcome: 'EACCES',
  },
  {
    title: 'can bind any port under --net-bind any',
    policy: () => ['--net-bind', 'any'],
    deed: ({ free }) => ['tcp-bind', `${free}`],
    outcome: 'ok',
  },
  {
    title: 'cannot bind a port that the kernel picks unless port 0 is granted',
    policy: ({ granted }) => ['--net-bind', `${granted}`],
    deed: () => ['tcp-bind', '0'],
    outcome: 'EACCES',
  },
  {
    title: 'can bind a port that the kernel picks where port 0 is granted',
    policy: () => ['--net-bind', '0'],
    deed: () => ['tcp-bind', '0'],
    outcome: 'ok',
  },
  {
    title: 'UDP is left alone by a policy that mentions TCP only',
    policy: () => ['--net-connect', 'none'],
    deed: ({ granted }) => ['udp-send', `${granted}`],
    outcome: 'ok',
  },
  {
    title: 'other sockets are left alone by a policy that mentions TCP only',
    policy: () => ['--net-connect', 'none'],
    deed: () => ['socket', '16', '3', '15'],
    outcome: 'ok',
  },
  {
    title: 'TCP is left alone by a policy that mentions files only',
    policy: () => ['--ro', '/'],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'ok',
  },
  {
    title: 'TCP is left alone by a policy that mentions UDP only',
    policy: () => ['--udp-connect', 'none', '--udp-bind', 'none'],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'ok',
  },
  {
    title: 'TCP is left alone by a policy that mentions other sockets only',
    policy: () => ['--other-net', 'none'],
    deed: ({ granted }) => ['tcp-connect', `${granted}`],
    outcome: 'ok',
  },
];

for (const { title, policy, deed, outcome } of ROWS) {
  test(title, async (t) => {
    if (!requireAbi(t, 4)) return;
    const ports = { granted: await listen(t), other: await listen(t), free: await freePort() };
    assert.deepEqual(await freely(deed(ports)), ['ok'], 'without landlock-run');
    assert.deepEqual(await under(policy(ports), deed(ports)), [outcome], 'under the policy');
  });
}

test('TCP over IPv6 is held to the same ports', async (t) => {
  if (!requireAbi(t, 4)) return;
  const port = await listen(t, '::1').catch(() => undefined);
  if (port === undefined) return t.skip('there is no IPv6 loopback');
  const words = ['tcp6-connect', `${port}`];
  assert.deepEqual(await freely(words), ['ok']);
  assert.deepEqual(await under(['--net-connect', `${port}`], words), ['ok']);
  assert.deepEqual(await under(['--net-connect', '443'], words), ['EACCES']);
});

test('what COMMAND starts is held to the same ports', async (t) => {
  if (!requireAbi(t, 4)) return;
  const port = await listen(t);
  const result = await shell(['--net-connect', '443'], '(setsid "$1" tcp-connect "$2")', [deedPath(), `${port}`]);
  assert.equal(result.stdout, 'EACCES\n');
});
