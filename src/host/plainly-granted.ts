import { type Bytes, bytesOfText } from '../base/bytes.ts';
import type { Policy } from '../policy/policy.ts';
import { findProfiles } from '../profiles/index.ts';
import type { Caller } from './caller.ts';
import { exists } from './observe.ts';

/** Directories that the system profile grants whole, with all that their programs need. */
const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * Will COMMAND plainly be found among the programs that the system profile grants, or are files left alone? Then there is nothing to foretell about
 * its exec. Cheap: a look at each directory of PATH up to the first that has it.
 */
export function isPlainlyGranted(name: Bytes, policy: Policy, caller: Caller): boolean {
  if (policy.files === undefined) return true;
  const replaced = policy.profiles.some((one) => findProfiles(one.value, one.origin).some((two) => two.replacesSystem));
  if (policy.bare.value || replaced) return false;
  if (name.includes('/')) return SYSTEM_DIRECTORIES.includes(name.slice(0, name.lastIndexOf('/'))) && exists(name);
  if (policy.env.mode.value !== 'inherit' || policy.env.set.some((one) => one.name === 'PATH')) return false;
  for (const directory of (caller.variable('PATH') ?? bytesOfText('/bin:/usr/bin')).split(':')) {
    if (!exists(`${directory || '.'}/${name}` as Bytes)) continue;
    return SYSTEM_DIRECTORIES.includes(directory);
  }
  return false;
}
