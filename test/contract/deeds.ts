/** Tries deeds (deed.c) under a policy and, as the control, without landlock-run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileC } from '../support/compile-c.ts';
import { type FakeKernel, fakeKernel } from '../support/fake-abi.ts';
import { type Entry, fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { type RunOptions, type RunResult, run, type Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

/** The program that does deeds. */
export function deedPath(): string {
  const sources = ['deed.c', 'deed-files.c', 'deed-network.c', 'deed-process.c'];
  return compileC(
    'deed',
    sources.map((name) => `test/contract/${name}`),
  );
}

/** The program that runs another on a terminal of its own, for RunOptions.under. */
export function terminalPath(): string {
  return compileC('on-terminal', ['test/contract/on-terminal.c']);
}

/** The options that let a policy with files run deeds: it stands outside of what the system profile grants. */
export function deedGrant(): string[] {
  return ['--ro', deedPath()];
}

/** Does deeds freely. Out: what each came to. */
export async function freely(words: readonly Word[], options: RunOptions = {}): Promise<string[]> {
  const result = await run(deedPath(), words, options);
  assert.deepEqual([result.code, result.stderr], [0, '']);
  return result.stdout.trim().split('\n');
}

/** Does deeds under a policy. Out: what each came to; the run itself must have succeeded in silence. */
export async function under(
  policy: readonly Word[],
  words: readonly Word[],
  options: RunOptions = {},
): Promise<string[]> {
  const result = await sandbox([...policy, '--', deedPath(), ...words], options);
  assert.deepEqual([result.code, result.stderr], [0, '']);
  return result.stdout.trim().split('\n');
}

/** Asserts that a run was refused before COMMAND started. In: its result, and what the one line on stderr matches. */
export function assertRefused(result: RunResult, pattern: RegExp): void {
  assert.deepEqual([result.code, result.stdout], [125, '']);
  assert.match(result.stderr, /^landlock-run: [^\n]+\n$/);
  assert.match(result.stderr, pattern);
}

const PLACE = { file: 'content', script: { content: '#!/bin/sh\n', mode: 0o755 }, 'dir/file': 'content' } as const;

/** Three directories that hold the same: in, other and out. */
export const PLACES: Readonly<Record<string, Entry>> = Object.fromEntries(
  ['in', 'other', 'out'].flatMap((place) => [
    ...Object.entries(PLACE).map(([name, entry]) => [`${place}/${name}`, entry] as const),
    [`${place}/empty`, { directory: true }] as const,
  ]),
);

/** One claim about a deed: what it comes to under a policy, and that it comes to something else (`ok`) without. */
export interface Claim {
  /** The claim, which is the test's title. */
  readonly title: string;
  /** The policy, given the fixture's directory; `deed` itself is granted beside it, unless `files` is false. */
  readonly policy: (root: string) => readonly Word[];
  readonly deed: (root: string) => readonly Word[];
  /** What the deed comes to under the policy: `ok`, or an errno. */
  readonly outcome: string;
  /** What it comes to without landlock-run: `ok` where it isn't said. */
  readonly free?: string;
  /** The fixture's files; PLACES where it isn't said. */
  readonly files?: Readonly<Record<string, Entry>>;
  /** The policy does not mention files. */
  readonly withoutFiles?: boolean;
  /** The least ABI that the live kernel must have; 1 where it isn't said. */
  readonly abi?: number;
  /** The kernel that is played. */
  readonly kernel?: FakeKernel;
}

/** Tests one claim. Each of the two ways has a fixture of its own, since deeds change it. */
export function claim(one: Claim): void {
  test(one.title, async (t) => {
    if (!requireAbi(t, one.abi ?? 1)) return;
    const free = fixture(t, one.files ?? PLACES);
    assert.deepEqual(await freely(one.deed(free), { cwd: free }), [one.free ?? 'ok'], 'without landlock-run');
    const root = fixture(t, one.files ?? PLACES);
    const policy = [...one.policy(root), ...(one.withoutFiles === true ? [] : deedGrant())];
    const options: RunOptions = one.kernel === undefined ? {} : { under: fakeKernel(one.kernel) };
    assert.deepEqual(await under(policy, one.deed(root), { ...options, cwd: root }), [one.outcome], 'under the policy');
  });
}
