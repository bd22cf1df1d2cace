/** Contract, section 3: where Landlock is absent, told apart in three ways, and the consent to run there. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FakeKernel, fakeKernel, sandboxOn } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertSays, refused } from './refused.ts';

const RAN = ['--', 'echo', 'ran'];

const ABSENT: readonly [kernel: FakeKernel & string, code: string, says: RegExp][] = [
  ['ENOSYS', 'landlock-not-built', /5\.13/],
  ['EOPNOTSUPP', 'landlock-off-at-boot', /lsm=/],
  ['EPERM', 'landlock-blocked', /seccomp/],
];

describe('where Landlock is absent', () => {
  for (const [kernel, code, says] of ABSENT) {
    test(`${kernel}: 125 with the cause and the remedy`, async (t) => {
      const refusal = await refused(t, ['--ro', '/usr'], { under: fakeKernel(kernel) });
      assertSays(refusal, code, undefined, says, new RegExp(kernel));
    });

    test(`${kernel}: --allow-unsandboxed runs with one warning`, async () => {
      const result = await sandboxOn(kernel, ['--allow-unsandboxed', '--ro', '/usr', ...RAN]);
      assert.deepEqual([result.code, result.stdout], [0, 'ran\n']);
      assert.match(result.stderr, /^landlock-run: Landlock is absent[^\n]*without[^\n]*\n$/);
    });

    test(`${kernel}: what the filter alone can do is done all the same`, async () => {
      const words = ['--', 'bash', '-c', ': >/dev/udp/127.0.0.1/9 && echo sent'];
      const result = await sandboxOn(kernel, ['--allow-unsandboxed', '--ro', '/usr', '--no-net', ...words]);
      assert.deepEqual([result.code, result.stdout], [1, '']);
      const control = await sandboxOn(kernel, ['--allow-unsandboxed', '--ro', '/usr', ...words]);
      assert.deepEqual([control.code, control.stdout], [0, 'sent\n']);
    });
  }

  test('a policy that the filter alone keeps runs, silently: --no-net', async () => {
    const result = await sandboxOn('ENOSYS', [
      '--no-net',
      '--',
      'bash',
      '-c',
      ': >/dev/udp/127.0.0.1/9 || echo denied',
    ]);
    assert.deepEqual([result.code, result.stdout], [0, 'denied\n']);
  });

  test('no file can give the consent', async (t) => {
    const stdin = 'fs: {}\nallow_unsandboxed: true\n';
    const refusal = await refused(t, ['--policy', '-'], { stdin, under: fakeKernel('ENOSYS') });
    assertSays(refusal, 'policy-key-unknown', 'stdin:2:1');
  });

  test('--allow-unsandboxed changes nothing where Landlock is there', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { x: 'x', 'in/y': '' });
    const result = await sandbox(['--allow-unsandboxed', '--ro', `${root}/in`, '--', 'cat', `${root}/x`]);
    assert.deepEqual([result.code, result.stdout], [1, '']);
    assert.match(result.stderr, /^cat: [^\n]*Permission denied\n$/);
    const lacks = await sandboxOn(3, ['--allow-unsandboxed', '--net-connect', '1', ...RAN]);
    assert.deepEqual([lacks.code, lacks.stdout], [125, '']);
  });
});
