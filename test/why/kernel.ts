/** Asks --why and the kernel the same questions. */
import assert from 'node:assert/strict';
import { compileC } from '../support/compile-c.ts';
import type { RunOptions } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

/** One question: how --why is asked, and what test/why/attempt.c tries. */
export interface Question {
  readonly query: string;
  readonly attempt: string;
}

/** One line of `--why --json`. */
export interface Answer {
  readonly v: number;
  readonly query: string;
  readonly allowed: boolean;
  readonly reason: string;
  readonly remedy: string;
  readonly insteadOf: string | null;
}

const attempt = (): string => compileC('attempt', ['test/why/attempt.c'], ['-static']);

/** A static program to be executed: it needs no file but itself. */
export const idleProgram = (): string => compileC('idle', ['test/why/idle.c'], ['-static']);

/** What --why answers, one for each question; the exit status must say the same. */
export async function askWhy(
  policy: readonly string[],
  questions: readonly Question[],
  options: RunOptions = {},
): Promise<Answer[]> {
  const result = await sandbox([...policy, '--json', ...questions.flatMap(({ query }) => ['--why', query])], options);
  assert.ok(result.code === 0 || result.code === 1, `${policy.join(' ')}: ${result.stderr}`);
  const answers = result.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
  assert.equal(answers.length, questions.length);
  assert.equal(result.code, answers.every(({ allowed }) => allowed) ? 0 : 1);
  return answers;
}

/** What the kernel does under the policy, one for each question; undefined where the run is refused. */
export async function askKernel(
  policy: readonly string[],
  questions: readonly Question[],
  options: RunOptions = {},
): Promise<string[] | undefined> {
  // The trying program is granted by itself: a static file that executes and nothing more.
  const own = policy.includes('--bare') ? ['--grant', `read_file,execute:${attempt()}`] : [];
  const words = [...policy, ...own, '--', attempt(), ...questions.map((one) => one.attempt)];
  const result = await sandbox(words, options);
  if (result.code === 125) return undefined;
  assert.equal(result.code, 0, `${words.join(' ')}: ${result.stderr}`);
  return result.stdout.trimEnd().split('\n');
}
