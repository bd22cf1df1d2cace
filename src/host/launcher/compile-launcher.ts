import { isScrubbed } from '../../advice/variables.ts';
import { type Bytes, bytesOfText } from '../../base/bytes.ts';
import { type Diagnostic, diagnose } from '../../diagnostics/diagnostic.ts';
import { describeOrigin, type Origin } from '../../diagnostics/origin.ts';
import { encodePlan } from '../../plan/encode.ts';
import { makeLauncherFile } from '../../plan/launcher-file.ts';
import { findWritableGrant } from '../../policy/fence.ts';
import type { PreparedPolicy } from '../build-request.ts';
import { makeFileView } from '../files.ts';
import { loadTemplate } from './template.ts';
import { writeLauncher } from './write-launcher.ts';

/**
 * Writes a launcher that applies exactly this policy, on any kernel and without Node: paths, variables and discovered files are settled now, what the
 * kernel lacks is settled when it runs.
 *
 * @param path of the launcher, absolute.
 * @param options of which `launcher` is a spawn helper that the caller named, for the template beside it.
 * @param origin where it was asked for.
 * @returns all warnings, once it is written: where it is not, the refusal is all that is said.
 * @throws Refusal `template-missing`, `compiled-not-file`, `compiled-unwritable`; then the old file is still there.
 */
export function compileLauncherTo(
  path: Bytes,
  { policy, ruleset, warnings }: PreparedPolicy,
  { verbose, json, launcher }: { readonly verbose: boolean; readonly json: boolean; readonly launcher?: string },
  origin: Origin,
): readonly Diagnostic[] {
  // The launcher itself ends each of its refusals by naming `--explain --compiled` (native/core/message.c).
  const plan = encodePlan(policy, ruleset, { verbose, json, execHint: bytesOfText('') });
  writeLauncher(path, makeLauncherFile(loadTemplate(launcher), plan), origin);
  const grant = findWritableGrant(path, policy.files?.grants ?? [], makeFileView());
  const secrets = policy.env.set
    .filter(({ name }) => isScrubbed(name))
    .map((one) => diagnose('warning', 'compiled-secret', one.origin, path, one.name));
  if (grant === undefined) return [...warnings, ...secrets];
  return [
    ...warnings,
    ...secrets,
    diagnose('warning', 'compiled-writable', origin, path, describeOrigin(grant.origin), grant.path),
  ];
}
