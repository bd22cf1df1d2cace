import type { Bytes } from '../base/bytes.ts';
import { type Diagnostic, diagnose, Refusal } from '../diagnostics/diagnostic.ts';
import { describeOrigin, type Origin } from '../diagnostics/origin.ts';
import { WRITE_RIGHTS } from '../kernel/rights.ts';
import { type LinkView, pathFromWritable } from './anchor.ts';
import type { FileView } from './overlap.ts';
import { ancestorsOf, withoutDotDot } from './path.ts';
import type { Grant } from './statement.ts';

/** A file that says what the policy is: a policy file, what it extends, or a config that grants were discovered in. */
export interface FenceFile {
  readonly path: Bytes;
  readonly origin: Origin;
}

/**
 * Nothing inside may rewrite the fence: a file that the next run takes its policy from must not be writable under that policy.
 *
 * @returns warnings, where `allowOverlap` consents.
 * @throws Refusal `fence-writable`
 */
export function refuseWritableFence(
  files: readonly FenceFile[],
  grants: readonly Grant[],
  view: FileView & LinkView,
  allowOverlap: boolean,
): Diagnostic[] {
  if (files.length === 0) return [];
  const writable = writableGrants(grants, view);
  const warnings: Diagnostic[] = [];
  for (const file of files) {
    const grant = findWritable(file.path, writable, view);
    if (grant === undefined) continue;
    const diagnostic = diagnose(
      'error',
      'fence-writable',
      file.origin,
      file.path,
      describeOrigin(grant.origin),
      grant.path,
    );
    if (!allowOverlap) throw new Refusal(diagnostic);
    warnings.push({ ...diagnostic, level: 'warning' });
  }
  return warnings;
}

/** The grant under which COMMAND could write the file, or replace it; undefined where there is none. */
export function findWritableGrant(path: Bytes, grants: readonly Grant[], view: FileView & LinkView): Grant | undefined {
  return findWritable(path, writableGrants(grants, view), view);
}

/** Grants with a write right, by their path as written and as resolved. */
function writableGrants(grants: readonly Grant[], view: FileView): Map<Bytes, Grant> {
  const writable = new Map<Bytes, Grant>();
  for (const grant of grants) {
    if ((grant.access & WRITE_RIGHTS) === 0) continue;
    writable.set(withoutDotDot(grant.path), grant);
    writable.set(view.resolve(grant.path), grant);
  }
  return writable;
}

/** By the letter, by where it leads, and by what it goes through: a link inside what is writable can be made to lead anywhere. */
function findWritable(path: Bytes, writable: Map<Bytes, Grant>, view: LinkView): Grant | undefined {
  const through = pathFromWritable(path, writable, view);
  const forms = [withoutDotDot(path), view.resolve(path), ...(through === undefined ? [] : [through])];
  for (const form of new Set(forms)) {
    const grant = writable.get(form) ?? first(ancestorsOf(form), (directory) => writable.get(directory));
    if (grant !== undefined) return grant;
  }
  return undefined;
}

function first<In, Out>(items: Iterable<In>, pick: (item: In) => Out | undefined): Out | undefined {
  for (const item of items) {
    const out = pick(item);
    if (out !== undefined) return out;
  }
  return undefined;
}
