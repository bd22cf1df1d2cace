/** Runs programs so that Landlock answers like another kernel: see test/support/fake-abi.c for what is exact. */
import { compileC } from './compile-c.ts';
import type { RunOptions, RunResult, Word } from './run.ts';
import { sandbox } from './sandbox.ts';

/** A kernel without Landlock by errno, one of an ABI (1 to 99), or one that announces 6 and rejects SCOPE_SIGNAL. */
export type FakeKernel = 'ENOSYS' | 'EOPNOTSUPP' | 'EPERM' | 'lying-6' | number;

/** What a fake kernel says to the errata query: a mask, or EINVAL. Absent: EINVAL below ABI 7, else the live answer. */
export type FakeErrata = number | 'einval';

const SOURCES = ['fake-abi.c', 'fake-abi-supervise.c', 'fake-abi-answer.c'].map((name) => `test/support/${name}`);

/** The words to put before a program, for RunOptions.under. The live kernel must have Landlock unless it is an errno. */
export function fakeKernel(kernel: FakeKernel, errata?: FakeErrata): string[] {
  const words = errata === undefined ? [] : ['--errata', `${errata}`];
  return [compileC('fake-abi', SOURCES), `${kernel}`, ...words, '--'];
}

/** Runs landlock-run on a fake kernel. In: the kernel, and what sandbox takes. Out: what sandbox gives. */
export function sandboxOn(kernel: FakeKernel, args: readonly Word[], options: RunOptions = {}): Promise<RunResult> {
  return sandbox(args, { ...options, under: [...(options.under ?? []), ...fakeKernel(kernel)] });
}
