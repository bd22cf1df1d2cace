import { isatty } from 'node:tty';
import { makeCommandRow } from '../advice/command-row.ts';
import { explain } from '../advice/explain.ts';
import { makeProfilesCovering } from '../advice/profiles-covering.ts';
import { bytesOfText } from '../base/bytes.ts';
import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { readCoreDiagnostics } from '../host/core-output.ts';
import { probeKernel } from '../host/kernel-facts.ts';
import { loadNative } from '../host/native.ts';
import { survey } from '../host/survey.ts';
import { encodePlan } from '../plan/encode.ts';
import { renderExplanation } from '../render/explain.ts';
import { colourFor } from './colour.ts';
import { writeAll } from './output.ts';
import type { Request } from './parse.ts';

/**
 * Says what would be enforced, and what would not. COMMAND is not run.
 *
 * @returns 0 where a run would start, 1 where not.
 * @throws Refusal where the policy itself is refused.
 */
export async function explainRequest(request: Request): Promise<number> {
  const native = loadNative();
  const caller = makeCaller(native);
  const kernel = probeKernel(native);
  const [name] = request.command;
  const prepared = await preparePolicy(request.flags, caller, name);
  const { policy, ruleset, warnings } = prepared;
  const around = { terminal: [0, 1, 2].some((descriptor) => isatty(descriptor)), uid: process.getuid?.() ?? 0 };
  const seen = survey(prepared, kernel, caller, name, around);
  const plan = encodePlan(policy, ruleset, { verbose: false, json: true, execHint: bytesOfText('') });
  const result = request.command.length > 0 ? native.check(plan, request.command) : native.check(plan);
  const covering = makeProfilesCovering(caller, seen.view);
  const report = explain({
    policy,
    ruleset,
    kernel,
    enforcement: seen.enforcement,
    observed: seen.observed,
    accepted: result.exit === 0,
    diagnostics: [...warnings, ...readCoreDiagnostics(result.output)],
    lint: seen.lint,
    command:
      seen.outlook === undefined ? null : makeCommandRow(seen.outlook.inspection, seen.outlook.foretold, covering),
    pathWithout: seen.pathWithout,
  });
  const colour = colourFor(request, caller);
  writeAll(1, request.json ? `${JSON.stringify(report)}\n` : renderExplanation(report, colour, request.verbose));
  return report.starts ? 0 : 1;
}
