import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { type Bytes, bufferOfBytes, bytesOfText } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { isBelowOrSame } from '../policy/path.ts';
import type { Caller } from './caller.ts';
import { errnoName } from './files.ts';

/** How a traced program ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A run under strace(1). */
export interface TracedRun extends Ending {
  /** When it began, in nanoseconds since 1970: what was made later was made by the run. */
  readonly began: bigint;
}

/** What a program is run with. */
export interface TraceRequest {
  readonly strace: string;
  readonly calls: string;
  readonly words: readonly string[];
  /** Stop at the traced calls only: faster, but a call that a seccomp filter refuses is then not seen. */
  readonly fast: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: Bytes | undefined;
  /** Descriptors from 3 on that the program inherits. */
  readonly descriptors: readonly number[];
}

/**
 * Finds strace in the directories of PATH that only root can change, never below the working directory.
 *
 * @throws Refusal `strace-missing`
 */
export function findStrace(caller: Caller): string {
  const path = caller.variable('PATH') ?? bytesOfText('/usr/local/bin:/usr/bin:/bin');
  const trusted = (path.split(':') as Bytes[]).filter((directory) => isTrusted(directory, caller));
  for (const directory of trusted) {
    const file = `${directory}/strace`;
    if (rootOnly(file as Bytes)) return file;
  }
  return refuse('strace-missing', undefined, trusted.join(', ') || 'any directory of PATH that only root can change');
}

function isTrusted(directory: Bytes, caller: Caller): boolean {
  if (!directory.startsWith('/') || directory === '/') return false;
  return !isBelowOrSame(directory, caller.workingDirectory()) && rootOnly(directory);
}

/** May only root change it? */
function rootOnly(path: Bytes): boolean {
  try {
    const { uid, mode } = statSync(bufferOfBytes(path));
    return uid === 0 && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/**
 * Runs a program under strace -f, on the caller's own descriptors 0 to 2, and hands over the trace line by line when it has ended.
 *
 * @throws Refusal `strace-failed` where strace could not start or follow it.
 */
export async function runTraced(
  request: TraceRequest,
  each: (line: string, began: bigint) => void,
): Promise<TracedRun> {
  const directory = mkdtempSync(join(tmpdir(), 'landlock-run-trace-'));
  try {
    const output = join(directory, 'trace');
    const began = BigInt(Date.now()) * 1_000_000n;
    const ending = await spawnStrace(request, output);
    let lines = 0;
    for (const line of linesOf(output)) {
      lines++;
      each(line, began);
    }
    if (lines === 0)
      refuse('strace-failed', undefined, `it ended with ${ending.signal ?? ending.code} and saw nothing`);
    return { ...ending, began };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function spawnStrace(request: TraceRequest, output: string): Promise<Ending> {
  const { strace, calls, words, fast, environment, descriptors } = request;
  const options = ['-f', '-yy', '-s', '4096', ...(fast ? ['--seccomp-bpf'] : []), '-e', `trace=${calls}`, '-o', output];
  const stdin = reopenedStdin();
  return new Promise((resolve, reject) => {
    const child = spawn(strace, [...options, '--', ...words], {
      env: environment,
      stdio: stdioOf(stdin ?? 0, descriptors),
      ...(request.directory === undefined ? {} : { cwd: bufferOfBytes(request.directory).toString() }),
    });
    const stop = forwardSignals(child.pid);
    const done = (): void => {
      stop();
      if (stdin !== undefined) closeSync(stdin);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('exit', (code, signal) => {
      done();
      resolve({ code, signal });
    });
  }).catch((error: unknown) => refuse('strace-failed', undefined, errnoName(error))) as Promise<Ending>;
}

/** Where stdin is a file, each run reads it from its beginning. */
function reopenedStdin(): number | undefined {
  try {
    return fstatSync(0).isFile() ? openSync('/proc/self/fd/0', 'r') : undefined;
  } catch {
    return undefined;
  }
}

function stdioOf(stdin: number, descriptors: readonly number[]): (number | 'ignore')[] {
  const stdio: (number | 'ignore')[] = [stdin, 1, 2];
  for (const descriptor of descriptors) {
    if (!isOpen(descriptor)) continue;
    while (stdio.length <= descriptor) stdio.push('ignore');
    stdio[descriptor] = descriptor;
  }
  return stdio;
}

function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}

/**
 * Hands signals on to COMMAND, which is strace's child: strace itself blocks them (-I 4 with -o). From a terminal COMMAND has SIGINT and SIGQUIT
 * already. Out: what takes the handlers away again.
 */
function forwardSignals(strace: number | undefined): () => void {
  const typed: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
  const others: NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGCONT'];
  const terminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  const forward = (signal: NodeJS.Signals): void => {
    if (strace === undefined || (terminal && typed.includes(signal))) return;
    try {
      process.kill(childOf(strace) ?? strace, signal);
    } catch {
      // It has ended: its status is on the way.
    }
  };
  for (const signal of [...typed, ...others]) process.on(signal, forward);
  return () => {
    for (const signal of [...typed, ...others]) process.off(signal, forward);
  };
}

function childOf(pid: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
    return children[0] ? Number(children[0]) : undefined;
  } catch {
    return undefined;
  }
}

/** The lines of a file, one character a byte. */
function* linesOf(path: string): Generator<string> {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return refuse('strace-failed', undefined, errnoName(error));
  }
  try {
    const chunk = Buffer.allocUnsafe(1 << 18);
    let rest = '';
    for (let got = readSync(descriptor, chunk); got > 0; got = readSync(descriptor, chunk)) {
      const lines = (rest + chunk.toString('latin1', 0, got)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(descriptor);
  }
}
