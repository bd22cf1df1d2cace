import { bytesOfText } from '../base/bytes.ts';
import { type Diagnostic, diagnose, Refusal, refuse } from '../diagnostics/diagnostic.ts';
import { shellWord } from '../diagnostics/message.ts';
import { describeOrigin, flagOrigin } from '../diagnostics/origin.ts';
import { makeCaller } from '../host/caller.ts';
import { errnoName, makeFileView } from '../host/files.ts';
import { loadTemplate } from '../host/launcher/template.ts';
import { writeLauncher } from '../host/launcher/write-launcher.ts';
import { encodePlan } from '../plan/encode.ts';
import { makeLauncherFile } from '../plan/launcher-file.ts';
import { findWritableGrant } from '../policy/fence.ts';
import { absolutePath } from '../policy/path.ts';
import type { Ruleset } from '../ruleset/ruleset.ts';
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
  file: string,
  options: LocateOptions = {},
): Promise<readonly Diagnostic[]> {
  return promised(() => {
    const caller = makeCaller(findNative(options));
    const { prepared } = insideOf(policy, options);
    const path = absolutePath(bytesOfText(file), caller.workingDirectory());
    const origin = flagOrigin('compileLauncher()');
    const grant = findWritableGrant(path, prepared.policy.files?.grants ?? [], makeFileView());
    const more = `landlock-run --explain --compiled ${shellWord(path)}`;
    const execHint = bytesOfText(`${more} tells what the policy grants`);
    const plan = encodePlan(prepared.policy, pointTo(prepared.ruleset, more), {
      verbose: false,
      json: false,
      execHint,
    });
    const content = makeLauncherFile(loadTemplate(), plan);
    try {
      writeLauncher(path, content);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      refuse('compiled-unwritable', origin, path, errnoName(error)); // the look at what is there now failed
    }
    return grant === undefined
      ? prepared.warnings
      : [
          ...prepared.warnings,
          diagnose('warning', 'compiled-writable', origin, path, describeOrigin(grant.origin), grant.path),
        ];
  });
}

/** Whoever meets the launcher's refusals did not see the policy: each ends by naming who can tell. */
function pointTo(ruleset: Ruleset, more: string): Ruleset {
  const requirements = ruleset.requirements.map((one) => ({ ...one, remedy: `${one.remedy}; see ${more}` }));
  return { ...ruleset, requirements };
}
