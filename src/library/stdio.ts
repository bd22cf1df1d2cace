import type { StdioOptions } from 'node:child_process';

/** child_process.spawn's stdio as a list of at least three. */
export type Stdio = Exclude<StdioOptions, string>;

/** The list that child_process.spawn makes of its option `stdio`. */
export function stdioList(stdio: StdioOptions | undefined): Stdio {
  if (stdio === undefined) return ['pipe', 'pipe', 'pipe'];
  if (typeof stdio === 'string') return [stdio, stdio, stdio];
  const list = [...stdio];
  // What is absent of the first three is a pipe, of the others nothing (child_process, "options.stdio").
  while (list.length < 3) list.push('pipe');
  return list;
}

/** The numbers from 3 on that COMMAND gets. */
export function keptDescriptors(stdio: Stdio): number[] {
  return [...stdio.keys()].filter((number) => {
    const one = stdio[number];
    return number >= 3 && one !== undefined && one !== null && one !== 'ignore';
  });
}
