import type { Bytes } from '../base/bytes.ts';
import { type Diagnostic, diagnose, Refusal } from '../diagnostics/diagnostic.ts';
import { describeOrigin, type Origin } from '../diagnostics/origin.ts';
import { WRITE_RIGHTS } from '../kernel/rights.ts';
import { ancestorsOf, directoryOf, isBelow, joinPath, withoutDotDot } from './path.ts';
import type { Grant, Statement } from './statement.ts';

/** What the checks below need to see of the file system. Advice only: what is opened at the run decides. */
export interface FileView {
  /** Where a path leads through symbolic links; what does not exist is kept as written behind what does. */
  resolve(path: Bytes): Bytes;
  /** Names in a directory, or undefined where it cannot be listed. */
  entries(directory: Bytes): readonly Bytes[] | undefined;
}

/**
 * Landlock only grants, and grants add up: a stated grant without write below a stated one with write, and any `deny`, promise what cannot be kept.
 *
 * @returns warnings, where `allowOverlap` consents.
 * @throws Refusal `overlap`, `deny` naming both and the siblings that could be granted instead.
 */
export function refuseOverlap(
  statements: readonly Statement[],
  grants: readonly Grant[],
  view: FileView,
  allowOverlap: boolean,
): Diagnostic[] {
  const warnings: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => {
    if (!allowOverlap) throw new Refusal(diagnostic);
    warnings.push({ ...diagnostic, level: 'warning' });
  };
  const stated = grants.filter((grant) => grant.source === 'stated');
  const writable = stated.filter((grant) => (grant.access & WRITE_RIGHTS) !== 0);
  for (const statement of statements) {
    if (statement.kind !== 'deny') continue;
    const above = findAbove(statement.path, indexOf(stated, view), view);
    report(denial(statement.path, statement.origin, above, view));
  }
  const index = writable.length === 0 ? undefined : indexOf(writable, view);
  for (const grant of index === undefined ? [] : stated) {
    if ((grant.access & WRITE_RIGHTS) !== 0 || index === undefined || grant.form === 'unix') continue;
    const above = findAbove(grant.path, index, view);
    if (above === undefined) continue;
    const shown = describeOrigin(above.origin);
    const instead = siblingsOf(grant.path, above.path, view);
    report(diagnose('error', 'overlap', grant.origin, grant.path, shown, above.path, above.form, instead));
  }
  return warnings;
}

/** Grants by path, as written and as resolved, so that ten thousand grants cost ten thousand look-ups. */
function indexOf(grants: readonly Grant[], view: FileView): Map<Bytes, Grant> {
  const index = new Map<Bytes, Grant>();
  for (const grant of grants) {
    index.set(withoutDotDot(grant.path), grant);
    index.set(view.resolve(grant.path), grant);
  }
  return index;
}

function findAbove(path: Bytes, index: Map<Bytes, Grant>, view: FileView): Grant | undefined {
  for (const form of new Set([withoutDotDot(path), view.resolve(path)])) {
    if (index.has(form)) continue;
    for (const directory of ancestorsOf(form)) {
      const above = index.get(directory);
      if (above !== undefined) return above;
    }
  }
  return undefined;
}

function denial(path: Bytes, origin: Origin, above: Grant | undefined, view: FileView): Diagnostic {
  if (above === undefined) return diagnose('error', 'deny-needless', origin, path);
  const shown = describeOrigin(above.origin);
  return diagnose('error', 'deny', origin, path, shown, above.path, above.form, siblingsOf(path, above.path, view));
}

/** At most this many siblings make a list that somebody would paste. */
const SIBLINGS_SHOWN = 24;

/**
 * What to grant instead of `directory`, so that everything in it but `path` is reachable: the siblings of each step on the way down.
 *
 * @returns undefined where the directory cannot be listed or the list would be too long to be of use.
 */
function siblingsOf(path: Bytes, directory: Bytes, view: FileView): Bytes[] | undefined {
  const [below, above] = isBelow(path, directory) ? [path, directory] : [view.resolve(path), view.resolve(directory)];
  if (!isBelow(below, above)) return undefined;
  const siblings: Bytes[] = [];
  for (let at = below; at !== above; at = directoryOf(at)) {
    const parent = directoryOf(at);
    const names = view.entries(parent);
    if (names === undefined) return undefined;
    for (const name of names) {
      const sibling = joinPath(parent, name);
      if (sibling !== at) siblings.push(sibling);
    }
    if (siblings.length > SIBLINGS_SHOWN) return undefined;
  }
  return siblings.sort();
}
