/** Emptying a file is writing it: by Landlock from ABI 3 on, by the filter on ABI 1 and 2. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { fakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { claim, deedGrant, freely, under } from './deeds.ts';

const WAYS = ['truncate', 'empty-reading', 'empty'] as const;
const KERNELS = [1, 2, 3, 'live'] as const;

for (const kernel of KERNELS) {
  const played = kernel === 'live' ? [] : fakeKernel(kernel);
  const on = kernel === 'live' ? 'this kernel' : `ABI ${kernel}`;
  const least = kernel === 'live' ? 1 : kernel;
  for (const word of WAYS) {
    for (const [place, policy] of [
      ['a file under --ro', (root: string) => ['--ro', `${root}/in`]],
      ['a file that is not granted at all', (root: string) => ['--ro', `${root}/other`]],
    ] as const) {
      test(`cannot empty ${place} by ${word} on ${on}`, async (t) => {
        if (!requireAbi(t, least)) return;
        const root = fixture(t, { 'in/file': 'content', 'other/file': 'x' });
        const file = `${root}/in/file`;
        assert.deepEqual(await under([...policy(root), ...deedGrant()], [word, file], { under: played }), ['EACCES']);
        assert.equal(statSync(file).size, 7);
        assert.deepEqual(await freely([word, file], { under: played }), ['ok'], 'without landlock-run');
        assert.equal(statSync(file).size, 0, 'without landlock-run');
      });
    }
  }
  test(`can empty a file under --rw on ${on} by opening it for writing`, async (t) => {
    if (!requireAbi(t, least)) return;
    const root = fixture(t, { 'in/file': 'content' });
    const policy = ['--rw', `${root}/in`, ...deedGrant()];
    assert.deepEqual(await under(policy, ['empty', `${root}/in/file`], { under: played }), ['ok']);
    assert.equal(statSync(`${root}/in/file`).size, 0);
  });
}

for (const abi of [1, 2]) {
  for (const word of ['truncate', 'empty-reading']) {
    claim({
      title: `${word} is refused even under --rw on ABI ${abi}, where the filter cannot see the path`,
      policy: (root) => ['--rw', `${root}/in`],
      deed: (root) => [word, `${root}/in/file`],
      outcome: 'EACCES',
      abi,
      kernel: abi,
    });
  }
}

claim({
  title: 'a network policy on ABI 2 leaves truncation alone',
  policy: () => ['--no-net'],
  withoutFiles: true,
  deed: (root) => ['truncate', `${root}/in/file`],
  outcome: 'ok',
  abi: 2,
  kernel: 2,
});
