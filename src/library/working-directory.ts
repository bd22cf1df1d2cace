import { accessSync, constants, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Diagnostic, diagnose, Refusal } from '../diagnostics/diagnostic.ts';

/** A working directory as child_process.spawn takes it. */
type Place = string | URL | null | undefined;

/** What keeps a child from entering it, in the words of all who look; undefined where nothing does. Absent it is this process's own. */
export function diagnoseDirectory(cwd: Place): Diagnostic | undefined {
  if (cwd === undefined || cwd === null || cwd === '') return undefined;
  const path = typeof cwd === 'string' ? cwd : fileURLToPath(cwd);
  const errno = whyNot(path);
  return errno === undefined ? undefined : diagnose('error', 'cwd-missing', undefined, path, errno);
}

/** Foretells what run() would say. @throws Refusal `cwd-missing` */
export function refuseDirectory(cwd: Place): void {
  const diagnostic = diagnoseDirectory(cwd);
  if (diagnostic !== undefined) throw new Refusal(diagnostic);
}

function whyNot(path: string): string | undefined {
  try {
    if (!statSync(path).isDirectory()) return 'ENOTDIR';
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  }
}
