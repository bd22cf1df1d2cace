/** Asserts that a command line is refused before COMMAND starts, in text and as JSON. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fixture } from '../support/fixture.ts';
import type { RunOptions, Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

/** What a refusal says, as `--json` gives it. */
export interface Refused {
  readonly code: string;
  readonly level: string;
  readonly origin?: string;
  readonly message: string;
  readonly remedy: string;
}

/** A COMMAND that shows in two ways that it was started: it writes to its stdout, and it makes a file. */
export function telltale(marker: string): Word[] {
  return ['--', '/bin/sh', '-c', 'echo started; : >"$1"', 'sh', marker];
}

/**
 * Runs landlock-run with options that it must refuse, once plainly and once with `--json`.
 *
 * In: the test; the options; what the run inherits; the words after the options (absent: a telltale COMMAND).
 * Out: the refusal.
 * Errors: an assertion, unless both runs end with 125, leave stdout empty, start nothing, and tell the same thing in exactly one line.
 */
export async function refused(
  t: TestContext,
  words: readonly Word[],
  options: RunOptions = {},
  command?: readonly Word[],
): Promise<Refused> {
  const marker = join(fixture(t), 'started');
  const rest = command ?? telltale(marker);
  const plain = await sandbox([...words, ...rest], options);
  const json = await sandbox(['--json', ...words, ...rest], options);
  const shown = `${plain.stderr}${json.stderr}`;
  for (const result of [plain, json]) {
    assert.deepEqual([result.code, result.signal, result.stdout], [125, null, ''], shown);
  }
  assert.equal(existsSync(marker), false, 'COMMAND was started');
  assert.match(plain.stderr, /^landlock-run: [^\n]+\n$/);
  assert.match(json.stderr, /^\{[^\n]+\}\n$/);
  assert.doesNotMatch(shown, /\bat \S+ \(|node:internal|internal/, 'a stack trace, or a mistake of our own');
  const refusal = JSON.parse(json.stderr) as Refused;
  const where = refusal.origin === undefined ? '' : `${refusal.origin}: `;
  assert.equal(plain.stderr, `landlock-run: ${where}${refusal.message}; ${refusal.remedy}\n`);
  assert.equal(refusal.level, 'error');
  assert.match(refusal.code, /^[a-z]+(-[a-z]+)*$/);
  assert.notEqual(refusal.remedy, '');
  return refusal;
}

/** Asserts that a refusal has this code, this origin, and says all of this in its message or remedy. */
export function assertSays(
  refusal: Refused,
  code: string,
  origin: string | undefined,
  ...says: readonly RegExp[]
): void {
  assert.deepEqual([refusal.code, refusal.origin], [code, origin], refusal.message);
  for (const pattern of says) assert.match(`${refusal.message}; ${refusal.remedy}`, pattern);
}
