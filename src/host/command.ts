import { type Foretold, foretell } from '../advice/preflight.ts';
import { neededGrants } from '../advice/preflight-grants.ts';
import type { Reach } from '../advice/reach.ts';
import { variableAfterEdits } from '../advice/variables.ts';
import { type Bytes, bytesOfText } from '../base/bytes.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { type Inspection, LOADER_VARIABLES } from '../executable/inspection.ts';
import { fsMask } from '../kernel/rights.ts';
import type { FileView } from '../policy/overlap.ts';
import { absolutePath } from '../policy/path.ts';
import type { Policy } from '../policy/policy.ts';
import type { Grant } from '../policy/statement.ts';
import type { Caller } from './caller.ts';
import { inspectCommand } from './inspect-command.ts';

/** A COMMAND as it would be found in the edited environment, and what a run under the policy comes to. */
export interface CommandOutlook {
  readonly inspection: Inspection;
  readonly foretold: Foretold;
}

/** Looks COMMAND up as the run will: in the PATH and working directory that it will have. Advice only. */
export function inspectInPolicy(name: Bytes, policy: Policy, caller: Caller): Inspection {
  const variable = (text: string): Bytes | undefined =>
    variableAfterEdits(bytesOfText(text), caller.variable(text), policy.env);
  return inspectCommand({
    name,
    PATH: variable('PATH'),
    cwd: policy.chdir?.value ?? caller.workingDirectory(),
    LD_LIBRARY_PATH: variable('LD_LIBRARY_PATH'),
    loaderVariables: LOADER_VARIABLES.filter((one) => variable(one) !== undefined),
  });
}

/** The grants of `--add-command`. */
export function commandGrants(name: Bytes, policy: Policy, caller: Caller, origin: Origin): Grant[] {
  return neededGrants(inspectInPolicy(name, policy, caller)).map(({ path, access }) => ({
    path,
    access,
    form: 'command',
    source: 'discovered',
    required: false,
    optional: true,
    origin,
  }));
}

/** What becomes of COMMAND under the policy. */
export function foresee(name: Bytes, policy: Policy, reach: Reach, caller: Caller): CommandOutlook {
  const inspection = inspectInPolicy(name, policy, caller);
  return { inspection, foretold: foretell(inspection, reach.allows) };
}

/** The directories of COMMAND's PATH, absolute: those the policy lets it search, and those that are left out of it. */
export function searchPath(
  policy: Policy,
  reach: Reach,
  view: FileView,
  caller: Caller,
): { kept: Bytes[]; without: Bytes[] } {
  const path = variableAfterEdits(bytesOfText('PATH'), caller.variable('PATH'), policy.env) ?? ('' as Bytes);
  const kept: Bytes[] = [];
  const without: Bytes[] = [];
  for (const element of path === '' ? [] : path.split(':')) {
    const directory = view.resolve(
      absolutePath((element || '.') as Bytes, policy.chdir?.value ?? caller.workingDirectory()),
    );
    const searched = policy.files === undefined || policy.keepPath.value || reach.allows(directory, fsMask('execute'));
    (searched ? kept : without).push(directory);
  }
  return { kept, without };
}
