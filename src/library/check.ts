import { isatty } from 'node:tty';
import { findHoles } from '../advice/holes.ts';
import { type CheckFacts, type CheckReport, makeCheckReport, type Proof } from '../advice/report-check.ts';
import { bytesOfText } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import { type Diagnostic, diagnose, Refusal } from '../diagnostics/diagnostic.ts';
import { readCoreDiagnostics } from '../host/core-output.ts';
import { type Kernel, probeKernel } from '../host/kernel-facts.ts';
import type { NativeProof } from '../host/native.ts';
import { type Surroundings as Around, survey } from '../host/survey.ts';
import { promised } from './error.ts';
import { findLauncher, findNative, type LocateOptions } from './locate.ts';
import { type AnyPolicy, insideOf } from './policy.ts';
import { type Surroundings, surroundings } from './surroundings.ts';

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
    const native = findNative(options);
    kernel = probeKernel(native);
    findLauncher(options);
    const { prepared, plan } = insideOf(policy, options);
    const words = command.map(bytesOfText);
    const { enforcement, lint } = survey(prepared, kernel, surroundings(options), words[0], lookAround());
    const result = words.length > 0 ? native.check(plan, words) : native.check(plan);
    const proofs = result.proofs.map(readProof);
    return {
      kernel,
      accepted: result.ok && proofs.every((proof) => proof.ok),
      proofs,
      diagnostics: [...prepared.warnings, ...readCoreDiagnostics(result.output)],
      holes: findHoles(prepared.policy, enforcement),
      lint: usual ? [] : lint,
    };
  } catch (error) {
    return { kernel, accepted: false, proofs: [], diagnostics: [diagnosticOf(error)], holes: [], lint: [] };
  }
}

function diagnosticOf(error: unknown): Diagnostic {
  if (error instanceof Refusal) return error.diagnostic;
  return diagnose('error', 'internal', undefined, error instanceof Error ? error.message : String(error));
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

export function lookAround(): Around {
  return { terminal: [0, 1, 2].some((descriptor) => isatty(descriptor)), uid: process.getuid?.() ?? 0 };
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
