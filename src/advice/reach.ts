import type { Bytes } from '../base/bytes.ts';
import { FILE_RIGHTS, type Mask } from '../kernel/rights.ts';
import { ancestorsOf } from '../policy/path.ts';
import type { PathRule } from '../ruleset/ruleset.ts';

/** What stands where a rule's path leads, as it was seen before a run. The descriptor opened at the run decides. */
export type PathState = 'directory' | 'file' | 'missing' | 'unopenable' | 'leads-outside';

/** A path rule, and what was seen of it. */
export interface ObservedRule {
  readonly rule: PathRule;
  /** The path behind all links; as written where it does not exist. */
  readonly resolved: Bytes;
  readonly state: PathState;
  /** Which file it is: a rule binds an inode, so every name of it (hard link, bind mount) is granted. */
  readonly identity: FileIdentity;
  /** Nothing is there yet, and the run makes a directory (`--tmp`); the state says so already. */
  readonly made: boolean;
}

/** Device and inode number, as one text; the path where nothing is there. */
export type FileIdentity = string;

/** Answers what a set of rules grants, by Landlock's own logic: rules add up along the path. */
export interface Reach {
  /** All rights on a path, named with all links resolved. Rights that are not handled are not denied. */
  accessOf(resolved: Bytes): Mask;
  /** The rules that the path owes rights to, the nearest first. */
  rulesFor(resolved: Bytes): readonly ObservedRule[];
  allows(resolved: Bytes, access: Mask): boolean;
}

/**
 * @param handled the rights that the ruleset handles on this kernel; 0 where files are left alone.
 * @param identify which file stands at a resolved path.
 */
export function makeReach(
  observed: readonly ObservedRule[],
  handled: Mask,
  identify: (resolved: Bytes) => FileIdentity,
): Reach {
  const byFile = new Map<FileIdentity, ObservedRule[]>();
  for (const one of observed) {
    if (one.state !== 'directory' && one.state !== 'file') continue;
    const same = byFile.get(one.identity);
    if (same === undefined) byFile.set(one.identity, [one]);
    else same.push(one);
  }
  const rulesFor = (resolved: Bytes): readonly ObservedRule[] =>
    [resolved, ...ancestorsOf(resolved)].flatMap((path) => byFile.get(identify(path)) ?? []);
  const accessOf = (resolved: Bytes): Mask =>
    rulesFor(resolved).reduce((mask, one) => mask | effectiveAccess(one), 0) | ~handled;
  return { accessOf, rulesFor, allows: (resolved, access) => (access & ~accessOf(resolved)) === 0 };
}

/** The rights that a rule holds once its path is opened: on anything but a directory only those that mean something there. */
export function effectiveAccess({ rule, state }: ObservedRule): Mask {
  return state === 'directory' ? rule.access : rule.access & FILE_RIGHTS;
}
