/** Ports and scopes: what is granted works, what is not is denied, and a check proves it. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { buildPlan, KIND } from './plan-builder.mjs';
import { addon, runPlan } from './run-plan.mjs';

const [BIND, CONNECT] = [1n, 2n];
const net = { kind: KIND.NET, bits: BIND | CONNECT };

/** Some ports that are free now. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((done) => {
          const server = createServer().listen(0, '127.0.0.1', () => done(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports.sort((a, b) => a - b);
}

/** What becomes of an attempt in the restricted process: `ok`, or an errno. */
function attempt(ports, how, port) {
  const code =
    how === 'listen'
      ? `const s = require('net').createServer().listen(${port}, '127.0.0.1', () => { console.log('ok'); s.close(); }).on('error', (e) => console.log(e.code))`
      : `require('net').connect(${port}, '127.0.0.1').on('error', (e) => console.log(e.code))`;
  const result = runPlan({ requirements: [net], ports }, [process.execPath, '-e', code]);
  assert.equal(result.stderr, '');
  return result.stdout.trim();
}

test('a port is granted by its number, for one direction', async () => {
  const [one, other] = await freePorts(2);
  const bind = [{ access: BIND, low: one }];
  assert.equal(attempt(bind, 'listen', one), 'ok');
  assert.equal(attempt(bind, 'listen', other), 'EACCES');
  assert.equal(attempt(bind, 'connect', one), 'EACCES');
  assert.equal(attempt([{ access: CONNECT, low: one }], 'connect', one), 'ECONNREFUSED');
  assert.equal(attempt([{ access: CONNECT, low: one }], 'connect', other), 'EACCES');
});

test('a range grants both of its ends and nothing beyond', () => {
  const ports = [{ access: CONNECT, low: 2, high: 4 }];
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((port) => attempt(ports, 'connect', port)),
    ['EACCES', 'ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED', 'EACCES'],
  );
});

test('the signal scope keeps signals inside', () => {
  const kill = ['/bin/sh', '-c', 'kill -0 $PPID'];
  const scoped = runPlan({ requirements: [{ kind: KIND.SCOPE, bits: 2n }] }, kill);
  assert.match(scoped.stderr, /not permitted/);
  assert.equal(runPlan({ requirements: [net] }, kill).status, 0);
});

test('a check proves each restriction, and restricts nobody', () => {
  const plan = buildPlan({
    requirements: [net, { kind: KIND.SCOPE, bits: 3n }],
    ports: [{ access: BIND, low: 65535 }],
    filter: 1n,
  });
  const report = addon.check(plan);
  const denied = (name, subject, errno) => ({ name, subject, expected: errno, observed: errno });
  assert.deepEqual(report, {
    ok: true,
    exit: 0,
    signal: 0,
    output: '',
    proofs: [
      denied('bind', '65534', 'EACCES'),
      denied('connect', '65535', 'EACCES'),
      denied('signal', '', 'EPERM'),
      denied('abstract socket', '', 'EPERM'),
      denied('terminal input', '', 'EPERM'),
      denied('no_new_privs', '', ''),
    ],
  });
  assert.equal(process.kill(process.ppid, 0), true);
});
