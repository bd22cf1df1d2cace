import { type Bytes, bytesOfText } from '../base/bytes.ts';
import type { Need } from '../executable/inspection.ts';
import type { Mask } from '../kernel/rights.ts';
import { maskOf } from './preflight.ts';

/** One option with its value, as it would be typed (unquoted). */
export interface ProposedFlag {
  readonly flag: '--profile' | '--ro';
  readonly value: Bytes;
}

/** Names of built-in profiles that grant these rights on a file. */
export type ProfilesCovering = (resolved: Bytes, access: Mask) => readonly string[];

/** Trees that hold nothing but what the distribution installed: granted as a whole once two files of one are missing. */
const SYSTEM_TREES = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'];

/** Never proposed as a directory: what lies in them is somebody's data, or everything. */
const NEVER_WHOLE =
  /^\/(?:[^/]*|(?:home|media|mnt|Users|run\/user|var\/home)\/[^/]*|(?:etc|proc|sys|dev|run|tmp|var|root)(?:\/[^/]*)?)$/s;

/**
 * The fewest flags that together grant what is denied: a profile first; then the system tree or directory in which at least two of the
 * files lie; else the file itself, which is the narrowest.
 *
 * @param denied as foretell names it.
 */
export function proposeFlags(denied: readonly Need[], profilesCovering: ProfilesCovering = () => []): ProposedFlag[] {
  const { profiles, rest } = chooseProfiles(denied, profilesCovering);
  const flags: ProposedFlag[] = profiles.map((name) => ({ flag: '--profile', value: bytesOfText(name) }));
  const seen = new Set<string>();
  for (const need of rest) {
    const value = placeFor(need, rest);
    if (!seen.has(value)) flags.push({ flag: '--ro', value });
    seen.add(value);
  }
  return flags;
}

/** Again and again the profile that covers most of what is left; of equals the one that was named first. */
function chooseProfiles(denied: readonly Need[], covering: ProfilesCovering): { profiles: string[]; rest: Need[] } {
  let left = denied.map((need) => ({ need, names: covering(need.resolved, maskOf(need)) }));
  const profiles: string[] = [];
  for (;;) {
    const counts = new Map<string, number>();
    for (const { names } of left) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    let best: string | undefined;
    for (const [name, count] of counts) if (best === undefined || count > (counts.get(best) ?? 0)) best = name;
    if (best === undefined) return { profiles, rest: left.map(({ need }) => need) };
    const chosen = best;
    profiles.push(chosen);
    left = left.filter(({ names }) => !names.includes(chosen));
  }
}

function placeFor(need: Need, all: readonly Need[]): Bytes {
  const tree = SYSTEM_TREES.find((each) => isBeneath(need.resolved, each));
  const directory = need.resolved.slice(0, need.resolved.lastIndexOf('/'));
  const place = tree ?? (NEVER_WHOLE.test(directory) || directory === '' ? undefined : directory);
  if (place === undefined) return need.path;
  const files = new Set(all.filter(({ resolved }) => isBeneath(resolved, place)).map(({ resolved }) => resolved));
  return files.size > 1 ? (place as Bytes) : need.path;
}

function isBeneath(path: Bytes, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}
