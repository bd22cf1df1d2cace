import type { StdioOptions } from 'node:child_process';
import { insist } from './arguments.ts';

/** child_process.spawn's stdio as a list of at least three. */
export type Stdio = Exclude<StdioOptions, string>;

/** The list that child_process.spawn makes of its option `stdio`: what is absent there is null too. @throws Refusal `option-invalid` */
export function stdioList(stdio: StdioOptions | null | undefined): Stdio {
  if (stdio === undefined || stdio === null) return ['pipe', 'pipe', 'pipe'];
  if (typeof stdio === 'string') return [stdio, stdio, stdio];
  insist(Array.isArray(stdio), 'options.stdio', 'a list, or one of "pipe", "ignore", "inherit" and "overlapped"');
  const list = [...stdio];
  // What is absent of the first three is a pipe, of the others nothing (child_process, "options.stdio").
  while (list.length < 3) list.push('pipe');
  return list;
}

/** The numbers from 3 on that COMMAND gets. */
export function keptDescriptors(stdio: Stdio): number[] {
  const kept: number[] = [];
  for (let number = 3; number < stdio.length; number++) {
    const one = stdio[number];
    if (one !== undefined && one !== null && one !== 'ignore') kept.push(number);
  }
  return kept;
}
