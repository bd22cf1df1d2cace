import type { ChildProcess, ChildProcessWithoutNullStreams } from 'node:child_process';
import { diagnose, refuse } from '../diagnostics/diagnostic.ts';
import { readCoreDiagnostics } from '../host/core-output.ts';
import { type Call, type Following, insistOptions, readCall } from './arguments.ts';
import { type Enforcement, makeEnforcement } from './enforcement.ts';
import { isOwnEnvironment } from './environment.ts';
import { atBorder, LandlockRunError, promised } from './error.ts';
import { findLauncher, findNative, type LocateOptions } from './locate.ts';
import { type AnyPolicy, type Inside, insideOf } from './policy.ts';
import { type BufferRunOptions, type RunOptions, type RunResult, runStarted, type TextRunOptions } from './run.ts';
import { type SpawnOptions, type SpawnOptionsWithPipes, startIn } from './spawn.ts';
import type { Fence, Started } from './start.ts';

/**
 * A policy whose ruleset stands in the kernel: made once by prepare(), for any number of spawns. What its paths were when it was prepared is what they stay:
 * a directory that is made later, or put in the place of another one, is not granted.
 */
export class Sandbox {
  /** What is enforced on every COMMAND. */
  readonly enforcement: Enforcement;
  readonly #inside: Inside;
  readonly #options: LocateOptions;
  #fence: Fence | undefined;

  /** @internal */
  constructor(fence: Fence, inside: Inside, enforcement: Enforcement, options: LocateOptions) {
    this.#fence = fence;
    this.#inside = inside;
    this.#options = options;
    this.enforcement = enforcement;
  }

  /** As spawn() does, without building anything. @throws LandlockRunError */
  spawn(command: string, ...following: Following<SpawnOptionsWithPipes>): ChildProcessWithoutNullStreams;
  spawn(command: string, ...following: Following<SpawnOptions>): ChildProcess;
  spawn(command: string, ...following: Following<SpawnOptions>): ChildProcess {
    return atBorder(() => this.#start(readCall(command, following))).child;
  }

  /** As run() does, without building anything. */
  run(command: string, ...following: Following<TextRunOptions>): Promise<RunResult<string>>;
  run(command: string, ...following: Following<BufferRunOptions>): Promise<RunResult<Buffer>>;
  run(command: string, ...following: Following<RunOptions>): Promise<RunResult<string | Buffer>>;
  run(command: string, ...following: Following<RunOptions>): Promise<RunResult<string | Buffer>> {
    return runStarted((call) => this.#start(call), command, following);
  }

  /** Gives the ruleset back. COMMANDs that run stay restricted; none can be started any more. May be called again. */
  close(): void {
    const fence = this.#fence;
    this.#fence = undefined;
    if (fence === undefined) return;
    const native = findNative(this.#options);
    native.close(fence.plan);
    if (fence.ruleset !== undefined && fence.ruleset >= 0) native.close(fence.ruleset);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return promised(() => this.close());
  }

  #start(call: Call<SpawnOptions>): Started {
    const located = call.options.launcher === undefined ? this.#options : call.options;
    return startIn(this.#open(), this.#inside, call, located);
  }

  #open(): Fence {
    return this.#fence ?? refuse('sandbox-closed', undefined);
  }
}

/**
 * Settles a policy on this kernel, opens its paths and builds its ruleset, once. Close it, or let `await using` do so: it holds two descriptors. They are
 * never COMMAND's: whoever had the ruleset could widen it.
 *
 * @throws LandlockRunError as a run would refuse.
 */
export function prepare(policy: AnyPolicy, options: LocateOptions = {}): Promise<Sandbox> {
  return promised(() => {
    insistOptions(options);
    const native = findNative(options);
    findLauncher(options);
    const inside = insideOf(policy, options);
    const prepared = native.prepare(inside.plan, isOwnEnvironment(undefined));
    const { exit, signal, file, ruleset, environment, output, ...masks } = prepared;
    const diagnostics = readCoreDiagnostics(output);
    if (exit !== 0) {
      const reason =
        diagnostics.find((one) => one.level === 'error') ?? diagnose('error', 'killed-before-exec', undefined);
      throw new LandlockRunError(reason, { diagnostics, cause: signal === 0 ? undefined : `signal ${signal}` });
    }
    return new Sandbox({ plan: file, ruleset, environment }, inside, makeEnforcement(masks, diagnostics), options);
  });
}
