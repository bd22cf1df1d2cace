import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { profileOrigin } from '../diagnostics/origin.ts';
import { type Expansion, requireHome } from '../policy/expand.ts';
import { absolutePath, ROOT } from '../policy/path.ts';
import type { Settled } from '../policy/policy.ts';
import type { Grant } from '../policy/statement.ts';
import { findProfiles, type Profile, SYSTEM } from './index.ts';

/** What the profiles of a policy come to. */
export interface ExpandedProfiles {
  readonly grants: readonly Grant[];
  /** The terminals on descriptors 0 to 2 are granted. */
  readonly terminals: boolean;
}

/**
 * The grants of the profiles that apply: the named ones, and `system` where files are mentioned, unless `bare` or a profile that takes its place.
 *
 * @throws Refusal `profile-unknown`; `home-unknown` where a profile needs the home directory and there is none.
 */
export function expandProfiles(
  files: boolean,
  named: readonly Settled<string>[],
  bare: boolean,
  expansion: Expansion,
): ExpandedProfiles {
  if (!files) return { grants: [], terminals: false };
  const profiles = named.flatMap((one) => findProfiles(one.value, one.origin));
  const replaced = profiles.some((profile) => profile.replacesSystem === true);
  if (!bare && !replaced) profiles.unshift(SYSTEM);
  const distinct = [...new Set(profiles)];
  return {
    grants: distinct.flatMap((profile) => grantsOf(profile, expansion)),
    terminals: distinct.some((profile) => profile.terminals === true),
  };
}

function grantsOf(profile: Profile, expansion: Expansion): Grant[] {
  const origin = profileOrigin(profile.name);
  return profile.entries.flatMap((entry): Grant[] => {
    const path = pathOf(entry.path, entry.variable, expansion, origin);
    if (path === undefined) return [];
    const form = entry.variable === undefined ? 'grant' : 'unix';
    return [{ path, access: entry.access, form, source: 'profile', required: false, optional: true, origin }];
  });
}

function pathOf(
  path: string,
  variable: string | undefined,
  expansion: Expansion,
  origin: ReturnType<typeof profileOrigin>,
): Bytes | undefined {
  if (variable !== undefined) {
    const value = expansion.variable(variable);
    return value?.startsWith('/') ? absolutePath(value, ROOT) : undefined;
  }
  if (!path.startsWith('~/')) return bytesOfText(path);
  return absolutePath(bytesOfText(path.slice(2)), requireHome(expansion, origin));
}
