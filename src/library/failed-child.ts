import type { ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { diagnose } from '../diagnostics/diagnostic.ts';
import { LandlockRunError } from './error.ts';

/**
 * Makes a child process tell that COMMAND was not started: 'error' comes in the place of 'spawn', and before 'exit'.
 *
 * @param error what to tell; absent, it is what child_process itself is about to emit, in our words.
 * @returns the error that will be told.
 */
export function failChild(
  child: ChildProcess,
  launcher: string,
  cwd: string | URL | undefined,
  error?: LandlockRunError,
): LandlockRunError | undefined {
  const emit = child.emit.bind(child) as (event: string | symbol, ...values: unknown[]) => boolean;
  child.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    if (event === 'spawn' && error !== undefined) return emit('error', error);
    const [first] = values as [NodeJS.ErrnoException | undefined];
    if (event === 'error' && first?.syscall?.startsWith('spawn') === true) {
      return emit('error', spawnError(first, launcher, cwd));
    }
    return emit(event, ...values);
  };
  return error;
}

/** What uv_spawn() says, about what it was really said of: the working directory, the helper, or this process. */
export function spawnError(
  cause: NodeJS.ErrnoException,
  launcher: string,
  cwd: string | URL | undefined,
): LandlockRunError {
  const errno = cause.code ?? cause.message;
  const directory = cwd === undefined ? undefined : typeof cwd === 'string' ? cwd : fileURLToPath(cwd);
  const diagnostic =
    directory !== undefined && ['ENOENT', 'ENOTDIR', 'EACCES'].includes(errno) && !isDirectory(directory)
      ? diagnose('error', 'cwd-missing', undefined, directory, errno)
      : diagnose('error', 'spawn-failed', undefined, errno, launcher);
  return new LandlockRunError(diagnostic, { cause });
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
