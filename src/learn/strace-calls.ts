import { splitArguments } from './strace-syntax.ts';

/** One system call that has returned, as strace(1) -f -yy saw it. */
export interface Call {
  readonly pid: number;
  readonly name: string;
  readonly words: readonly string[];
  /** What it returned, with its annotation: `3</etc/passwd>`, `-1`, `0`. */
  readonly result: string;
  /** The name of the errno; undefined where the call succeeded. */
  readonly errno: string | undefined;
}

/** What a line of the trace says. */
export type TraceItem =
  | { readonly kind: 'call'; readonly call: Call }
  /** A process was seen for the first time, perhaps before the call that made it returned. */
  | { readonly kind: 'begun'; readonly pid: number; readonly name: string }
  | { readonly kind: 'ended'; readonly pid: number };

/** Puts the lines of a trace together: a call that others interrupt stands on two of them. */
export class TraceReader {
  readonly #open = new Map<number, string>();

  /** Reads one line, one character a byte. Lines that tell of signals, or that cannot be read, say nothing. */
  read(line: string): TraceItem | undefined {
    const parts = /^(\d+)\s+([\s\S]*)$/.exec(line);
    if (parts === null) return undefined;
    const pid = Number(parts[1]);
    const text = parts[2] ?? '';
    if (/^\+\+\+ (?:exited|killed)/.test(text)) {
      this.#open.delete(pid);
      return { kind: 'ended', pid };
    }
    const unfinished = /^([\s\S]*?) <unfinished \.\.\.>(?:\) *= \?)?$/.exec(text);
    if (unfinished !== null) {
      this.#open.set(pid, unfinished[1] ?? '');
      return { kind: 'begun', pid, name: /^(\w+)\(/.exec(text)?.[1] ?? '' };
    }
    const resumed = /^<\.\.\. \w+ resumed>\s?([\s\S]*)$/.exec(text);
    if (resumed === null) return callOf(pid, text);
    const whole = `${this.#open.get(pid) ?? ''}${resumed[1] ?? ''}`;
    this.#open.delete(pid);
    return callOf(pid, whole);
  }
}

function callOf(pid: number, text: string): TraceItem | undefined {
  const name = /^(\w+)\(/.exec(text)?.[1];
  if (name === undefined) return undefined;
  const rest = text.slice(name.length + 1);
  const split = splitArguments(rest);
  if (split === undefined) return undefined;
  const returned = /^\)\s*= ([\s\S]*)$/.exec(rest.slice(split.end))?.[1];
  if (returned === undefined) return undefined;
  const failed = /^-1 (E[A-Z0-9]+)/.exec(returned);
  const result = failed === null ? returned : '-1';
  return { kind: 'call', call: { pid, name, words: split.words, result, errno: failed?.[1] } };
}
