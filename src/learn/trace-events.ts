import type { Bytes } from '../base/bytes.ts';
import type { TraceEvent } from './event.ts';
import { PATH_CALLS, pathAct } from './path-acts.ts';
import { Processes } from './processes.ts';
import { SIGNAL_CALLS, SOCKET_CALLS, signalAct, socketActs } from './socket-acts.ts';
import { type Call, TraceReader } from './strace-calls.ts';

/** Calls that no grant allows in a domain that handles files (kernel.md). */
const NEVER_CALLS: readonly string[] = ['mount', 'pivot_root'];

/** Calls that are followed only to know who is where, and since when the run is restricted. */
const FOLLOWED = ['chdir', 'fchdir', 'clone', 'clone3', 'fork', 'vfork', 'landlock_restrict_self', 'seccomp'];

/** Every call of interest, for strace's -e trace=; `?`: an architecture may lack it. */
export const TRACED_CALLS: string = [...PATH_CALLS, ...SOCKET_CALLS, ...SIGNAL_CALLS, ...NEVER_CALLS, ...FOLLOWED]
  .map((name) => `?${name}`)
  .join(',');

/** Where a run under landlock-run begins: its own start is no part of what COMMAND did. */
const RESTRICTS: ReadonlySet<string> = new Set(['landlock_restrict_self', 'seccomp']);

/** Turns a trace, line by line, into events. */
export class EventReader {
  readonly #reader = new TraceReader();
  readonly #processes: Processes;
  #awaits: 'restriction' | 'nothing';
  #first: number | undefined;
  /** Was the run restricted, or did it not have to be? */
  begun: boolean;

  /**
   * @param restricted the trace begins with landlock-run itself, and counts from where that restricts the process.
   */
  constructor(workingDirectory: Bytes, program: Bytes, restricted: boolean) {
    this.#processes = new Processes(workingDirectory, program);
    this.#awaits = restricted ? 'restriction' : 'nothing';
    this.begun = !restricted;
  }

  /** The process that was started, and that became COMMAND. */
  get first(): number | undefined {
    return this.#first;
  }

  /** Was the process part of the run? */
  hasProcess(pid: number): boolean {
    return this.#processes.has(pid);
  }

  /** The events of one line, in order. */
  read(line: string): TraceEvent[] {
    const item = this.#reader.read(line);
    if (item === undefined) return [];
    this.#processes.follow(item);
    if (item.kind !== 'call') return [];
    this.#first ??= item.call.pid;
    if (this.#awaits === 'restriction') {
      this.#awaitRestriction(item.call);
      return [];
    }
    return this.#eventsOf(item.call);
  }

  /** Only the process that was started becomes COMMAND; a probe in a child of its own restricts nobody else. */
  #awaitRestriction({ pid, name, errno, words }: Call): void {
    if (pid !== this.#first || !RESTRICTS.has(name) || errno !== undefined) return;
    if (name === 'seccomp' && words[0] !== 'SECCOMP_SET_MODE_FILTER') return;
    this.#awaits = 'nothing';
    this.begun = true;
  }

  #eventsOf(call: Call): TraceEvent[] {
    const { pid, errno } = call;
    const program = this.#processes.program(pid);
    const path = pathAct(call, this.#processes);
    const said =
      path !== undefined ? [path] : SOCKET_CALLS.includes(call.name) ? socketActs(call, this.#processes) : [];
    const signal = SIGNAL_CALLS.includes(call.name) ? signalAct(call) : undefined;
    const never = NEVER_CALLS.includes(call.name) ? { verb: call.name, act: { kind: 'never' as const } } : undefined;
    return [...said, signal, never].flatMap((one) => (one === undefined ? [] : [{ pid, program, ...one, errno }]));
  }
}
