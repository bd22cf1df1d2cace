import { makeCommandRow } from '../advice/command-row.ts';
import type { ExplainFacts } from '../advice/explain.ts';
import { findHoles } from '../advice/holes.ts';
import { makeProfilesCovering } from '../advice/profiles-covering.ts';
import type { CheckFacts, Proof } from '../advice/report-check.ts';
import type { Bytes } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import type { Plan } from '../plan/encode.ts';
import type { PreparedPolicy } from './build-request.ts';
import type { Caller } from './caller.ts';
import { readCoreDiagnostics } from './core-output.ts';
import type { Kernel } from './kernel-facts.ts';
import { lookAround } from './look-around.ts';
import type { Native, NativeCheck, NativeProof } from './native.ts';
import { survey } from './survey.ts';

/** What a report is asked about: a policy, as a plan whose diagnostics are JSON, and perhaps a COMMAND with its arguments. */
export interface Question {
  readonly native: Native;
  readonly kernel: Kernel;
  readonly caller: Caller;
  readonly prepared: PreparedPolicy;
  readonly plan: Plan;
  readonly command: readonly Bytes[];
}

/** What --check reports: the plan is applied in a throw-away child, and what it denies is tried there. */
export function gatherCheckFacts(question: Question): CheckFacts {
  const { kernel, caller, prepared, command } = question;
  const { enforcement, lint } = survey(prepared, kernel, caller, command[0], lookAround());
  const result = tryPlan(question);
  const proofs = result.proofs.map(readProof);
  return {
    kernel,
    accepted: result.ok && proofs.every((proof) => proof.ok),
    proofs,
    diagnostics: [...prepared.warnings, ...readCoreDiagnostics(result.output)],
    holes: findHoles(prepared.policy, enforcement),
    lint,
  };
}

/** What --explain reports: the same trial, what is granted and enforced, and what would become of COMMAND. */
export function gatherExplainFacts(question: Question): ExplainFacts {
  const { kernel, caller, prepared, command } = question;
  const { policy, ruleset, warnings } = prepared;
  const around = lookAround();
  const { enforcement, observed, view, outlook, pathWithout, lint } = survey(
    prepared,
    kernel,
    caller,
    command[0],
    around,
  );
  const result = tryPlan(question);
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

function tryPlan({ native, plan, command }: Question): NativeCheck {
  return command.length > 0 ? native.check(plan, command) : native.check(plan);
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
