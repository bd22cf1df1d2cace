import { findHoles } from '../advice/holes.ts';
import { type CheckFacts, makeCheckReport, type Proof } from '../advice/report-check.ts';
import { bytesOfText } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import { Refusal } from '../diagnostics/diagnostic.ts';
import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { readCoreDiagnostics } from '../host/core-output.ts';
import { type Kernel, probeKernel } from '../host/kernel-facts.ts';
import { loadNative, type Native, type NativeProof } from '../host/native.ts';
import { survey } from '../host/survey.ts';
import { encodePlan } from '../plan/encode.ts';
import type { Flag } from '../policy/from-flags.ts';
import { renderCheck } from '../render/check.ts';
import { colourFor } from './colour.ts';
import { lookAround } from './look-around.ts';
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
    const [name] = request.command;
    const prepared = await preparePolicy(flags, caller, name);
    const { policy, ruleset, warnings } = prepared;
    const { enforcement, lint } = survey(prepared, kernel, caller, name, lookAround());
    const plan = encodePlan(policy, ruleset, { verbose: request.verbose, json: true, execHint: bytesOfText('') });
    const result = request.command.length > 0 ? native.check(plan, request.command) : native.check(plan);
    const proofs = result.proofs.map(readProof);
    return {
      kernel,
      accepted: result.ok && proofs.every((proof) => proof.ok),
      proofs,
      diagnostics: [...warnings, ...readCoreDiagnostics(result.output)],
      holes: findHoles(policy, enforcement),
      // Without options there is no policy of the user's to warn about.
      lint: request.flags.length === 0 ? [] : lint,
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const diagnostics = [error.diagnostic];
    return { kernel, accepted: false, proofs: [], diagnostics, holes: [], lint: [] };
  }
}

function readProof({ name, subject, expected, observed }: NativeProof): Proof {
  const shown = (errno: string): string => errno || 'allowed';
  return {
    name,
    subject: escapeBytes(subject),
    expected: shown(expected),
    observed: shown(observed),
    ok: expected === observed,
  };
}
