/** Runs landlock-run itself. */
import { existsSync } from 'node:fs';
import { cliPath } from './paths.ts';
import { type RunOptions, type RunResult, run, type Word } from './run.ts';

/**
 * Runs the command line tool of this checkout.
 *
 * In: its arguments, options first: `sandbox(['--rw', dir, '--', 'cat', file])`; what it inherits (see run.ts).
 * Out: how it ended and what it wrote: 125 is its own refusal, else COMMAND's status.
 * Errors: it has not been built.
 */
export function sandbox(args: readonly Word[], options: RunOptions = {}): Promise<RunResult> {
  if (!existsSync(cliPath)) throw new Error(`${cliPath} is missing: npm run build`);
  return run(cliPath, args, options);
}

/** Runs a bash script under a policy: `shell(['--rw', dir], 'cat "$1"', [file])`. See sandbox. */
export function shell(
  policy: readonly Word[],
  script: string,
  args: readonly Word[] = [],
  options: RunOptions = {},
): Promise<RunResult> {
  return sandbox([...policy, '--', 'bash', '--norc', '--noprofile', '-c', script, 'bash', ...args], options);
}
