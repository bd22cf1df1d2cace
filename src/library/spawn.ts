import type {
  ChildProcess,
  ChildProcessWithoutNullStreams,
  SpawnOptions as NodeSpawnOptions,
} from 'node:child_process';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { adviser } from './advise.ts';
import { type Call, type Following, readCall } from './arguments.ts';
import { atBorder } from './error.ts';
import { findLauncher, findNative, type LocateOptions } from './locate.ts';
import { type AnyPolicy, type Inside, insideOf } from './policy.ts';
import { type Fence, type Started, start } from './start.ts';

/** child_process.spawn's options, but for `shell`. */
export interface SpawnOptions extends Omit<NodeSpawnOptions, 'shell'>, LocateOptions {
  /** Refused: name the shell as COMMAND. */
  readonly shell?: false | undefined;
}

/** Options without `stdio`: all three streams are pipes. */
export type SpawnOptionsWithPipes = SpawnOptions & { readonly stdio?: 'pipe' | undefined };

/**
 * child_process.spawn under a policy: the same options and the same return value. COMMAND takes the place of the process that is started, so its pid, its exit
 * code and its signals are its own.
 *
 * A COMMAND that does not start is an 'error' (LandlockRunError) of the child, before its 'exit'; it is known when this returns.
 *
 * @throws LandlockRunError where the policy is refused or nothing could be tried; what child_process.spawn throws for options that it does not take.
 */
export function spawn(
  policy: AnyPolicy,
  command: string,
  ...following: Following<SpawnOptionsWithPipes>
): ChildProcessWithoutNullStreams;
export function spawn(policy: AnyPolicy, command: string, ...following: Following<SpawnOptions>): ChildProcess;
export function spawn(policy: AnyPolicy, command: string, ...following: Following<SpawnOptions>): ChildProcess {
  return atBorder(() => spawnOnce(policy, readCall(command, following))).child;
}

/** The plan is handed over as it is: the process that becomes COMMAND builds the ruleset itself. */
export function spawnOnce(policy: AnyPolicy, call: Call<SpawnOptions>): Started {
  const { options } = call;
  refuseShell(options);
  const native = findNative(options);
  findLauncher(options);
  const inside = insideOf(policy, options);
  const plan = native.seal(inside.plan);
  try {
    return startIn({ plan, ruleset: undefined, environment: 0 }, inside, call, options);
  } finally {
    native.close(plan);
  }
}

/** Starts COMMAND in a fence that stands, by the helper that `located` names. */
export function startIn(
  fence: Fence,
  inside: Inside,
  { command, args, options }: Call<SpawnOptions>,
  located: LocateOptions,
): Started {
  refuseShell(options);
  return start(findNative(located), fence, {
    command,
    args,
    options, // child_process does not know `launcher`, and a copy without it takes longer than all else here
    launcher: findLauncher(located),
    advise: adviser(inside, command, options),
  });
}

/** A shell would read COMMAND's arguments as text; and what is restricted should be what was named. */
function refuseShell(options: { readonly shell?: unknown }): void {
  if (options.shell !== undefined && options.shell !== false) refuse('shell-refused', flagOrigin('options.shell'));
}
