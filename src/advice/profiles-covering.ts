import type { Bytes } from '../base/bytes.ts';
import type { Mask } from '../kernel/rights.ts';
import type { Expansion } from '../policy/expand.ts';
import type { FileView } from '../policy/overlap.ts';
import { isBelowOrSame } from '../policy/path.ts';
import { expandProfiles } from '../profiles/expand.ts';
import { namedProfiles } from '../profiles/index.ts';

/** Profiles to propose: those that only grant. `worker` takes away, and `dev` is more than any one of its parts. */
const PROPOSED = namedProfiles().filter((profile) => profile.replacesSystem !== true && profile.includes === undefined);

/**
 * Makes the function that names the profiles which grant rights on a file, the narrowest first.
 *
 * @param view resolves the profiles' own paths, since the file is named with its links resolved.
 */
export function makeProfilesCovering(
  expansion: Expansion,
  view: FileView,
): (resolved: Bytes, access: Mask) => readonly string[] {
  if (expansion.home() === undefined) return () => [];
  const grants = PROPOSED.map(({ name }) => ({
    name,
    grants: expandProfiles(true, [{ value: name, origin: undefined }], true, expansion).grants.map((grant) => ({
      access: grant.access,
      path: view.resolve(grant.path),
    })),
  }));
  return (resolved, access) =>
    grants
      .filter((profile) =>
        profile.grants.some((grant) => (access & ~grant.access) === 0 && isBelowOrSame(resolved, grant.path)),
      )
      .map((profile) => profile.name);
}
