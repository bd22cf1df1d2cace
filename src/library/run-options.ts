import { constants } from 'node:os';
import { insist } from './arguments.ts';
import type { LocateOptions } from './locate.ts';

/** Options of run(). Times are milliseconds. */
export interface RunOptions extends LocateOptions {
  readonly cwd?: string | URL | undefined;
  /** COMMAND's environment before the policy edits it; absent: this process's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly argv0?: string | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** What COMMAND reads from descriptor 0; absent: nothing (/dev/null). */
  readonly input?: string | Uint8Array | undefined;
  /** How output becomes text, `utf8` if absent; `buffer` leaves it as bytes. */
  readonly encoding?: BufferEncoding | 'buffer' | undefined;
  /** COMMAND is ended after so long; absent or 0: never. */
  readonly timeout?: number | undefined;
  /** COMMAND is ended when this is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** How COMMAND is ended, SIGTERM if absent. */
  readonly killSignal?: NodeJS.Signals | undefined;
  /** How long it has for that before SIGKILL follows; 2000 if absent. */
  readonly killAfter?: number | undefined;
  /** Whether all of COMMAND's session is ended with it (true if absent), or COMMAND alone. */
  readonly killTree?: boolean | undefined;
  /** How many bytes of each of stdout and stderr are kept; 16 MiB if absent. */
  readonly maxOutput?: number | undefined;
  /** Is told of all output as it comes, also of what is dropped. The result waits for promises that it returns; one that is rejected ends the run, as a throw does. */
  readonly onOutput?: ((chunk: Buffer, stream: 'stdout' | 'stderr') => unknown) | undefined;
}

export type TextRunOptions = RunOptions & { readonly encoding?: BufferEncoding | undefined };
export type BufferRunOptions = RunOptions & { readonly encoding: 'buffer' };

/** The options with their defaults, checked: a time that is not a number would never pass. */
export interface SettledRunOptions {
  readonly encoding: BufferEncoding | 'buffer';
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly killSignal: NodeJS.Signals;
  readonly killAfter: number;
  readonly killTree: boolean;
  readonly maxOutput: number;
  readonly onOutput: ((chunk: Buffer, stream: 'stdout' | 'stderr') => unknown) | undefined;
  readonly input: string | Uint8Array | undefined;
}

/** @throws Refusal `option-invalid` */
export function settleRunOptions(options: RunOptions): SettledRunOptions {
  const { encoding = 'utf8', killSignal = 'SIGTERM', killTree = true, signal, onOutput, input } = options;
  insist(
    encoding === 'buffer' || Buffer.isEncoding(encoding),
    'options.encoding',
    'an encoding of Buffer, or "buffer"',
  );
  insist(Object.hasOwn(constants.signals, killSignal), 'options.killSignal', 'the name of a signal');
  insist(typeof killTree === 'boolean', 'options.killTree', 'true or false');
  insist(signal === undefined || signal instanceof AbortSignal, 'options.signal', 'an AbortSignal');
  insist(onOutput === undefined || typeof onOutput === 'function', 'options.onOutput', 'a function');
  insist(
    input === undefined || typeof input === 'string' || input instanceof Uint8Array,
    'options.input',
    'text or bytes',
  );
  const timeout = number(options.timeout, 0, 'options.timeout', LONGEST);
  const killAfter = number(options.killAfter, 2000, 'options.killAfter', LONGEST);
  const maxOutput = number(options.maxOutput, 16 * 1024 * 1024, 'options.maxOutput', Number.MAX_SAFE_INTEGER);
  return { encoding, timeout, signal, killSignal, killAfter, killTree, maxOutput, onOutput, input };
}

/** A timer that is longer fires at once (Node's TIMEOUT_MAX). */
const LONGEST = 2 ** 31 - 1;

function number(value: number | undefined, fallback: number, name: string, most: number): number {
  if (value === undefined) return fallback;
  insist(typeof value === 'number' && value >= 0 && value <= most, name, `a number from 0 to ${most}`);
  return value;
}
