import { makeCommandRow } from '../advice/command-row.ts';
import { type ExplainFacts, explain, makeVerdict } from '../advice/explain.ts';
import type { Explanation, Verdict } from '../advice/explanation.ts';
import { makeProfilesCovering } from '../advice/profiles-covering.ts';
import { bytesOfText } from '../base/bytes.ts';
import { Refusal } from '../diagnostics/diagnostic.ts';
import { type PreparedPolicy, preparePolicy } from '../host/build-request.ts';
import { type Caller, makeCaller } from '../host/caller.ts';
import { readCoreDiagnostics } from '../host/core-output.ts';
import { type Kernel, probeKernel } from '../host/kernel-facts.ts';
import { loadNative, type Native } from '../host/native.ts';
import { survey } from '../host/survey.ts';
import { encodePlan } from '../plan/encode.ts';
import { renderExplanation } from '../render/explain.ts';
import { colourFor } from './colour.ts';
import { explainCompiled } from './explain-compiled.ts';
import { lookAround } from './look-around.ts';
import { writeAll } from './output.ts';
import type { Request } from './parse.ts';

/**
 * Says what would be enforced, and what would not. COMMAND is not run.
 *
 * @returns 0 where a run would start, 1 where not, be it that the policy itself is refused.
 */
export async function explainRequest(request: Request): Promise<number> {
  if (request.flags.some((flag) => flag.name === '--compiled')) return explainCompiled(request);
  const native = loadNative();
  const caller = makeCaller(native);
  const report = await explainPolicy(request, native, caller);
  const colour = colourFor(request, caller);
  writeAll(1, request.json ? `${JSON.stringify(report)}\n` : renderExplanation(report, colour, request.verbose));
  return report.starts ? 0 : 1;
}

async function explainPolicy(request: Request, native: Native, caller: Caller): Promise<Explanation | Verdict> {
  const kernel = probeKernel(native);
  try {
    const prepared = await preparePolicy(request.flags, caller, request.command[0]);
    return explain(gatherFacts(prepared, request, native, kernel, caller));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return makeVerdict(false, [error.diagnostic], kernel);
  }
}

function gatherFacts(
  prepared: PreparedPolicy,
  { command }: Request,
  native: Native,
  kernel: Kernel,
  caller: Caller,
): ExplainFacts {
  const { policy, ruleset, warnings } = prepared;
  const around = lookAround();
  const { enforcement, observed, view, outlook, pathWithout, lint } = survey(
    prepared,
    kernel,
    caller,
    command[0],
    around,
  );
  const plan = encodePlan(policy, ruleset, { verbose: false, json: true, execHint: bytesOfText('') });
  const result = command.length > 0 ? native.check(plan, command) : native.check(plan);
  const covering = makeProfilesCovering(caller, view);
  return {
    policy,
    ruleset,
    kernel,
    enforcement,
    observed,
    accepted: result.exit === 0,
    diagnostics: [...warnings, ...readCoreDiagnostics(result.output)],
    lint,
    command: outlook === undefined ? null : makeCommandRow(outlook.inspection, outlook.foretold, covering),
    pathWithout,
    terminal: around.terminal,
    variables: caller.variables(),
  };
}
