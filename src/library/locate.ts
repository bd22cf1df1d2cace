import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, refuse } from '../diagnostics/diagnostic.ts';
import { LAUNCHER_ARCHITECTURES } from '../host/launcher/template.ts';
import { loadNative, type Native } from '../host/native.ts';
import { packageRoots, soughtPackage } from '../host/package-roots.ts';

/** What every function of the library that touches the machine takes. */
export interface LocateOptions {
  /**
   * The absolute path of the spawn helper (dist/launcher/ARCH/spawn of the package), for programs that ship it elsewhere. The addon (landlock_run.node) is
   * then looked for beside it first.
   */
  readonly launcher?: string | undefined;
}

let found: string | undefined;

/**
 * Finds the spawn helper at first use. No environment variable has a say in it.
 *
 * @throws Refusal `launcher-missing` with what was tried, `launcher-unsupported`
 */
export function findLauncher({ launcher }: LocateOptions): string {
  if (launcher !== undefined)
    return existsSync(launcher) ? launcher : refuse('launcher-missing', undefined, [launcher]);
  if (!isSupported()) refuse('launcher-unsupported', undefined, process.arch);
  found ??= findPrebuilt();
  return found;
}

function findPrebuilt(): string {
  const candidates = packageRoots().map((root) => join(root, 'dist', 'launcher', process.arch, 'spawn'));
  const sought = candidates.length === 0 ? [soughtPackage()] : candidates;
  return candidates.find((path) => existsSync(path)) ?? refuse('launcher-missing', undefined, sought);
}

function isSupported(): boolean {
  return (LAUNCHER_ARCHITECTURES as readonly string[]).includes(process.arch);
}

/** The addon, loaded at first use. That there is none for a processor is told of the processor: no bundler has lost it. @throws Refusal */
export function findNative({ launcher }: LocateOptions): Native {
  try {
    return loadNative(launcher);
  } catch (error) {
    const absent = error instanceof Refusal && error.diagnostic.code === 'addon-missing';
    if (absent && launcher === undefined && !isSupported()) refuse('launcher-unsupported', undefined, process.arch);
    throw error;
  }
}
