/** A grant never needs a kernel feature, only a denial does: `any` works everywhere, lists and `none` need theirs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeKernel, fakeKernel, sandboxOn } from '../support/fake-abi.ts';
import { requireAbi } from '../support/kernel.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertRefused, deedGrant, deedPath, freely, under } from './deeds.ts';

for (const kernel of [1, 2, 3] satisfies FakeKernel[]) {
  for (const policy of [
    ['--net-connect', '443'],
    ['--net-bind', '0-1023'],
    ['--net-connect', 'none'],
    ['--net-connect', 'none', '--net-bind', 'none'],
    ['--net-connect', 'any'],
  ]) {
    test(`${policy.join(' ')} is refused on ABI ${kernel}, naming the ABI and kernel that it needs`, async (t) => {
      if (!requireAbi(t, 3)) return;
      const result = await sandboxOn(kernel, [...policy, '--', 'true']);
      assertRefused(result, new RegExp(`TCP.*ABI 4 \\(Linux 6\\.7\\).*ABI ${kernel}`));
    });
  }
  test(`TCP of any in both directions works beside files on ABI ${kernel}`, async (t) => {
    if (!requireAbi(t, 3)) return;
    const policy = ['--net-connect', 'any', '--net-bind', 'any', ...deedGrant()];
    assert.deepEqual(await under(policy, ['tcp-bind', '0'], { under: fakeKernel(kernel) }), ['ok']);
  });
}

for (const absent of ['ENOSYS', 'EOPNOTSUPP', 'EPERM'] as const) {
  for (const policy of [
    ['--net-connect', '443'],
    ['--ro', '/usr'],
    ['--scope', 'signal'],
  ]) {
    test(`${policy.join(' ')} is refused where Landlock is absent (${absent})`, async () => {
      assertRefused(await sandboxOn(absent, [...policy, '--', 'true']), /Landlock|landlock_\*/);
    });
  }
}

test('the three absences of Landlock are told apart', async () => {
  const texts = await Promise.all(
    (['ENOSYS', 'EOPNOTSUPP', 'EPERM'] as const).map(async (absent) => {
      return (await sandboxOn(absent, ['--ro', '/usr', '--', 'true'])).stderr;
    }),
  );
  assert.equal(new Set(texts).size, 3);
});

for (const policy of [['--no-net'], ['--no-unix'], ['--other-net', 'none'], ['--udp-connect', 'none']]) {
  test(`${policy.join(' ')} holds where Landlock is absent: the filter keeps it`, async () => {
    const words = [
      ...policy,
      '--',
      deedPath(),
      'socket',
      '2',
      '2',
      '0',
      'socket',
      '1',
      '1',
      '0',
      'socket',
      '40',
      '1',
      '0',
    ];
    const result = await sandboxOn('ENOSYS', words);
    assert.equal(result.code, 0, result.stderr);
    const outcomes = { '--no-net': 'ENETUNREACH ok EAFNOSUPPORT', '--no-unix': 'ok EAFNOSUPPORT' } as const;
    const known = { ...outcomes, '--other-net': 'ok ok EAFNOSUPPORT', '--udp-connect': 'ENETUNREACH ok' } as const;
    const expected = known[policy[0] as keyof typeof known];
    assert.equal(result.stdout.trim().split('\n').slice(0, expected.split(' ').length).join(' '), expected);
  });
}

test('UDP by port is accepted on ABI 10', async (t) => {
  if (!requireAbi(t, 6)) return;
  const result = await sandboxOn(10, ['--udp-connect', '53', '--', 'true']);
  assert.deepEqual([result.code, result.stderr], [0, '']);
});

for (const kernel of [4, 7, 10, 99] satisfies FakeKernel[]) {
  test(`TCP by port holds on ABI ${kernel}`, async (t) => {
    if (!requireAbi(t, 7)) return;
    const words = ['tcp-bind', '0', 'tcp-connect', '1'];
    const options = { under: fakeKernel(kernel) };
    assert.deepEqual(await under(['--net-bind', '0'], words, options), ['ok', 'EACCES']);
  });
}

test('--best-effort drops TCP by port on ABI 3 and says that it is weaker', async (t) => {
  if (!requireAbi(t, 3)) return;
  const args = ['--best-effort', '--net-connect', '443', ...deedGrant(), '--', deedPath(), 'tcp-bind', '0'];
  const result = await sandboxOn(3, args);
  assert.deepEqual([result.code, result.stdout], [0, 'ok\n']);
  assert.match(result.stderr, /^landlock-run: [^\n]*TCP[^\n]*weaker[^\n]*\n$/);
});

test('a network policy is enforced for a program of any place, and files stay open', async (t) => {
  if (!requireAbi(t, 4)) return;
  const result = await sandbox(['--net-connect', '443', '--', deedPath(), 'tcp-bind', '0', 'list', '/']);
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'EACCES\nok\n', '']);
});

test('`net: {}` mentions TCP and grants nothing of it', async (t) => {
  if (!requireAbi(t, 4)) return;
  const words = ['tcp-bind', '0', 'tcp-connect', '1', 'udp-bind', '0'];
  const outcome = ['EACCES', 'EACCES', 'ok'];
  assert.deepEqual(await under(['--policy', '-'], words, { stdin: 'net: {}\n' }), outcome);
});

test('`udp: {}` mentions UDP and grants nothing of it', async (t) => {
  if (!requireAbi(t, 1)) return;
  const words = ['udp-bind', '0', 'tcp-bind', '0'];
  assert.deepEqual(await under(['--policy', '-'], words, { stdin: 'udp: {}\n' }), ['ENETUNREACH', 'ok']);
});

for (const [kernel, outcome] of [
  [2, 'ENOSYS'],
  [3, 'ok'],
] as const) {
  test(`io_uring is ${outcome === 'ok' ? 'left alone' : 'refused'} by a files policy on ABI ${kernel}`, async (t) => {
    if (!requireAbi(t, 3)) return;
    const [free] = await freely(['io-uring']);
    if (free !== 'ok') return t.skip(`io_uring does not work here: ${free}`);
    assert.deepEqual(await under(deedGrant(), ['io-uring'], { under: fakeKernel(kernel) }), [outcome]);
  });
}
