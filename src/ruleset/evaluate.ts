import type { FilterFeature } from '../kernel/filter-features.ts';
import { filterFeaturesOf } from '../kernel/filter-features.ts';
import type { Mask } from '../kernel/rights.ts';
import type { Requirement, Ruleset } from './ruleset.ts';

/** What a kernel can do, bit by bit: from the probe, or from the ABI table for a kernel that is not here. */
export interface KernelFacts {
  /** The announced ABI; 0 where there is no Landlock. */
  readonly abi: number;
  readonly fs: Mask;
  readonly net: Mask;
  readonly scopes: Mask;
  readonly restrict: Mask;
  /** Filter features that can be installed. */
  readonly filter: Mask;
}

/** What a ruleset comes to on a kernel: the same rules as native/core applies at the run (docs/plan-format.md). */
export interface Enforcement {
  readonly handledFs: Mask;
  readonly handledNet: Mask;
  readonly scoped: Mask;
  readonly filter: readonly FilterFeature[];
  /** Unmet requirements that refuse, warn, or are dropped. */
  readonly refused: readonly Requirement[];
  readonly dropped: readonly Requirement[];
  /** Something that the user stated is enforced, or nothing was stated. */
  readonly enforcesSomething: boolean;
}

/** Settles every requirement of a ruleset against a kernel. Pure. */
export function evaluate(ruleset: Ruleset, kernel: KernelFacts): Enforcement {
  const masks = { fs: 0, net: 0, scope: 0, filter: 0 };
  const refused: Requirement[] = [];
  const dropped: Requirement[] = [];
  let stated = 0;
  let met = 0;
  for (const requirement of ruleset.requirements) {
    if (requirement.stated) stated++;
    const how = settle(requirement, kernel);
    if (how === 'unmet') {
      (requirement.unmet === 'refuse' ? refused : dropped).push(requirement);
      continue;
    }
    if (requirement.stated) met++;
    if (how === 'alternative') masks.filter |= requirement.alternative;
    else if (requirement.kind in masks) masks[requirement.kind as keyof typeof masks] |= requirement.bits;
  }
  return {
    handledFs: masks.fs,
    handledNet: masks.net,
    scoped: masks.scope,
    filter: filterFeaturesOf(masks.filter),
    refused,
    dropped,
    enforcesSomething: stated === 0 || met > 0,
  };
}

function settle(requirement: Requirement, kernel: KernelFacts): 'met' | 'alternative' | 'unmet' {
  const { kind, bits, alternative } = requirement;
  if (kind === 'abi') return kernel.abi >= bits ? 'met' : 'unmet';
  const has = {
    fs: kernel.fs,
    net: kernel.net,
    scope: kernel.scopes,
    restrict: kernel.restrict,
    filter: kernel.filter,
  };
  if ((has[kind] & bits) === bits) return 'met';
  return alternative !== 0 && (kernel.filter & alternative) === alternative ? 'alternative' : 'unmet';
}
