import { type CheckFacts, makeCheckReport } from '../advice/report-check.ts';
import { bytesOfText } from '../base/bytes.ts';
import { Refusal } from '../diagnostics/diagnostic.ts';
import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { type Kernel, probeKernel } from '../host/kernel-facts.ts';
import { loadNative, type Native } from '../host/native.ts';
import { gatherCheckFacts } from '../host/report-facts.ts';
import { encodePlan } from '../plan/encode.ts';
import type { Flag } from '../policy/from-flags.ts';
import { renderCheck } from '../render/check.ts';
import { colourFor } from './colour.ts';
import { writeAll } from './output.ts';
import type { Request } from './parse.ts';

/** What is checked where no option says anything of a policy. */
const USUAL: readonly Flag[] = [{ name: '--rw', value: bytesOfText('.') }];

/**
 * Would a run with these options be accepted here? Proven in a throw-away child.
 *
 * @returns 0 where it would, 1 where not.
 */
export async function check(request: Request): Promise<number> {
  const native = loadNative();
  const kernel = probeKernel(native);
  const report = makeCheckReport(await checkPolicy(native, kernel, request));
  const caller = makeCaller(native);
  const colour = colourFor(request, caller);
  writeAll(1, request.json ? `${JSON.stringify(report)}\n` : renderCheck(report, colour));
  return report.accepted ? 0 : 1;
}

async function checkPolicy(native: Native, kernel: Kernel, request: Request): Promise<CheckFacts> {
  const flags = request.flags.length === 0 ? USUAL : request.flags;
  try {
    const caller = makeCaller(native);
    const { command, verbose } = request;
    const prepared = await preparePolicy(flags, caller, command[0]);
    const plan = encodePlan(prepared.policy, prepared.ruleset, { verbose, json: true, execHint: bytesOfText('') });
    const facts = gatherCheckFacts({ native, kernel, caller, prepared, plan, command });
    // Without options there is no policy of the user's to warn about.
    return request.flags.length === 0 ? { ...facts, lint: [] } : facts;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const diagnostics = [error.diagnostic];
    return { kernel, accepted: false, proofs: [], diagnostics, holes: [], lint: [] };
  }
}
