/** What --why answers about ports is what the kernel does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { requireAbi } from '../support/kernel.ts';
import { askKernel, askWhy, type Question } from './kernel.ts';

/** Around the borders of the ranges below; nothing listens there, and no capability is needed to bind them. */
const PORTS = [40_100, 40_109, 40_110, 40_111, 40_199, 40_200, 40_201, 65_535];
const QUESTIONS: Question[] = PORTS.flatMap((port) => [
  { query: `connect:${port}`, attempt: `connect:${port}` },
  { query: `bind:${port}`, attempt: `bind:${port}` },
]);

const value = fc.constantFrom('40110', '40110-40200', '65535', '20000-40109', 'any');
const grants = fc.tuple(fc.constantFrom('--net-connect', '--net-bind'), value);

async function agree(policy: readonly string[]): Promise<void> {
  const kernel = await askKernel(policy, QUESTIONS);
  const answers = await askWhy(policy, QUESTIONS);
  assert.deepEqual(
    answers.map(({ query, allowed }) => `${query} ${allowed ? 'allowed' : 'denied'}`),
    QUESTIONS.map(({ query }, at) => `${query} ${kernel?.[at]}`),
    policy.join(' '),
  );
  for (const { query, allowed, remedy, insteadOf } of answers) {
    if (allowed) continue;
    const kept = insteadOf === null ? policy : without(policy, insteadOf);
    const one = QUESTIONS.filter((question) => question.query === query);
    assert.deepEqual(await askKernel([...kept, ...remedy.split(' ')], one), ['allowed'], `${query}: ${remedy}`);
    break;
  }
}

/** A policy without the option that a remedy takes the place of. */
function without(policy: readonly string[], option: string): string[] {
  return ` ${policy.join(' ')} `.replace(` ${option} `, ' ').trim().split(' ').filter(Boolean);
}

test('--why says what the kernel does with TCP ports', async (t) => {
  if (!requireAbi(t, 4)) return;
  await fc.assert(
    fc.asyncProperty(fc.array(grants, { minLength: 1, maxLength: 3 }), async (chosen) => {
      // `any` in one direction alone restricts nothing, which is refused
      const policy = ['--no-scope', 'terminal', '--other-net', 'none', ...chosen.flat()];
      await agree(policy);
    }),
    { numRuns: 12 },
  );
});

test('a claim has to go for what it denies, and only for that', async (t) => {
  if (!requireAbi(t, 4)) return;
  await agree(['--net-connect', 'none', '--net-bind', '40110']);
  await agree(['--net-bind', 'none', '--net-connect', 'any']);
  const policy = ['--no-net'];
  const answers = await askWhy(policy, QUESTIONS);
  assert.ok(answers.every(({ allowed }) => !allowed));
  const [first] = answers;
  assert.deepEqual(
    [first?.remedy, first?.insteadOf],
    ['--net-connect 40100 --udp-connect none --other-net none', '--no-net'],
  );
  assert.deepEqual(await askKernel((first?.remedy ?? '').split(' '), QUESTIONS.slice(0, 2)), ['allowed', 'denied']);
});
