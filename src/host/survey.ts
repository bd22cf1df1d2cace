import { type LintFacts, lint } from '../advice/lint.ts';
import { makeReach, type ObservedRule, type Reach } from '../advice/reach.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { FileView } from '../policy/overlap.ts';
import { type Enforcement, evaluate } from '../ruleset/evaluate.ts';
import type { PreparedPolicy } from './build-request.ts';
import type { Caller } from './caller.ts';
import { type CommandOutlook, foresee, searchPath } from './command.ts';
import { makeFileView } from './files.ts';
import type { Kernel } from './kernel-facts.ts';
import { makeIdentify, observeRules } from './observe.ts';
import { seeSockets } from './sockets.ts';
import { trustedFiles } from './trusted.ts';

/** What a policy comes to on this machine, as seen before a run: what explain, check and why read. */
export interface Survey {
  readonly enforcement: Enforcement;
  readonly observed: readonly ObservedRule[];
  readonly reach: Reach;
  readonly view: FileView;
  /** Undefined where no COMMAND was given. */
  readonly outlook: CommandOutlook | undefined;
  readonly pathWithout: readonly Bytes[];
  readonly lint: readonly Diagnostic[];
}

/** What the process around us is, for the lint. */
export interface Surroundings {
  readonly terminal: boolean;
  readonly uid: number;
}

/** Looks at this machine through the eyes of a policy. Runs nothing, changes nothing. */
export function survey(
  prepared: PreparedPolicy,
  kernel: Kernel,
  caller: Caller,
  command: Bytes | undefined,
  around: Surroundings,
): Survey {
  const { policy, ruleset } = prepared;
  const view = makeFileView();
  const enforcement = evaluate(ruleset, kernel);
  const observed = observeRules(ruleset.paths, view, policy.allowOverlap.value);
  const reach = makeReach(observed, policy.files === undefined ? 0 : enforcement.handledFs, makeIdentify());
  const outlook = command === undefined ? undefined : foresee(command, policy, reach, caller);
  const path = searchPath(policy, observed, reach, enforcement.handledFs, view, caller);
  const home = caller.home();
  const chosen = outlook?.foretold.outcome === 'runs' ? outlook.foretold.candidate : outlook?.inspection.chosen;
  const facts: LintFacts = {
    policy,
    enforcement,
    reach,
    observed,
    redundant: ruleset.redundant,
    home: home === undefined ? undefined : view.resolve(home),
    path: path.kept.filter((one) => one.startsWith('/')).map(view.resolve),
    command: chosen?.resolved,
    terminal: around.terminal,
    display: (caller.variable('DISPLAY') ?? '') !== '',
    sockets: seeSockets(caller, around.uid),
    trusted: trustedFiles(prepared.files, view),
  };
  return { enforcement, observed, reach, view, outlook, pathWithout: path.without, lint: lint(facts) };
}
