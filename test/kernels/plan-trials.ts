/** Which trials a kernel gets, from the claims. */
import { type Claim, type Outcome, outcomeOn } from './claim.ts';
import { CLAIMS } from './claims.ts';
import type { Target } from './targets.ts';
import type { Trial } from './trial.ts';

/** How a claim is tried. */
export type Way = 'free' | 'strict' | 'best effort' | 'launcher';

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
 * In: the kernel; the file of a claim's launcher in the guest, or undefined where there is none.
 */
export function planTrials(target: Target, launcherOf: (claim: Claim) => string | undefined): Planned[] {
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
    const launcher = launcherOf(claim);
    if (launcher !== undefined) planned.push(plan('launcher', [strict], { launcher }));
    if (target.brief && !claim.sample) return planned;
    planned.push(plan('strict', [strict], { options }));
    if (strict.did === undefined && best !== undefined) {
      planned.push(plan('best effort', [best], { options: [...options, '--best-effort'] }));
    }
    return planned;
  });
}
