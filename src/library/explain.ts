import { makeCommandRow } from '../advice/command-row.ts';
import { explain as explainFacts } from '../advice/explain.ts';
import type { CommandRow, Explanation } from '../advice/explanation.ts';
import { makeProfilesCovering } from '../advice/profiles-covering.ts';
import { bytesOfText } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { probeKernel } from '../host/kernel-facts.ts';
import { lookAround } from '../host/look-around.ts';
import { gatherExplainFacts } from '../host/report-facts.ts';
import { survey } from '../host/survey.ts';
import { insistCommand, insistOptions, insistWords } from './arguments.ts';
import type { LookOptions } from './check.ts';
import { promised } from './error.ts';
import { findNative } from './locate.ts';
import { type AnyPolicy, insideOf } from './policy.ts';
import { surroundings } from './surroundings.ts';
import { refuseDirectory } from './working-directory.ts';

/**
 * What would be enforced here, and what would not: the document of `landlock-run --explain --json`. Nothing is run.
 *
 * @throws LandlockRunError where the policy is refused, or `cwd` cannot be entered.
 */
export function explain(
  policy: AnyPolicy,
  command: readonly string[] = [],
  options: LookOptions = {},
): Promise<Explanation> {
  return promised(() => {
    insistWords(command, 'command');
    insistOptions(options);
    refuseDirectory(options.cwd);
    const native = findNative(options);
    const kernel = probeKernel(native);
    const caller = surroundings(options);
    const { prepared, plan } = insideOf(policy, options);
    return explainFacts(
      gatherExplainFacts({ native, kernel, caller, prepared, plan, command: command.map(bytesOfText) }),
    );
  });
}

/**
 * Foretells whether COMMAND would start, which file it would be, and what the policy would have to grant. Advice: the kernel is the judge.
 *
 * @throws LandlockRunError where the policy is refused, or `cwd` cannot be entered.
 */
export function preflight(policy: AnyPolicy, command: string, options: LookOptions = {}): Promise<CommandRow> {
  return promised(() => {
    insistCommand(command);
    insistOptions(options);
    refuseDirectory(options.cwd);
    const caller = surroundings(options);
    const { prepared } = insideOf(policy, options);
    const kernel = probeKernel(findNative(options));
    const { outlook, view } = survey(prepared, kernel, caller, bytesOfText(command), lookAround());
    if (outlook === undefined) return refuse('internal', undefined, 'a command without an outlook');
    return makeCommandRow(outlook.inspection, outlook.foretold, makeProfilesCovering(caller, view));
  });
}
