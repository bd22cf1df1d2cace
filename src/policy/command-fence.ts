import type { Bytes } from '../base/bytes.ts';
import { type Diagnostic, diagnose, Refusal } from '../diagnostics/diagnostic.ts';
import { describeOrigin } from '../diagnostics/origin.ts';
import type { LinkView } from './anchor.ts';
import { findWritableGrant } from './fence.ts';
import type { FileView } from './overlap.ts';
import { ancestorsOf } from './path.ts';
import type { Grant } from './statement.ts';

/**
 * With `--add-command` the command's own files say what is granted: an interpreter by the first line of a script, libraries by the header of a program.
 * Where one of them is writable under the policy, an earlier run may have written it, so it may ask for nothing that is not granted without it.
 *
 * @param usual what every program may ask for: the grants of the system profile, whether it applies or not.
 * @returns warnings, where `allowOverlap` consents.
 * @throws Refusal `command-writable`
 */
export function refuseWritableCommand(
  grants: readonly Grant[],
  usual: readonly Grant[],
  view: FileView & LinkView,
  allowOverlap: boolean,
): Diagnostic[] {
  const needed = grants.filter((grant) => grant.form === 'command');
  if (needed.length === 0) return [];
  const others = grants.filter((grant) => grant.form !== 'command');
  const covers = coveredBy([...others, ...usual], view);
  // The first is COMMAND's own file, which the user named.
  const beyond = needed.slice(1).find((grant) => !covers(grant));
  if (beyond === undefined) return [];
  for (const file of needed) {
    const above = findWritableGrant(file.path, others, view);
    if (above === undefined) continue;
    const where = describeOrigin(above.origin);
    const diagnostic = diagnose('error', 'command-writable', file.origin, file.path, where, above.path, beyond.path);
    if (!allowOverlap) throw new Refusal(diagnostic);
    return [{ ...diagnostic, level: 'warning' }];
  }
  return [];
}

/** Whether a grant adds nothing to others, by where their paths lead. */
function coveredBy(others: readonly Grant[], view: FileView): (grant: Grant) => boolean {
  const access = new Map<Bytes, number>();
  for (const other of others) {
    const path = view.resolve(other.path);
    access.set(path, (access.get(path) ?? 0) | other.access);
  }
  return (grant) => {
    const path = view.resolve(grant.path);
    const granted = [path, ...ancestorsOf(path)].reduce((mask, one) => mask | (access.get(one) ?? 0), 0);
    return (grant.access & ~granted) === 0;
  };
}
