import { type ChildProcess, type SpawnOptions as NodeSpawnOptions, spawn as nodeSpawn } from 'node:child_process';
import { Refusal } from '../diagnostics/diagnostic.ts';
import type { Native } from '../host/native.ts';
import type { Enforcement } from './enforcement.ts';
import { isOwnEnvironment } from './environment.ts';
import { LandlockRunError } from './error.ts';
import { failChild, spawnError } from './failed-child.ts';
import { parseStatus } from './status.ts';
import { keptDescriptors, type Stdio, stdioList } from './stdio.ts';

/** What a process is started under: descriptors of this process, which stay its own. */
export interface Fence {
  /** The plan, or the prepared plan. */
  readonly plan: number;
  /** The ruleset of a prepared plan, -1 where it has none; undefined for a plan that is not prepared. */
  readonly ruleset: number | undefined;
  /** What stands for the environment that the plan was prepared in, or 0. */
  readonly environment: number;
}

export interface Started {
  readonly child: ChildProcess;
  /** Why COMMAND does not run, where that is known: `child` will tell it as its 'error'. */
  readonly error: LandlockRunError | undefined;
  readonly enforcement: Enforcement | undefined;
}

/** What COMMAND is, and how it is started: child_process.spawn's options, checked. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: NodeSpawnOptions;
  readonly launcher: string;
  /** Adds to an error what may help: the sentence of preflight. */
  readonly advise: (error: LandlockRunError) => LandlockRunError;
}

/**
 * Starts the spawn helper in the place of COMMAND, and waits until it has become COMMAND or has said why not: about a tenth of a millisecond beyond what
 * child_process.spawn itself waits for.
 *
 * @throws LandlockRunError where this process has no descriptors left; TypeError and the like from child_process.spawn for options that it does not take.
 */
export function start(native: Native, fence: Fence, { command, args, options, launcher, advise }: Start): Started {
  const given = stdioList(options.stdio);
  const environment = isOwnEnvironment(options.env) ? fence.environment : -1;
  const [ours, theirs, sent] = native.channel(roomFor(given.length), environment);
  let open = true;
  let child: ChildProcess | undefined;
  try {
    const control = controlWord(fence, given, sent);
    const own = ownOptions(options);
    if (sent !== 0) own.env = {};
    own.argv0 ??= command;
    own.stdio = given.concat(handed(fence, theirs));
    child = nodeSpawn(launcher, [control, command, ...args], own);
    if (child.pid === undefined) failChild(child, launcher, options.cwd);
    hideOurs(child, given.length, command, [own.argv0, ...args]);
    if (child.pid === undefined) return { child, error: undefined, enforcement: undefined };
    native.close(theirs);
    open = false;
    const status = parseStatus(Buffer.from(native.readToEnd(ours), 'latin1').toString('utf8'));
    if (status.started) return { child, error: undefined, enforcement: status.enforcement };
    const { reason, exitCode, diagnostics } = status;
    const error = advise(new LandlockRunError(reason, { exitCode, diagnostics }));
    failChild(child, launcher, options.cwd, error);
    return { child, error, enforcement: undefined };
  } catch (error) {
    child?.kill('SIGKILL'); // nobody would have it
    throw translated(error, launcher, options.cwd);
  } finally {
    if (open) native.close(theirs);
    native.close(ours);
  }
}

/**
 * A copy. What says who and where COMMAND is, is asked for by name: child_process takes an object's own members only, and a COMMAND without the user or the
 * environment that its options have inherited would be less confined than they say.
 *
 * A member that is added behind a spread costs V8 two microseconds, one that is there before it next to nothing.
 */
function ownOptions(options: NodeSpawnOptions): NodeSpawnOptions {
  const { cwd, env, argv0, uid, gid } = options;
  return Object.assign({ cwd, env, argv0, uid, gid, stdio: undefined }, options);
}

/** What the helper gets behind the caller's descriptors. */
function handed({ plan, ruleset }: Fence, status: number): number[] {
  return ruleset === undefined || ruleset < 0 ? [plan, status] : [plan, status, ruleset];
}

/** Descriptors that are handed to the helper behind the caller's, at most: the plan, the channel and the ruleset. */
const OURS = 3;

/**
 * Descriptors that uv_spawn() needs at most, so that it is not called where there are too few: child_process loses the pipes that it made then, and its
 * child has no `stdio`. Two for each pipe, two for the pipe that tells of the exec; in the child one for each that has to get out of another one's way,
 * and /dev/null.
 */
function roomFor(given: number): number {
  return 2 * given + 2 + given + OURS + 1;
}

/** The caller sees what it started, as child_process.spawn would show it: without `stdio` where there was no descriptor left for it. */
function hideOurs(child: ChildProcess, count: number, spawnfile: string, spawnargs: readonly string[]): void {
  const stdio = child.stdio as unknown[] | undefined;
  if (stdio !== undefined) stdio.length = count;
  Object.assign(child, { spawnfile, spawnargs });
}

/** What the helper is told: native/launcher/spawn.c. Ours come behind the caller's. */
function controlWord({ ruleset }: Fence, given: Stdio, sent: number): string {
  const plan = given.length;
  const prepared = ruleset === undefined ? '' : ruleset < 0 ? '-' : String(plan + 2);
  const channel = given.includes('ipc') ? ':ipc' : '';
  return `2:${plan + 1}:${sent < 0 ? '=' : sent}:${plan}:${prepared}:${keptDescriptors(given).join(',')}${channel}`;
}

/** Some failures of uv_spawn() are thrown and others emitted; mistakes in the options stay what they are. */
function translated(error: unknown, launcher: string, cwd: NodeSpawnOptions['cwd']): unknown {
  if (error instanceof LandlockRunError || error instanceof Refusal) return error;
  const { syscall } = error as NodeJS.ErrnoException;
  return syscall?.startsWith('spawn') === true ? spawnError(error as NodeJS.ErrnoException, launcher, cwd) : error;
}
