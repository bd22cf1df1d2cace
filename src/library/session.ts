import { readdirSync, readFileSync } from 'node:fs';

/**
 * The processes of a session, by the process that began it (setsid(2)). COMMAND of run() begins one, so this is COMMAND and all that it started, but for what
 * began a session of its own.
 */
export class Session {
  readonly #leader: number;

  constructor(leader: number) {
    this.#leader = leader;
  }

  /** Signals every process of it. A process that is gone meanwhile needs none. */
  signal(signal: NodeJS.Signals): void {
    kill(-this.#leader, signal); // the process group: also where /proc does not show them
    for (const member of this.members()) if (member.group !== this.#leader) kill(member.pid, signal);
  }

  /** Is anything of it left that runs? */
  isEmpty(): boolean {
    return this.members().length === 0;
  }

  /** Its processes as /proc shows them; without those that have ended and only wait to be reaped. */
  members(): { pid: number; group: number }[] {
    return listProcesses().flatMap((pid) => {
      const stat = readStat(pid);
      if (stat === undefined || stat.session !== this.#leader || !runs(stat)) return [];
      return [{ pid, group: stat.group }];
    });
  }
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^[1-9][0-9]*$/.test(name) ? [Number(name)] : []));
  } catch {
    return []; // no /proc: the process group is all that can be reached
  }
}

/** Does this child of ours still run? One that has ended is a zombie until its end was told. Without /proc it is taken to run. */
export function isRunning(pid: number): boolean {
  const stat = readStat(pid);
  return stat === undefined || runs(stat);
}

function runs({ state }: { readonly state: string }): boolean {
  return !'ZX'.includes(state);
}

/** proc_pid_stat(5): `pid (comm) state ppid pgrp session ...`; comm may hold anything, also parentheses. */
function readStat(pid: number): { state: string; group: number; session: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', , group, session] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, group: Number(group), session: Number(session) };
  } catch {
    return undefined;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
