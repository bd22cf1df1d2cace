import type { Bytes } from '../base/bytes.ts';
import { GRANT_RIGHTS, type Mask, WRITE_RIGHTS } from '../kernel/rights.ts';
import { directoryOf, ROOT, withoutDotDot } from '../policy/path.ts';
import type { Grant } from '../policy/statement.ts';
import type { PathRule, RedundantGrant } from './ruleset.ts';

/** A group of grants of one path, while rules are made of it. */
interface Group {
  /** The path by the letter: what is compared. */
  readonly key: Bytes;
  readonly grants: Grant[];
  access: Mask;
}

/** A rule with write, by its place among the rules. */
interface WritableRule {
  readonly index: number;
  readonly access: Mask;
}

/**
 * Makes path rules of grants: equal paths unite; a path below a rule with write is opened from that rule's descriptor, so that a link planted
 * there cannot lead outside; one that adds nothing there is not opened at all. Below a rule *without* write every path is opened, since a link
 * there was put by its owner and may well lead elsewhere. Linear in the number of grants times their depth.
 *
 * @param requirePaths makes every stated path required.
 */
export function makePathRules(
  grants: readonly Grant[],
  requirePaths: boolean,
): { paths: PathRule[]; redundant: RedundantGrant[] } {
  const groups = groupByPath(grants);
  const paths: PathRule[] = [];
  const redundant: RedundantGrant[] = [];
  const writable = new Map<Bytes, WritableRule>();
  for (const group of groups) {
    const above = writableAbove(group.key, writable);
    const rule = makeRule(group, above, requirePaths);
    const covered = above !== undefined && (group.access & ~above.access) === 0;
    if (covered && !rule.required && !rule.makeDirectory && !rule.fileOnly) {
      redundant.push({ path: rule.path, origin: rule.origin, coveredBy: above.path });
      continue;
    }
    if ((group.access & WRITE_RIGHTS) !== 0) writable.set(group.key, { index: paths.length, access: group.access });
    paths.push(rule);
  }
  return { paths, redundant };
}

/** Grants by path, in an order in which a directory comes before what is below it. */
function groupByPath(grants: readonly Grant[]): Group[] {
  const unordered = new Map<Bytes, Group>();
  for (const grant of grants) {
    const key = withoutDotDot(grant.anchor ?? grant.path);
    const group = unordered.get(key);
    if (group === undefined) {
      unordered.set(key, { key, grants: [grant], access: grant.access });
    } else {
      group.grants.push(grant);
      group.access |= grant.access;
    }
  }
  return [...unordered.keys()].sort().flatMap((key) => unordered.get(key) ?? []);
}

/** The nearest rule with write above a path, and all that the rules with write above it grant together. */
function writableAbove(
  key: Bytes,
  writable: ReadonlyMap<Bytes, WritableRule>,
): { index: number; path: Bytes; access: Mask } | undefined {
  let nearest: { index: number; path: Bytes } | undefined;
  let access = 0;
  for (let at = key; writable.size > 0 && at !== ROOT; ) {
    at = directoryOf(at);
    const rule = writable.get(at);
    if (rule === undefined) continue;
    nearest ??= { index: rule.index, path: at };
    access |= rule.access;
  }
  return nearest && { ...nearest, access };
}

function makeRule(group: Group, above: { index: number; path: Bytes } | undefined, requirePaths: boolean): PathRule {
  const stated = group.grants.filter((grant) => grant.source === 'stated');
  const first = stated[0] ?? group.grants[0];
  if (first === undefined) throw new Error('a group without grants');
  const write = stated.filter((grant) => (grant.access & WRITE_RIGHTS) !== 0);
  return {
    // The form as given is the one the kernel resolves, through links and `..`, and where two forms were given the one that asks for more; below a
    // parent only the plain form is relative to it.
    path: above === undefined ? (write[0] ?? first).path : group.key,
    access: group.access,
    parent: above?.index,
    relative: above === undefined ? 0 : above.path === '/' ? 1 : above.path.length + 1,
    required: group.grants.some((grant) => grant.required) || (requirePaths && stated.length > 0),
    optional: write.length === 0 || write.every((grant) => grant.optional),
    fileOnly: group.grants.some((grant) => grant.form === 'rwfile'),
    makeDirectory: group.grants.some((grant) => grant.form === 'tmp'),
    source: first.source,
    form: first.form,
    origin: first.origin,
  };
}

/** What a terminal on descriptor 0, 1 or 2 gets. */
export const TERMINAL_ACCESS: Mask = GRANT_RIGHTS.rwfile;
