import { fileURLToPath } from 'node:url';
import { bytesOfText } from '../base/bytes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { makeCaller } from '../host/caller.ts';
import { compileLauncherTo } from '../host/launcher/compile-launcher.ts';
import { launcherPath } from '../host/launcher/write-launcher.ts';
import { insistFile, insistOptions } from './arguments.ts';
import { promised } from './error.ts';
import { findNative, type LocateOptions } from './locate.ts';
import { type AnyPolicy, insideOf } from './policy.ts';

/**
 * Writes a standalone program that applies exactly this policy to the command that is its words, as `landlock-run --compile` does: without Node, on any kernel.
 *
 * @returns warnings.
 * @throws LandlockRunError where the policy is refused or the file cannot be written; then the old one is still there.
 */
export function compileLauncher(
  policy: AnyPolicy,
  file: string | URL,
  options: LocateOptions = {},
): Promise<readonly Diagnostic[]> {
  return promised(() => {
    insistFile(file);
    insistOptions(options);
    const caller = makeCaller(findNative(options));
    const { prepared } = insideOf(policy, options);
    const origin = flagOrigin('compileLauncher()');
    const named = bytesOfText(typeof file === 'string' ? file : fileURLToPath(file));
    const path = launcherPath(named, caller.workingDirectory(), origin);
    return compileLauncherTo(
      path,
      prepared,
      { verbose: false, json: false, ...(options.launcher === undefined ? {} : { launcher: options.launcher }) },
      origin,
    );
  });
}
