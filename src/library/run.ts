import type { ChildProcess } from 'node:child_process';
import { diagnose } from '../diagnostics/diagnostic.ts';
import { type Call, type Following, readCall } from './arguments.ts';
import { Captured } from './captured.ts';
import { Ending } from './ending.ts';
import type { Enforcement } from './enforcement.ts';
import { atBorder, LandlockRunError } from './error.ts';
import type { AnyPolicy } from './policy.ts';
import {
  type BufferRunOptions,
  type RunOptions,
  type SettledRunOptions,
  settleRunOptions,
  type TextRunOptions,
} from './run-options.ts';
import { type SpawnOptions, spawnOnce } from './spawn.ts';
import type { Started } from './start.ts';

export type { BufferRunOptions, RunOptions, TextRunOptions } from './run-options.ts';

/** How a COMMAND ended: each a fact of its own. */
export interface RunResult<Output extends string | Buffer> {
  /** COMMAND's own, whatever it is; null where a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended it, or null. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The time was over while COMMAND itself was running. What it left behind may hold the result longer than that. */
  readonly timedOut: boolean;
  /** The AbortSignal was aborted while COMMAND itself was running. */
  readonly aborted: boolean;
  /** How many bytes of each were dropped beyond `maxOutput`; 0 where all is there. */
  readonly truncated: { readonly stdout: number; readonly stderr: number };
  readonly durationMs: number;
  /** What the kernel enforced. */
  readonly enforcement: Enforcement;
  readonly pid: number;
  /**
   * COMMAND's process group, and its session. What it left behind is there: `process.kill(-processGroup, 'SIGTERM')`. A later sandbox cannot do that, since
   * each is a domain of its own.
   */
  readonly processGroup: number;
}

/**
 * Runs COMMAND under a policy to its end, in a session of its own, without a terminal.
 *
 * A COMMAND that ended is a result, however it ended. The promise is rejected only where it was not started (LandlockRunError), where options mean nothing,
 * or where onOutput throws or returns a promise that is rejected: COMMAND is then killed.
 */
export function run(
  policy: AnyPolicy,
  command: string,
  ...following: Following<TextRunOptions>
): Promise<RunResult<string>>;
export function run(
  policy: AnyPolicy,
  command: string,
  ...following: Following<BufferRunOptions>
): Promise<RunResult<Buffer>>;
export function run(
  policy: AnyPolicy,
  command: string,
  ...following: Following<RunOptions>
): Promise<RunResult<string | Buffer>>;
export function run(
  policy: AnyPolicy,
  command: string,
  ...following: Following<RunOptions>
): Promise<RunResult<string | Buffer>> {
  return runStarted((call) => spawnOnce(policy, call), command, following);
}

/** Runs what `start` starts. */
export function runStarted(
  start: (call: Call<SpawnOptions>) => Started,
  command: string,
  following: Following<RunOptions>,
): Promise<RunResult<string | Buffer>> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const { args, options } = atBorder(() => readCall(command, following));
    const settled = atBorder(() => settleRunOptions(options));
    if (settled.signal?.aborted === true) {
      throw new LandlockRunError(diagnose('error', 'aborted', undefined), { cause: settled.signal.reason });
    }
    const { cwd, env, argv0, uid, gid, launcher } = options;
    const stdin = settled.input === undefined ? 'ignore' : 'pipe';
    const given = { cwd, env, argv0, uid, gid, launcher };
    const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const { child, error, enforcement } = atBorder(() =>
      start({ command, args, options: { ...present, stdio: [stdin, 'pipe', 'pipe'], detached: true } }),
    );
    child.on('error', reject);
    if (error !== undefined || enforcement === undefined) return;
    follow(child, enforcement, settled, began, resolve, reject);
  });
}

/** From COMMAND's start to its result. */
function follow(
  child: ChildProcess,
  enforcement: Enforcement,
  options: SettledRunOptions,
  began: number,
  resolve: (result: RunResult<string | Buffer>) => void,
  reject: (error: unknown) => void,
): void {
  const { encoding, timeout, signal, maxOutput, onOutput } = options;
  const streams = { stdout: new Captured(maxOutput), stderr: new Captured(maxOutput) };
  let [timedOut, aborted, closed, pending] = [false, false, false, 0];
  let failure: { readonly error: unknown } | undefined;

  const finish = (unended?: { readonly error: unknown }): void => {
    const problem = unended ?? (closed && ending.isSettled ? failure : undefined);
    if (problem !== undefined) {
      reject(problem.error);
      return;
    }
    if (!closed || !ending.isSettled || pending > 0) return;
    const [stdout, stderr] = [streams.stdout.finish(encoding), streams.stderr.finish(encoding)];
    const pid = child.pid ?? 0;
    resolve({
      exitCode: child.exitCode,
      signal: child.signalCode,
      stdout: stdout.output,
      stderr: stderr.output,
      timedOut,
      aborted,
      truncated: { stdout: stdout.dropped, stderr: stderr.dropped },
      durationMs: performance.now() - began,
      enforcement,
      pid,
      processGroup: pid,
    });
  };
  const ending = new Ending(child, options, finish);
  const fail = (error: unknown): void => {
    failure ??= { error };
    if (closed) finish();
    else ending.begin('SIGKILL');
  };
  const tell = (chunk: Buffer, name: 'stdout' | 'stderr'): void => {
    try {
      const answer = onOutput?.(chunk, name);
      if (!(answer instanceof Object && 'then' in answer)) return;
      pending++;
      Promise.resolve(answer).then(() => {
        pending--;
        finish();
      }, fail);
    } catch (error) {
      fail(error);
    }
  };

  const timer =
    timeout === 0
      ? undefined
      : setTimeout(() => {
          timedOut = ending.isAwaited;
          ending.begin();
        }, timeout);
  const abort = (): void => {
    aborted = ending.isAwaited;
    ending.begin();
  };
  signal?.addEventListener('abort', abort, { once: true });

  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk: Buffer) => {
      streams[name].add(chunk);
      tell(chunk, name);
    });
  }
  child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
    // A COMMAND may end, or close its input, without having read all of it.
    if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') fail(error);
  });
  child.stdin?.end(options.input);
  child.on('exit', () => ending.exited());
  child.on('close', () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    closed = true;
    finish();
  });
}
