import { type Foretold, foretell } from '../advice/preflight.ts';
import { neededGrants } from '../advice/preflight-grants.ts';
import type { ObservedRule, Reach } from '../advice/reach.ts';
import { variableAfterEdits } from '../advice/variables.ts';
import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { Refusal } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { type Inspection, LOADER_VARIABLES } from '../executable/inspection.ts';
import { fsMask, type Mask } from '../kernel/rights.ts';
import type { FileView } from '../policy/overlap.ts';
import { absolutePath, directoryOf } from '../policy/path.ts';
import type { Policy } from '../policy/policy.ts';
import type { Grant } from '../policy/statement.ts';
import type { Caller } from './caller.ts';
import { inspectCommand } from './inspect-command.ts';
import { identityOf } from './observe.ts';

/** A COMMAND as it would be found in the edited environment, and what a run under the policy comes to. */
export interface CommandOutlook {
  readonly inspection: Inspection;
  readonly foretold: Foretold;
}

/**
 * Where COMMAND will be. A working directory that was removed has no name, and a run that names nothing relative goes well all the same: advice must not
 * be what refuses it, so it is looked at by the kernel's own link, below which nothing is found.
 */
function directoryOfRun(policy: Policy, caller: Caller): Bytes {
  if (policy.chdir !== undefined) return policy.chdir.value;
  try {
    return caller.workingDirectory();
  } catch (error) {
    if (error instanceof Refusal) return bytesOfText('/proc/self/cwd');
    throw error;
  }
}

/** Looks COMMAND up as the run will: in the PATH and working directory that it will have. Advice only. */
export function inspectInPolicy(name: Bytes, policy: Policy, caller: Caller): Inspection {
  const variable = (text: string): Bytes | undefined =>
    variableAfterEdits(bytesOfText(text), caller.variable(text), policy.env);
  return inspectCommand({
    name,
    PATH: variable('PATH'),
    cwd: directoryOfRun(policy, caller),
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

/**
 * The directories of COMMAND's PATH, as they are written there: those that stay and those that are left out, by the rules of docs/plan-format.md
 * ("Environment").
 *
 * @param handled the rights that the ruleset handles on this kernel.
 */
export function searchPath(
  policy: Policy,
  observed: readonly ObservedRule[],
  reach: Reach,
  handled: Mask,
  view: FileView,
  caller: Caller,
): { kept: Bytes[]; without: Bytes[] } {
  const path = variableAfterEdits(bytesOfText('PATH'), caller.variable('PATH'), policy.env);
  const elements = path === undefined ? [] : (path.split(':') as Bytes[]);
  const execute = fsMask('execute');
  if (policy.files === undefined || policy.keepPath.value || (handled & execute) === 0) {
    return { kept: elements, without: [] };
  }
  // An executable file that was granted makes the directory worth searching.
  const holders = new Set(
    observed
      .filter((one) => one.state === 'file' && (one.rule.access & execute) !== 0)
      .map((one) => identityOf(directoryOf(one.rule.path))),
  );
  const kept: Bytes[] = [];
  const without: Bytes[] = [];
  const base = directoryOfRun(policy, caller);
  for (const element of elements) {
    const directory = absolutePath((element || '.') as Bytes, base);
    const identity = identityOf(directory);
    const stays = identity === undefined || holders.has(identity) || reach.allows(view.resolve(directory), execute);
    (stays ? kept : without).push(element);
  }
  return kept.length === 0 ? { kept: elements, without: [] } : { kept, without };
}
