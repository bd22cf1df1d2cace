import { explain, makeVerdict } from '../advice/explain.ts';
import type { Explanation, Verdict } from '../advice/explanation.ts';
import { bytesOfText } from '../base/bytes.ts';
import { Refusal } from '../diagnostics/diagnostic.ts';
import { preparePolicy } from '../host/build-request.ts';
import { type Caller, makeCaller } from '../host/caller.ts';
import { probeKernel } from '../host/kernel-facts.ts';
import { loadNative, type Native } from '../host/native.ts';
import { gatherExplainFacts } from '../host/report-facts.ts';
import { encodePlan } from '../plan/encode.ts';
import { renderExplanation } from '../render/explain.ts';
import { colourFor } from './colour.ts';
import { explainCompiled } from './explain-compiled.ts';
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

async function explainPolicy(
  { flags, command }: Request,
  native: Native,
  caller: Caller,
): Promise<Explanation | Verdict> {
  const kernel = probeKernel(native);
  try {
    const prepared = await preparePolicy(flags, caller, command[0]);
    const execHint = bytesOfText('');
    const plan = encodePlan(prepared.policy, prepared.ruleset, { verbose: false, json: true, execHint });
    return explain(gatherExplainFacts({ native, kernel, caller, prepared, plan, command }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return makeVerdict(false, [error.diagnostic], kernel);
  }
}
