import { type CheckFacts, type CheckReport, makeCheckReport } from '../advice/report-check.ts';
import { bytesOfText } from '../base/bytes.ts';
import { type Diagnostic, diagnose } from '../diagnostics/diagnostic.ts';
import { type Kernel, probeKernel } from '../host/kernel-facts.ts';
import { gatherCheckFacts } from '../host/report-facts.ts';
import { insistOptions, insistWords } from './arguments.ts';
import { diagnosticOf, promised } from './error.ts';
import { findLauncher, findNative, type LocateOptions } from './locate.ts';
import { type AnyPolicy, insideOf } from './policy.ts';
import { type Surroundings, surroundings } from './surroundings.ts';
import { refuseDirectory } from './working-directory.ts';

/** What check(), explain() and preflight() take: where COMMAND would be looked up. */
export interface LookOptions extends Surroundings, LocateOptions {}

/** What is checked where no policy is given: that of `landlock-run --check`. */
const USUAL: AnyPolicy = { fs: { rw: ['.'] } };

/**
 * Would a run under this policy be accepted on this machine? Proven in a throw-away child: the plan is applied for real, and what it denies is tried. To be
 * called when a host starts. Says so where there is no Linux or no Landlock, and where a file of the package is missing; it rejects nothing.
 *
 * @param command COMMAND and its arguments, for what depends on them.
 */
export function check(
  policy: AnyPolicy = USUAL,
  command: readonly string[] = [],
  options: LookOptions = {},
): Promise<CheckReport> {
  return promised(() => makeCheckReport(gather(policy, command, options, policy === USUAL)));
}

function gather(policy: AnyPolicy, command: readonly string[], options: LookOptions, usual: boolean): CheckFacts {
  let kernel = NOWHERE;
  try {
    insistWords(command, 'command');
    insistOptions(options);
    const native = findNative(options);
    kernel = probeKernel(native);
    findLauncher(options);
    refuseDirectory(options.cwd);
    const { prepared, plan } = insideOf(policy, options);
    const caller = surroundings(options);
    const facts = gatherCheckFacts({ native, kernel, caller, prepared, plan, command: command.map(bytesOfText) });
    return usual ? { ...facts, lint: [] } : facts;
  } catch (error) {
    return { kernel, accepted: false, proofs: [], diagnostics: [told(error)], holes: [], lint: [] };
  }
}

function told(error: unknown): Diagnostic {
  const text = error instanceof Error ? error.message : String(error);
  return diagnosticOf(error) ?? diagnose('error', 'internal', undefined, text);
}

/** A machine that could not even be asked. */
const NOWHERE: Kernel = {
  abi: 0,
  fs: 0,
  net: 0,
  scopes: 0,
  restrict: 0,
  filter: 0,
  seccomp: false,
  absent: 'not asked: the kernel cannot be reached from here',
  errata: undefined,
};
