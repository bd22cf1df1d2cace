import { nearest } from '../base/nearest.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { namedProfiles } from './named.ts';
import type { Profile } from './profile.ts';
import { SYSTEM } from './system.ts';

export type { Profile, ProfileEntry } from './profile.ts';
export { namedProfiles, SYSTEM };

/**
 * A profile by its name, with those that it includes, each once.
 *
 * @throws Refusal `profile-unknown`
 */
export function findProfiles(name: string, origin: Origin | undefined): Profile[] {
  const profile = [SYSTEM, ...namedProfiles()].find((one) => one.name === name);
  if (profile === undefined) {
    const known = namedProfiles().map((one) => one.name);
    return refuse('profile-unknown', origin, name, nearest(name, known), known);
  }
  return [profile, ...(profile.includes ?? []).flatMap((included) => findProfiles(included, origin))];
}
