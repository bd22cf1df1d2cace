import { packageFile } from './package-roots.ts';

/**
 * The program that landlock-run is in this package, or undefined where there is none: what the build made for this machine, else what the package
 * carries for this processor. Never the script that npm puts on PATH: a shell on the way costs time, and what it drops (docs/process-state.md).
 */
export function frontFile(): string | undefined {
  return packageFile('bin/landlock-run', `bin/landlock-run-${process.arch}`);
}
