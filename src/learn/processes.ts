import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { absolutePath } from '../policy/path.ts';
import type { Call, TraceItem } from './strace-calls.ts';
import { annotationOf, quotedBytes } from './strace-syntax.ts';

/** What is known of one traced process. */
interface Process {
  cwd: Bytes;
  /** The last part of what it executed. */
  program: Bytes;
}

const MAKES_PROCESS: ReadonlySet<string> = new Set(['clone', 'clone3', 'fork', 'vfork']);

/**
 * Follows the processes of a trace: what each runs, and where relative paths start. A child's first line may come before its parent's clone has
 * returned; it then takes after the parent whose clone is under way.
 */
export class Processes {
  readonly #known = new Map<number, Process>();
  readonly #making: number[] = [];
  readonly #first: Process;

  constructor(workingDirectory: Bytes, program: Bytes) {
    this.#first = { cwd: workingDirectory, program };
  }

  /** Takes in a line, before what it says is asked for. */
  follow(item: TraceItem): void {
    if (item.kind === 'ended') return;
    if (item.kind === 'begun') {
      this.#of(item.pid);
      if (MAKES_PROCESS.has(item.name)) this.#making.push(item.pid);
      return;
    }
    this.#followCall(item.call);
  }

  program(pid: number): Bytes {
    return this.#of(pid).program;
  }

  /** Was the process part of the trace? */
  has(pid: number): boolean {
    return this.#known.has(pid);
  }

  /** A path as the process meant it: absolute, from its directory or the one that a descriptor names. */
  path(pid: number, path: Bytes, directory?: string): Bytes {
    const base = directory === undefined ? undefined : annotationOf(directory);
    return absolutePath(path, base?.startsWith('/') ? base : this.#of(pid).cwd);
  }

  #of(pid: number): Process {
    const known = this.#known.get(pid);
    if (known !== undefined) return known;
    const parent = this.#making.at(-1);
    const like = (parent === undefined ? undefined : this.#known.get(parent)) ?? this.#first;
    const made = { ...like };
    this.#known.set(pid, made);
    return made;
  }

  #followCall({ pid, name, words, result, errno }: Call): void {
    const process = this.#of(pid);
    const [at] = words;
    const here = at?.startsWith('AT_FDCWD<') ? annotationOf(at) : undefined;
    if (here?.startsWith('/')) process.cwd = here;
    if (MAKES_PROCESS.has(name)) {
      const index = this.#making.lastIndexOf(pid);
      if (index >= 0) this.#making.splice(index, 1);
      const child = Number.parseInt(result, 10);
      if (child > 0 && !this.#known.has(child)) this.#known.set(child, { ...process });
      return;
    }
    if (errno !== undefined) return;
    if (name === 'chdir') process.cwd = absolutePath(quotedBytes(at) ?? bytesOfText('.'), process.cwd);
    if (name === 'fchdir') process.cwd = annotationOf(at) ?? process.cwd;
    if (name === 'execve') process.program = lastPart(quotedBytes(at) ?? process.program);
    if (name === 'execveat') process.program = lastPart(quotedBytes(words[1]) || annotationOf(at) || process.program);
  }
}

function lastPart(path: Bytes): Bytes {
  return path.slice(path.lastIndexOf('/') + 1) as Bytes;
}
