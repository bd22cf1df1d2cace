import { neededGrants } from '../advice/preflight-grants.ts';
import { makeProfilesCovering } from '../advice/profiles-covering.ts';
import { makeReach } from '../advice/reach.ts';
import { answerWhy } from '../advice/why.ts';
import type { Bytes } from '../base/bytes.ts';
import { ALL_FS } from '../kernel/abi-table.ts';
import type { DenialFacts } from '../learn/denials.ts';
import type { Already } from '../learn/generalise.ts';
import { LEARNED_PROFILES } from '../learn/rules.ts';
import type { World } from '../learn/world.ts';
import type { FileView } from '../policy/overlap.ts';
import { evaluate } from '../ruleset/evaluate.ts';
import type { PreparedPolicy } from './build-request.ts';
import type { Caller } from './caller.ts';
import { inspectInPolicy } from './command.ts';
import type { Kernel } from './kernel-facts.ts';
import { makeIdentify, observeRules } from './observe.ts';

/** What a policy grants, for the generaliser: as if every right were handled, so that what is learned holds on newer kernels too. */
export function makeAlready({ policy, ruleset }: PreparedPolicy, caller: Caller, view: FileView): Already {
  const reach = makeReach(observeRules(ruleset.paths, view, policy.allowOverlap.value), ALL_FS, makeIdentify());
  return { allows: reach.allows, profilesCovering: learnedProfiles(caller, view) };
}

function learnedProfiles(caller: Caller, view: FileView): Already['profilesCovering'] {
  const covering = makeProfilesCovering(caller, view);
  return (path, access) => covering(path, access).filter((name) => LEARNED_PROFILES.includes(name));
}

/** Everything that tells a denial by the policy from any other refusal. */
export function makeDenialFacts(
  prepared: PreparedPolicy,
  kernel: Kernel,
  caller: Caller,
  view: FileView,
  world: World,
  hasProcess: (pid: number) => boolean,
): DenialFacts {
  const { policy, ruleset } = prepared;
  const enforcement = evaluate(ruleset, kernel);
  const reach = makeReach(
    observeRules(ruleset.paths, view, policy.allowOverlap.value),
    policy.files === undefined ? 0 : enforcement.handledFs,
    makeIdentify(),
  );
  const facts = { policy, enforcement, reach, resolve: view.resolve };
  return {
    policy,
    already: { allows: reach.allows, profilesCovering: learnedProfiles(caller, view) },
    world,
    ask: (query) => answerWhy(query, facts),
    execNeeds: makeExecNeeds(prepared, caller),
    hasProcess,
  };
}

/** What the kernel opens to execute a file: the inspector's needs, but for the file itself. Each file is looked at once. */
export function makeExecNeeds({ policy }: PreparedPolicy, caller: Caller): DenialFacts['execNeeds'] {
  const known = new Map<Bytes, ReturnType<DenialFacts['execNeeds']>>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const needs = neededGrants(inspectInPolicy(path, policy, caller)).filter((need) => need.path !== path);
    known.set(path, needs);
    return needs;
  };
}
