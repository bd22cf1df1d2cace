/** The scopes terminal and device-ioctl: no typing into the caller's terminal, no ioctl on devices that were not granted. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type FakeKernel, fakeKernel, sandboxOn } from '../support/fake-abi.ts';
import { requireAbi } from '../support/kernel.ts';
import type { RunOptions } from '../support/run.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertRefused, deedGrant, deedPath, freely, terminalPath, under } from './deeds.ts';

/** Deeds on a terminal of their own. Out: what each came to. */
async function onTerminal(
  policy: readonly string[] | undefined,
  words: readonly string[],
  played: readonly string[] = [],
) {
  const options: RunOptions = { under: [terminalPath(), ...played] };
  const result =
    policy === undefined
      ? await run(deedPath(), words, options)
      : await sandbox([...policy, '--', deedPath(), ...words], options);
  assert.equal(result.code, 0, result.stdout + result.stderr);
  return result.stdout.trim().split('\n');
}

for (const [what, policy, open] of [
  ['a files policy', () => deedGrant(), false],
  ['a files policy that keeps its capabilities', () => ['--keep-caps', ...deedGrant()], false],
  ['a TCP policy', () => ['--net-connect', '443'], false],
  ['--no-net', () => ['--no-net'], false],
  ['--scope terminal alone', () => ['--scope', 'terminal'], false],
  ['--no-scope terminal', () => ['--no-scope', 'terminal', '--no-net'], true],
] as const) {
  test(`${open ? 'can' : 'cannot'} type into the caller's terminal under ${what}`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const [type, paste] = await onTerminal(undefined, ['type', 'paste']);
    if (type !== 'ok') return t.skip(`nobody can here: ${type}`);
    assert.equal(paste, 'ENOTTY');
    assert.deepEqual(await onTerminal(policy(), ['type', 'paste']), open ? ['ok', 'ENOTTY'] : ['EPERM', 'EPERM']);
  });
}

test('typing is refused whatever the kernel says of it by itself', async (t) => {
  if (!requireAbi(t, 1)) return;
  assert.notDeepEqual(await onTerminal(undefined, ['paste']), ['EPERM']);
  assert.deepEqual(await onTerminal(deedGrant(), ['type', 'paste']), ['EPERM', 'EPERM']);
});

for (const kernel of [1, 3, 5, 6] satisfies FakeKernel[]) {
  test(`cannot type into the caller's terminal on ABI ${kernel}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    assert.deepEqual(await onTerminal(deedGrant(), ['type', 'paste'], fakeKernel(kernel)), ['EPERM', 'EPERM']);
  });
}

test('--scope terminal holds where Landlock is absent: it is a filter', async () => {
  const result = await sandboxOn('ENOSYS', ['--scope', 'terminal', '--', deedPath(), 'type'], {
    under: [terminalPath()],
  });
  assert.deepEqual([result.code, result.stdout], [0, 'EPERM\n']);
});

const WITHOUT_IOCTL = ['--grant', 'read,write:/dev/ptmx'];
const IOCTL = ['ioctl', '/dev/ptmx'];

test('cannot ioctl a device that was granted without it: device-ioctl is on where files are mentioned', async (t) => {
  if (!requireAbi(t, 5)) return;
  assert.deepEqual(await freely(IOCTL), ['ok']);
  assert.deepEqual(await under([...WITHOUT_IOCTL, ...deedGrant()], IOCTL), ['EACCES']);
  assert.deepEqual(await under([...WITHOUT_IOCTL, '--scope', 'device-ioctl', ...deedGrant()], IOCTL), ['EACCES']);
});

test('--no-scope device-ioctl lets every device that can be opened be used', async (t) => {
  if (!requireAbi(t, 5)) return;
  assert.deepEqual(await under([...WITHOUT_IOCTL, '--no-scope', 'device-ioctl', ...deedGrant()], IOCTL), ['ok']);
});

test('devices are left alone where files are not mentioned', async (t) => {
  if (!requireAbi(t, 5)) return;
  assert.deepEqual(await under(['--net-connect', '443'], IOCTL), ['ok']);
});

test('a device that is not granted cannot be opened at all', async (t) => {
  if (!requireAbi(t, 1)) return;
  assert.deepEqual(await under(deedGrant(), IOCTL), ['EACCES']);
});

test('device-ioctl is left out in silence on ABI 4', async (t) => {
  if (!requireAbi(t, 5)) return;
  assert.deepEqual(await under([...WITHOUT_IOCTL, ...deedGrant()], IOCTL, { under: fakeKernel(4) }), ['ok']);
});

test('--scope device-ioctl is refused on ABI 4', async (t) => {
  if (!requireAbi(t, 5)) return;
  const result = await sandboxOn(4, ['--scope', 'device-ioctl', ...deedGrant(), '--', deedPath()]);
  assertRefused(result, /--scope: .*ioctl on devices.*ABI 5 \(Linux 6\.10\)/);
});

for (const name of ['signal', 'abstract-unix-socket', 'device-ioctl', 'terminal', 'pathname-unix-socket']) {
  test(`\`scope: {${name}: off}\` in a file is --no-scope ${name}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const stdin = `fs: {ro: ['${deedPath()}']}\nscope: {${name}: off}\n`;
    const file = await sandbox(['--print-policy', '--policy', '-'], { stdin });
    const flags = await sandbox(['--print-policy', '--no-scope', name, ...deedGrant()]);
    assert.equal(file.code, 0, file.stderr);
    assert.equal(file.stdout, flags.stdout);
    assert.match(file.stdout, new RegExp(`${name}: off`));
  });
}

test('all of it is one small filter: one more than the caller had', async (t) => {
  if (!requireAbi(t, 4)) return;
  const filters = (status: string): number => Number(/^Seccomp_filters:\s*([0-9]+)$/m.exec(status)?.[1] ?? Number.NaN);
  const own = filters(readFileSync('/proc/self/status', 'utf8'));
  if (Number.isNaN(own)) return t.skip('this kernel does not count filters (before Linux 5.9)');
  const result = await sandbox(['--no-net', '--no-unix', '--ro', '/usr', '--', 'cat', '/proc/self/status']);
  assert.equal(filters(result.stdout), own + 1);
});
