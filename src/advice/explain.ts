import type { Bytes } from '../base/bytes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { describeOrigin } from '../diagnostics/origin.ts';
import { linuxOfAbi } from '../kernel/abi-table.ts';
import { fsMask, restrictMask, scopeMask } from '../kernel/rights.ts';
import type { Policy } from '../policy/policy.ts';
import { SCOPE_NAMES, type ScopeName } from '../policy/statement.ts';
import type { Enforcement, KernelFacts } from '../ruleset/evaluate.ts';
import type { Requirement, Ruleset } from '../ruleset/ruleset.ts';
import { explainFiles } from './explain-files.ts';
import { explainNetwork } from './explain-network.ts';
import { explainEnvironment, explainProcess } from './explain-process.ts';
import type { CommandRow, Explanation, UnenforcedRow, Verdict } from './explanation.ts';
import { findHoles } from './holes.ts';
import type { ObservedRule } from './reach.ts';

/** The kernel, and why it has no Landlock where it has none. */
export type ExplainedKernel = KernelFacts & { readonly absent: string | undefined };

/** What an explanation is made from: the values that a run uses, and what was seen on this machine. */
export interface ExplainFacts {
  readonly policy: Policy;
  readonly ruleset: Ruleset;
  readonly kernel: ExplainedKernel;
  readonly enforcement: Enforcement;
  readonly observed: readonly ObservedRule[];
  /** Of the throw-away child that applied the plan. */
  readonly accepted: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly lint: readonly Diagnostic[];
  readonly command: CommandRow | null;
  /** Directories that are left out of COMMAND's PATH. */
  readonly pathWithout: readonly Bytes[];
  /** A terminal is open on one of descriptors 0 to 2. */
  readonly terminal: boolean;
  /** The caller's variables. */
  readonly variables: ReadonlyMap<Bytes, Bytes>;
}

/** Facts → explanation. Pure. */
export function explain(facts: ExplainFacts): Explanation {
  const { policy, kernel, enforcement } = facts;
  const files = policy.files && explainFiles(facts.ruleset, facts.observed, enforcement.handledFs, facts.terminal);
  return {
    ...makeVerdict(facts.accepted && facts.command?.outcome !== 'fails', facts.diagnostics, kernel),
    level: policy.compatibility.value,
    files: files ?? null,
    network: explainNetwork(policy, enforcement),
    scopes: SCOPE_NAMES.map((name) => ({ name, state: scopeState(name, policy, enforcement) })),
    filter: enforcement.filter,
    // What a kernel always denies makes nothing stricter where it denies nothing at all.
    unenforced: [...enforcement.refused, ...enforcement.dropped]
      .filter((one) => one.kind !== 'abi' && (!one.stricter || enforcement.handledFs !== 0))
      .map(describeUnmet),
    notStopped: findHoles(policy, enforcement),
    command: facts.command,
    process: explainProcess(policy, facts.pathWithout, (kernel.restrict & restrictMask('log_new_exec_on')) !== 0),
    environment: explainEnvironment(policy, facts.variables),
    lint: facts.lint,
  };
}

/** All that can be said of a policy that is refused itself. */
export function makeVerdict(starts: boolean, diagnostics: readonly Diagnostic[], kernel: ExplainedKernel): Verdict {
  const { abi, absent } = kernel;
  return { v: 1, starts, diagnostics, kernel: { abi, linux: linuxOfAbi(abi) ?? null, absent: absent ?? null } };
}

/** How a scope is kept, or why not. */
function scopeState(name: ScopeName, policy: Policy, { scoped, handledFs, filter }: Enforcement): string {
  const scope = policy.scopes[name];
  if (!scope.value) return scope.origin === undefined ? 'off' : `off (${describeOrigin(scope.origin)})`;
  const kept: Record<ScopeName, boolean> = {
    signal: (scoped & scopeMask('signal')) !== 0,
    'abstract-unix-socket': (scoped & scopeMask('abstract_unix_socket')) !== 0,
    'pathname-unix-socket': (handledFs & fsMask('resolve_unix')) !== 0,
    'device-ioctl': (handledFs & fsMask('ioctl_dev')) !== 0,
    terminal: filter.includes('terminal'),
  };
  return kept[name] ? 'on' : 'not on this kernel';
}

function describeUnmet({ kind, lack, stricter, stated, origin, unmet }: Requirement): UnenforcedRow {
  const hardening = !stated && !stricter && origin === undefined;
  const direction = kind === 'restrict' ? 'unlogged' : stricter ? 'stricter' : 'weaker';
  return { text: lack, direction, hardening, refuses: unmet === 'refuse' };
}
