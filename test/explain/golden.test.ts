/** What --explain says of a few policies on every kernel, as whole texts, so that a change is seen in review. To accept one: UPDATE_GOLDEN=1. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { FakeKernel } from '../support/fake-abi.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import { ask, makeMachine, normaliseJson, normaliseText, POLICIES } from './machine.ts';

const KERNELS: readonly FakeKernel[] = ['ENOSYS', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

function compare(name: string, text: string): void {
  const file = projectFile(`test/explain/golden/${name}`);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
}

const KERNEL_LINE = /^ {2}kernel: .*$/m;
const ANNOUNCED = /this kernel has Landlock ABI \d+/g;

describe('--explain on every kernel from none to ABI 11', () => {
  for (const policy of POLICIES) {
    test(policy, async (t) => {
      // a fake kernel above the live one has the bits of the live one, and says otherwise
      if (!requireAbi(t, 7)) return;
      const root = await makeMachine(t, policy);
      const parts: string[] = [];
      let before = '';
      for (const kernel of KERNELS) {
        const { stdout, stderr, code } = await ask(root, policy, kernel, ['--explain']);
        assert.equal(stderr, '');
        assert.equal(code, stdout.startsWith('yes: ') ? 0 : 1);
        const text = normaliseText(stdout, root);
        const body = text.replace(KERNEL_LINE, '').replace(ANNOUNCED, '');
        const title = `==== ${typeof kernel === 'number' ? `ABI ${kernel}` : `no Landlock (${kernel})`}`;
        parts.push(body === before ? `${title}: but for the kernel's own line as before\n` : `${title}\n${text}`);
        before = body;
      }
      compare(`${policy}.txt`, parts.join('\n'));
    });
  }
});

describe('--explain --json', () => {
  for (const policy of POLICIES) {
    test(policy, async (t) => {
      if (!requireAbi(t, 7)) return;
      const root = await makeMachine(t, policy);
      const { stdout, code } = await ask(root, policy, 7, ['--explain', '--json']);
      const report = normaliseJson(stdout, root);
      assert.deepEqual((report as { v: number }).v, 1);
      assert.equal(code, (report as { starts: boolean }).starts ? 0 : 1);
      compare(`${policy}.json`, `${JSON.stringify(report, undefined, 2)}\n`);
    });
  }
});
