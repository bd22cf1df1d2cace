/** Which trials a kernel gets, from the claims. */
import { type Claim, type Outcome, outcomeOn } from './claim.ts';
import { CLAIMS } from './claims.ts';
import type { Target } from './targets.ts';
import type { Trial } from './trial.ts';

/** How a claim is tried. */
export type Way = 'free' | 'strict' | 'best effort' | 'launcher' | 'launcher, best effort';

/** The file of a claim's launcher in the guest, or undefined where there is none. */
export type LauncherOf = (claim: Claim, level: 'strict' | 'best effort') => string | undefined;

/** A trial, and what it must come to. */
export interface Planned {
  readonly claim: Claim;
  readonly way: Way;
  readonly trial: Trial;
  /** Any of these. Without landlock-run: what shows that the deeds are possible at all. */
  readonly expected: readonly Outcome[];
}

const idOf = (claim: Claim, way: Way): string => `${claim.id}/${way}`;

function free(claim: Claim): Outcome[] {
  const outcomes = claim.free ?? [claim.deeds.map(() => 'ok')];
  return outcomes.map((did) => ({ word: 'allowed', did, codes: [] }));
}

/**
 * The trials of a kernel, controls first: without landlock-run; strict; with --best-effort where strict refuses; and by compiled launchers.
 *
 * In: the kernel; where the launchers are.
 */
export function planTrials(target: Target, launcherOf: LauncherOf): Planned[] {
  // A fake kernel keeps no audit log of its own.
  const claims = target.fake === undefined ? CLAIMS : CLAIMS.filter((claim) => claim.audit !== true);
  return claims.flatMap((claim) => {
    const { deeds, options } = claim;
    const strict = outcomeOn(claim.strict, target.abi);
    if (strict === undefined) throw new Error(`claim ${claim.id} says nothing of ABI ${target.abi}`);
    const common = { deeds, terminal: claim.terminal ?? false, audit: claim.audit ?? false };
    const plan = (way: Way, expected: readonly Outcome[], more: Partial<Trial>): Planned => ({
      claim,
      way,
      expected,
      trial: { id: idOf(claim, way), ...common, ...more },
    });
    const best = outcomeOn(claim.bestEffort, target.abi);
    const planned: Planned[] = [];
    // Where COMMAND never starts there is nothing to have a control for.
    if (strict.did !== undefined || best?.did !== undefined) planned.push(plan('free', free(claim), {}));
    const weaker = strict.did === undefined ? best : undefined;
    const [launcher, weakLauncher] = [launcherOf(claim, 'strict'), launcherOf(claim, 'best effort')];
    if (launcher !== undefined) planned.push(plan('launcher', [strict], { launcher }));
    if (weakLauncher !== undefined && weaker !== undefined) {
      planned.push(plan('launcher, best effort', [weaker], { launcher: weakLauncher }));
    }
    if (target.brief && !claim.sample) return planned;
    planned.push(plan('strict', [strict], { options }));
    if (weaker !== undefined) {
      planned.push(plan('best effort', [weaker], { options: [...options, '--best-effort'] }));
    }
    return planned;
  });
}
