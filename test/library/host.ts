/** What the library's tests share: the library as users import it, and small policies. */
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type * as Library from '../../src/index.ts';
import { projectFile } from '../support/paths.ts';

/** dist/index.mjs, whose types are those of src/index.ts. */
export const library: typeof Library = (await import(projectFile('dist/index.mjs'))) as typeof Library;

/** Grants one directory and what programs need. */
export const onlyIn = (directory: string): Library.PolicyObject => ({ fs: { rw: [directory] } });

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Names of the events, in order. */
  readonly events: readonly string[];
  readonly error: Library.LandlockRunError | undefined;
}

/** Follows a child to its 'close'. */
export function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    const [stdout, stderr, events]: [Buffer[], Buffer[], string[]] = [[], [], []];
    let error: Library.LandlockRunError | undefined;
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('spawn', () => events.push('spawn'));
    child.on('error', (reason) => {
      events.push('error');
      error = reason as Library.LandlockRunError;
    });
    child.on('exit', () => events.push('exit'));
    child.on('close', (code, signal) => {
      const texts = { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
      resolve({ code, signal, ...texts, events: [...events, 'close'], error });
    });
  });
}

/** What this process has open: number → what it is. */
export function openDescriptors(): Map<string, string> {
  const entries = readdirSync('/proc/self/fd').flatMap((fd): [string, string][] => {
    try {
      return [[fd, readlinkSync(`/proc/self/fd/${fd}`)]];
    } catch {
      return []; // the one that listed them
    }
  });
  return new Map(entries);
}

/** Processes that descend from this one, zombies too: pid → state. */
export function descendants(): Map<number, string> {
  const all = readdirSync('/proc').flatMap((name): { pid: number; parent: number; state: string }[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), parent: Number(parent), state }];
    } catch {
      return [];
    }
  });
  const found = new Map<number, string>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent, state } of all) {
      if (found.has(pid) || (parent !== process.pid && !found.has(parent))) continue;
      found.set(pid, state);
      grown = true;
    }
  }
  return found;
}

/** Does this process run? A zombie does not. */
export function isRunning(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !'ZX'.includes(text.slice(text.lastIndexOf(')') + 2)[0] ?? 'X');
  } catch {
    return false;
  }
}
