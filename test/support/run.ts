/** Runs a program for a test: any bytes as arguments, any state that a process can inherit. */
import { spawn } from 'node:child_process';
import { compileC } from './compile-c.ts';

/** A word of a command line, an environment value or a path: text (as UTF-8) or any bytes without NUL. */
export type Word = string | Uint8Array;

export interface RunOptions {
  /** Changes to the test's own environment; undefined removes a name. */
  readonly env?: Readonly<Record<string, Word | undefined>>;
  /** Starts from an empty environment (PATH alone) instead of the test's own. */
  readonly emptyEnv?: boolean;
  readonly cwd?: Word;
  /** What the program reads from descriptor 0; absent: /dev/null. A number is a descriptor of the test. */
  readonly stdin?: Word | number;
  /** Descriptors 3, 4, ...: a descriptor of the test, or null for none. Beyond the list none is open. */
  readonly fds?: readonly (number | null)[];
  /** Which of descriptors 0 to 2 are closed, not merely on /dev/null. */
  readonly closed?: readonly (0 | 1 | 2)[];
  /** Signals, by number, that are ignored or blocked when the program starts. */
  readonly ignoredSignals?: readonly number[];
  readonly blockedSignals?: readonly number[];
  /** The soft limit of open descriptors when the program starts. */
  readonly nofile?: number;
  /** A program that runs this one, with its arguments: see who.ts and fake-abi.ts. The first is the outermost. */
  readonly under?: readonly Word[];
  /** A hung program is killed after so many milliseconds, and the run fails. */
  readonly patience?: number;
}

export interface RunResult {
  /** The exit status, or null when a signal ended the program. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The same as bytes, for output that is not UTF-8. */
  readonly stdoutBytes: Buffer;
  readonly stderrBytes: Buffer;
  /** The process that was started (and that COMMAND became). */
  readonly pid: number;
}

const PATIENCE = 120_000;

function hex(word: Word): string {
  return Buffer.from(word).toString('hex');
}

/** The test's environment, less what would slow node down or change what it loads. */
function baseEnv(empty: boolean): NodeJS.ProcessEnv {
  const path = process.env['PATH'] ?? '/usr/bin:/bin';
  if (empty) return { PATH: path };
  const env = { ...process.env };
  for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_TEST_CONTEXT', 'NODE_V8_COVERAGE']) delete env[name];
  return env;
}

/** What exec-raw does before it becomes the program. */
function rawOptions(options: RunOptions): string[] {
  const words: string[] = [];
  for (const [name, value] of Object.entries(options.env ?? {})) {
    if (value === undefined) words.push('-u', hex(name));
    else words.push('-e', hex(Buffer.concat([Buffer.from(`${name}=`), Buffer.from(value)])));
  }
  if (options.cwd !== undefined) words.push('-d', hex(options.cwd));
  for (const signal of options.ignoredSignals ?? []) words.push('-i', String(signal));
  for (const signal of options.blockedSignals ?? []) words.push('-m', String(signal));
  if (options.nofile !== undefined) words.push('-n', String(options.nofile));
  for (const [index, fd] of (options.fds ?? []).entries()) if (fd !== null) words.push('-k', String(index + 3));
  for (const fd of options.closed ?? []) words.push('-c', String(fd));
  return words;
}

/**
 * Runs a program to its end.
 *
 * In: the program (looked up in PATH unless it holds a slash), its arguments, and what it inherits.
 * Out: how it ended and what it wrote. A program that ends badly is a result, not an error.
 * Errors: it could not be started at all, or it did not end.
 */
export function run(program: Word, args: readonly Word[], options: RunOptions = {}): Promise<RunResult> {
  const raw = compileC('exec-raw', ['test/support/exec-raw.c']);
  const words = [...rawOptions(options), '--', ...[...(options.under ?? []), program, ...args].map(hex)];
  const stdin = options.stdin;
  const child = spawn(raw, words, {
    env: baseEnv(options.emptyEnv ?? false),
    stdio: [
      typeof stdin === 'number' ? stdin : stdin === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      ...(options.fds ?? []).map((fd) => fd ?? ('ignore' as const)),
    ],
  });
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let hung = false;
    const patience = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, options.patience ?? PATIENCE);
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin?.on('error', () => {}); // a program may end without reading all of its input (EPIPE)
    child.stdin?.end(typeof stdin === 'number' ? undefined : stdin);
    child.on('error', (error) => {
      clearTimeout(patience);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(patience);
      const [stdoutBytes, stderrBytes] = [Buffer.concat(stdout), Buffer.concat(stderr)];
      if (hung) return reject(new Error(`did not end: ${String(program)}\n${stdoutBytes}${stderrBytes}`));
      const texts = { stdout: stdoutBytes.toString(), stderr: stderrBytes.toString() };
      resolve({ code, signal, ...texts, stdoutBytes, stderrBytes, pid: child.pid ?? -1 });
    });
  });
}
