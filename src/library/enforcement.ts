import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type FilterFeature, filterFeaturesOf } from '../kernel/filter-features.ts';
import {
  type FsRight,
  fsRightsOf,
  type KernelScope,
  type Mask,
  type NetRight,
  netRightsOf,
  scopesOf,
} from '../kernel/rights.ts';

/** What the kernel enforces on a COMMAND, as the process that became COMMAND said itself. */
export interface Enforcement {
  /** The rights that are denied but where the policy grants them (handled_access_fs, handled_access_net). */
  readonly fs: readonly FsRight[];
  readonly net: readonly NetRight[];
  readonly scopes: readonly KernelScope[];
  /** What the seccomp filter does (docs/filter.md). */
  readonly filter: readonly FilterFeature[];
  /** What was asked for and is not there (`compatibility: best_effort`, missing paths). */
  readonly warnings: readonly Diagnostic[];
}

export interface EnforcedMasks {
  readonly fs: Mask;
  readonly net: Mask;
  readonly scope: Mask;
  readonly filter: Mask;
}

/** Masks → names. */
export function makeEnforcement(masks: EnforcedMasks, warnings: readonly Diagnostic[]): Enforcement {
  return {
    fs: fsRightsOf(masks.fs),
    net: netRightsOf(masks.net),
    scopes: scopesOf(masks.scope),
    filter: filterFeaturesOf(masks.filter),
    warnings,
  };
}
