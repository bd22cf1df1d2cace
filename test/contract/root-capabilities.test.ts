/** With files mentioned COMMAND loses the capabilities that would void the fence: root could read the raw disk or load a module. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { type RunOptions, run } from '../support/run.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { capless, isRoot, ordinaryUser, requireCapability, requireRoot } from '../support/who.ts';
import { deedGrant, deedPath, freely, under } from './deeds.ts';

/** Numbers from capabilities(7). */
const LOST = {
  CAP_SYS_MODULE: 16,
  CAP_SYS_RAWIO: 17,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_BOOT: 22,
  CAP_MKNOD: 27,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;
const LOST_MASK = Object.values(LOST).reduce((mask, number) => mask | (1n << BigInt(number)), 0n);
const SETS = ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'] as const;

/** One capability set from the text of /proc/PID/status. */
function capabilities(status: string, set: string): bigint {
  return BigInt(`0x${new RegExp(`^${set}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? ''}`);
}

/** /proc/self/status of a COMMAND. */
async function statusUnder(policy: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await sandbox([...policy, '--', 'cat', '/proc/self/status'], options);
  assert.deepEqual([result.code, result.stderr], [0, '']);
  return result.stdout;
}

const own = readFileSync('/proc/self/status', 'utf8');

for (const [name, number] of Object.entries(LOST)) {
  test(`${name} is lost when files are mentioned`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const bit = 1n << BigInt(number);
    if (!(capabilities(own, 'CapEff') & bit)) return t.skip(`this user does not have ${name}`);
    const status = await statusUnder(['--ro', '/usr']);
    for (const set of SETS) assert.equal(capabilities(status, set) & bit, 0n, set);
  });
}

test('every other capability stays', async (t) => {
  if (!requireAbi(t, 1) || !requireRoot(t)) return;
  const status = await statusUnder(['--ro', '/usr']);
  for (const set of SETS) assert.equal(capabilities(status, set), capabilities(own, set) & ~LOST_MASK, set);
});

test('none is lost when files are not mentioned', async (t) => {
  if (!requireAbi(t, 4) || !requireRoot(t)) return;
  const status = await statusUnder(['--net-connect', '443', '--no-unix']);
  for (const set of SETS) assert.equal(capabilities(status, set), capabilities(own, set), set);
});

for (const [how, policy, stdin] of [
  ['--keep-caps', ['--keep-caps', '--ro', '/usr'], ''],
  ['`keep_caps: true`', ['--policy', '-'], 'keep_caps: true\nfs: {}\n'],
] as const) {
  test(`${how} keeps them all`, async (t) => {
    if (!requireAbi(t, 1) || !requireRoot(t)) return;
    const status = await statusUnder(policy, { stdin });
    for (const set of SETS) assert.equal(capabilities(status, set), capabilities(own, set), set);
  });
}

test('--explain says of --keep-caps that there is no boundary', async (t) => {
  if (!requireAbi(t, 1)) return;
  const kept = await sandbox(['--explain', '--keep-caps', '--ro', '/usr']);
  assert.match(kept.stdout, /capabilities are kept: .*no boundary/);
  assert.doesNotMatch((await sandbox(['--explain', '--ro', '/usr'])).stdout, /no boundary/);
});

test('no_new_privs is set, whoever calls', async (t) => {
  if (!requireAbi(t, 1)) return;
  assert.match(await statusUnder(['--ro', '/usr']), /^NoNewPrivs:\t1$/m);
  assert.match(await statusUnder(['--no-net']), /^NoNewPrivs:\t1$/m);
});

test('a program that root starts inside does not get them back', async (t) => {
  if (!requireAbi(t, 1) || !requireRoot(t)) return;
  const result = await shell(['--ro', '/usr'], 'sh -c "cat /proc/self/status; exit 0"');
  assert.equal(capabilities(result.stdout, 'CapEff') & LOST_MASK, 0n);
});

test('a set-user-ID program inside does not make an ordinary user root', async (t) => {
  if (!requireAbi(t, 1) || !requireCapability(t, 'CAP_CHOWN')) return;
  const prefix = ordinaryUser(t);
  if (!prefix) return;
  const root = fixture(t, { id: { content: readFileSync('/usr/bin/id'), mode: 0o4755 } });
  const free = await run(`${root}/id`, ['-u'], { under: prefix });
  if (free.stdout !== '0\n') return t.skip('set-user-ID programs have no effect here');
  const result = await sandbox(['--ro', root, '--', `${root}/id`, '-u'], { under: prefix });
  assert.deepEqual([result.code, result.stdout], [0, '65534\n']);
});

test('root cannot make a device, even where make_char is granted', async (t) => {
  if (!requireAbi(t, 1) || !requireCapability(t, 'CAP_MKNOD')) return;
  const root = fixture(t);
  const policy = ['--grant', `make_char,make_block:${root}`, ...deedGrant()];
  assert.deepEqual(await freely(['mkchr', `${root}/a`, 'mkblk', `${root}/b`]), ['ok', 'ok']);
  assert.deepEqual(await under(policy, ['mkchr', `${root}/c`, 'mkblk', `${root}/d`]), ['EPERM', 'EPERM']);
});

for (const [what, extra] of [
  ['root', []],
  ['root that keeps its capabilities', ['--keep-caps']],
] as const) {
  test(`${what} cannot mount in a domain that handles files`, async (t) => {
    if (!requireAbi(t, 1) || !requireCapability(t, 'CAP_SYS_ADMIN')) return;
    const root = fixture(t, { a: { directory: true } });
    // in a namespace of its own, so that nothing is left behind
    const words = ['mount', `${root}/a`];
    const options = { under: ['unshare', '-m', '--'] };
    assert.deepEqual(await freely(words, options), ['ok']);
    assert.deepEqual(await under([...extra, '--rw', root, ...deedGrant()], words, options), ['EPERM']);
  });
}

test('nobody mounts by way of a user namespace of its own', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { a: { directory: true } });
  const words = ['mount-in-namespace', `${root}/a`];
  const [free] = await freely(words);
  if (free !== 'ok') return t.skip(`user namespaces do not let this user mount here: ${free}`);
  assert.deepEqual(await under(['--rw', root, ...deedGrant()], words), ['EPERM']);
});

test('the raw disk cannot be read: device files are not granted, and cannot be made', async (t) => {
  if (!requireAbi(t, 1) || !requireCapability(t, 'CAP_MKNOD')) return;
  const root = fixture(t);
  const script = 'mknod disk b 8 0 2>&1; ls /dev/disk /dev/vda /dev/mem /dev/kmsg 2>/dev/null; cat /dev/mem /dev/kmsg';
  const result = await shell(['--rw', '.'], script, [], { cwd: root });
  assert.match(result.stdout, /^mknod: disk: (Operation not permitted|Permission denied)$/m);
  assert.notEqual(result.code, 0);
});

test('chroot is not stopped, and leads nowhere that is not granted', async (t) => {
  if (!requireAbi(t, 1) || !requireRoot(t)) return;
  const root = fixture(t, { 'in/file': 'x', 'out/file': 'x' });
  const free = await freely(['chroot', root, 'read', '/out/file']);
  if (free[0] !== 'ok') return t.skip(`this root has no CAP_SYS_CHROOT: ${free[0]}`);
  const words = ['chroot', root, 'read', '/in/file', 'read', '/out/file'];
  assert.deepEqual(await under(['--rw', `${root}/in`, ...deedGrant()], words), ['ok', 'ok', 'EACCES']);
});

for (const [who, prefix] of [
  ['an ordinary user', ordinaryUser],
  ['root without capabilities', capless],
] as const) {
  test(`${who} has none to lose, and is held all the same`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const options: RunOptions = isRoot() ? { under: prefix(t) ?? [] } : {};
    if (isRoot() && options.under?.length === 0) return;
    const root = fixture(t, { 'in/file': 'x', 'out/file': 'x' });
    const policy = ['--ro', `${root}/in`, '--net-bind', '0', ...deedGrant()];
    const words = ['read', `${root}/in/file`, 'read', `${root}/out/file`, 'tcp-bind', '0', 'tcp-connect', '1'];
    assert.deepEqual(await under(policy, words, options), ['ok', 'EACCES', 'ok', 'EACCES']);
    assert.equal(capabilities(await statusUnder(policy, options), 'CapEff') & LOST_MASK, 0n);
  });
}

test('what is dropped is dropped before COMMAND: its own first words see it', async (t) => {
  if (!requireAbi(t, 1) || !requireCapability(t, 'CAP_MKNOD')) return;
  const result = await sandbox(['--ro', '/usr', '--ro', deedPath(), '--', 'sh', '-c', 'cat /proc/$$/status']);
  assert.equal(capabilities(result.stdout, 'CapEff') & LOST_MASK, 0n);
});
