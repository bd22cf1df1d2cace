import { bytesOfText } from '../base/bytes.ts';
import { diagnose, refuse } from '../diagnostics/diagnostic.ts';
import { shellWord } from '../diagnostics/message.ts';
import { describeOrigin, flagOrigin } from '../diagnostics/origin.ts';
import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { makeFileView } from '../host/files.ts';
import { loadTemplate } from '../host/launcher/template.ts';
import { writeLauncher } from '../host/launcher/write-launcher.ts';
import { loadNative } from '../host/native.ts';
import { encodePlan } from '../plan/encode.ts';
import { makeLauncherFile } from '../plan/launcher-file.ts';
import { findWritableGrant } from '../policy/fence.ts';
import { absolutePath, ROOT } from '../policy/path.ts';
import type { Ruleset } from '../ruleset/ruleset.ts';
import { writeDiagnostic } from './output.ts';
import type { Request } from './parse.ts';

const ORIGIN = flagOrigin('--compile');

/**
 * Writes a launcher that applies exactly this policy, on any kernel and without Node: paths, variables and discovered files are settled now, what the
 * kernel lacks is settled when it runs.
 *
 * @throws Refusal
 */
export async function compile(request: Request): Promise<number> {
  const [out = bytesOfText(''), ...others] = request.modeValues;
  if (others.some((other) => other !== out)) refuse('compile-twice', ORIGIN);
  const caller = makeCaller(loadNative());
  const { policy, ruleset, warnings } = await preparePolicy(request.flags, caller, undefined);
  const path = absolutePath(out, out.startsWith('/') ? ROOT : caller.workingDirectory());
  const grant = findWritableGrant(path, policy.files?.grants ?? [], makeFileView());
  const own =
    grant === undefined
      ? []
      : [diagnose('warning', 'compiled-writable', ORIGIN, path, describeOrigin(grant.origin), grant.path)];
  for (const warning of [...warnings, ...own]) writeDiagnostic(warning, request.json);
  const more = `landlock-run --explain --compiled ${shellWord(path)}`;
  const { verbose, json } = request;
  const execHint = bytesOfText(`${more} tells what the policy grants`);
  const plan = encodePlan(policy, pointTo(ruleset, more), { verbose, json, execHint });
  writeLauncher(path, makeLauncherFile(loadTemplate(), plan));
  return 0;
}

/** Whoever meets the launcher's refusals did not see the options it was made with: each ends by naming who can tell. */
function pointTo(ruleset: Ruleset, more: string): Ruleset {
  const requirements = ruleset.requirements.map((one) => ({ ...one, remedy: `${one.remedy}; see ${more}` }));
  return { ...ruleset, requirements };
}
