/** The signal scope: no signal to, and no limit of, a process outside; on wherever the kernel has it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { type FakeKernel, fakeKernel, sandboxOn } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { shell } from '../support/sandbox.ts';
import { assertRefused, deedGrant, deedPath, freely, under } from './deeds.ts';

/** A process outside, which ends with the test. */
async function victim(t: TestContext): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  t.after(() => child.kill('SIGKILL'));
  return child as ChildProcess & { readonly pid: number };
}

function ended(child: ChildProcess): Promise<NodeJS.Signals | null> {
  return new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
}

/** Each of them mentions something else; the scope is on beyond what is stated. */
const POLICIES: readonly (readonly [string, () => string[], boolean])[] = [
  ['a files policy', () => deedGrant(), false],
  ['a TCP policy', () => ['--net-connect', '443'], false],
  ['--no-net', () => ['--no-net'], false],
  ['--no-unix', () => ['--no-unix'], false],
  ['--scope signal alone', () => ['--scope', 'signal'], false],
  ['--no-scope signal', () => ['--no-scope', 'signal', ...deedGrant()], true],
];

for (const [what, policy, open] of POLICIES) {
  const can = open ? 'can' : 'cannot';
  test(`${can} kill a process outside under ${what}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const free = await victim(t);
    const freeEnd = ended(free);
    assert.deepEqual(await freely(['signal', `${free.pid}`, '9']), ['ok']);
    assert.equal(await freeEnd, 'SIGKILL', 'without landlock-run');
    const held = await victim(t);
    assert.deepEqual(await under(policy(), ['signal', `${held.pid}`, '9']), [open ? 'ok' : 'EPERM']);
    if (!open) assert.deepEqual(await freely(['signal', `${held.pid}`, '0']), ['ok'], 'it lives');
  });

  test(`${can} signal the process that started it under ${what}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    // SIGUSR1 opens the debugger of a node process: here only the question whether it could (0) is asked
    assert.deepEqual(await freely(['signal-parent', '0']), ['ok']);
    assert.deepEqual(await under(policy(), ['signal-parent', '0']), [open ? 'ok' : 'EPERM']);
  });

  test(`${can} set a limit of a process outside under ${what}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const words = ['prlimit', `${(await victim(t)).pid}`];
    assert.deepEqual(await freely(words), ['ok']);
    assert.deepEqual(await under(policy(), words), [open ? 'ok' : 'EPERM']);
  });

  test(`can signal its own children and set its own limits under ${what}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    assert.deepEqual(await under(policy(), ['signal-child', 'prlimit', '0']), ['ok', 'ok']);
  });
}

for (const word of ['signal-thread', 'signal-queue', 'signal-pidfd']) {
  test(`cannot signal a process outside by another call either: ${word}`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const words = [word, `${(await victim(t)).pid}`, '0'];
    assert.deepEqual(await freely(words), ['ok']);
    assert.deepEqual(await under(['--no-net'], words), ['EPERM']);
  });
}

test('a files policy keeps it from the memory and environment of processes outside', async (t) => {
  if (!requireAbi(t, 1)) return;
  const { pid } = await victim(t);
  const words = ['ptrace', `${pid}`, 'read', `/proc/${pid}/environ`, 'read', `/proc/${pid}/mem`];
  const free = await freely(words);
  if (free.join() !== 'ok,ok,ok') return t.skip(`this user may not do that anyway: ${free.join(', ')}`);
  assert.deepEqual(await under(deedGrant(), words), ['EPERM', 'EACCES', 'EACCES']);
});

test('one run cannot signal what another run left behind', async (t) => {
  if (!requireAbi(t, 6)) return;
  const root = fixture(t);
  const first = await shell(['--rw', root], 'sleep 600 >/dev/null 2>&1 & echo $!');
  const pid = first.stdout.trim();
  t.after(() => process.kill(Number(pid), 'SIGKILL'));
  assert.deepEqual(await under(deedGrant(), ['signal', pid, '9']), ['EPERM']);
  assert.deepEqual(await freely(['signal', pid, '0']), ['ok'], 'it lives, and the host reaches it');
});

test('a shell can kill its own background job, and cannot ask whether its parent lives', async (t) => {
  if (!requireAbi(t, 6)) return;
  const root = fixture(t);
  const script = 'sleep 600 & kill $! && wait $!; echo $?; kill -0 $PPID 2>/dev/null; echo $?';
  const result = await shell(['--rw', root], script);
  assert.equal(result.stdout, '143\n1\n');
});

for (const kernel of [3, 4, 5, 'lying-6'] satisfies FakeKernel[]) {
  test(`signals are left as they are on ABI ${kernel}, in silence`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const options = { under: fakeKernel(kernel) };
    assert.deepEqual(await under(deedGrant(), ['signal', `${(await victim(t)).pid}`, '0'], options), ['ok']);
  });
  test(`limits of processes outside are kept from it on ABI ${kernel}: that is the filter's`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const options = { under: fakeKernel(kernel) };
    assert.deepEqual(await under(deedGrant(), ['prlimit', `${(await victim(t)).pid}`], options), ['EPERM']);
  });
  test(`--scope signal is refused on ABI ${kernel}: what is stated is enforced or refused`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const result = await sandboxOn(kernel, ['--scope', 'signal', ...deedGrant(), '--', deedPath()]);
    assertRefused(result, /--scope: .*signal.*ABI 6 \(Linux 6\.12\)/);
  });
}
