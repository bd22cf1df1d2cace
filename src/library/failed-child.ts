import type { ChildProcess } from 'node:child_process';
import { type Diagnostic, diagnose } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { LandlockRunError } from './error.ts';
import { diagnoseDirectory } from './working-directory.ts';

/**
 * Makes a child process tell that COMMAND was not started: one 'error', in the place of 'spawn', and before 'exit'. Another one behind it, such as that of an
 * AbortSignal, is about nothing that runs, and would end a host that listens once. One before it takes its time, and says what is true.
 *
 * @param error what to tell; absent, it is what child_process itself is about to emit, in our words.
 */
export function failChild(
  child: ChildProcess,
  launcher: string,
  cwd: string | URL | undefined,
  error?: LandlockRunError,
): void {
  const emit = child.emit.bind(child) as (event: string | symbol, ...values: unknown[]) => boolean;
  let told = false;
  child.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    const [first] = values as [NodeJS.ErrnoException | undefined];
    if (event !== 'error' && (event !== 'spawn' || error === undefined)) return emit(event, ...values);
    const reason = error ?? (first?.syscall?.startsWith('spawn') ? spawnError(first, launcher, cwd) : undefined);
    if (told || reason === undefined) return true;
    told = true;
    return emit('error', reason);
  };
}

/** What says that the helper is as it should be, and this process or the system at its limits. */
const EXHAUSTED: readonly string[] = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'];

/** What uv_spawn() says, about what it was really said of: the working directory, the helper, or this process. */
export function spawnError(
  cause: NodeJS.ErrnoException,
  launcher: string,
  cwd: string | URL | undefined,
): LandlockRunError {
  return new LandlockRunError(diagnoseSpawn(cause.code ?? cause.message, launcher, cwd), { cause });
}

function diagnoseSpawn(errno: string, launcher: string, cwd: string | URL | undefined): Diagnostic {
  if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errno)) {
    const directory = diagnoseDirectory(cwd);
    if (directory !== undefined) return directory;
  }
  if (errno === 'EBADF') {
    return diagnose(
      'error',
      'option-invalid',
      flagOrigin('options.stdio'),
      'stdio',
      'a list whose numbers are open descriptors',
    );
  }
  if (EXHAUSTED.includes(errno)) return diagnose('error', 'resources-exhausted', undefined, errno, 'a process');
  return diagnose('error', 'spawn-failed', undefined, errno, launcher);
}
