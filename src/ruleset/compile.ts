import { refuse } from '../diagnostics/diagnostic.ts';
import type { Policy } from '../policy/policy.ts';
import { countPorts } from '../policy/port.ts';
import type { ExpandedProfiles } from '../profiles/expand.ts';
import { makePathRules, TERMINAL_ACCESS } from './path-rules.ts';
import { makePortRules } from './port-rules.ts';
import { makeRequirements } from './requirements.ts';
import type { Ruleset } from './ruleset.ts';

/** Rules that a policy may come to, after expansion of port ranges (contract, section 5). */
export const MOST_RULES = 65_536;

/**
 * Policy → Ruleset: what the kernel gets, for any kernel. Pure.
 *
 * @throws Refusal `too-many-rules`
 */
export function compileRuleset(policy: Policy, profiles: ExpandedProfiles): Ruleset {
  const grants = policy.files === undefined ? [] : [...policy.files.grants, ...profiles.grants];
  const usable = policy.noUnix.value ? grants.filter((grant) => grant.form !== 'unix') : grants;
  const { paths, redundant } = makePathRules(usable, policy.requirePaths.value);
  const ports = makePortRules(policy.tcp, policy.udp);
  const count = paths.length + countPorts(ports.map((rule) => rule.range));
  if (count > MOST_RULES) refuse('too-many-rules', ports[0]?.origin ?? paths[0]?.origin, count, MOST_RULES);
  return {
    requirements: makeRequirements(policy),
    paths,
    ports,
    terminalAccess: profiles.terminals ? TERMINAL_ACCESS : 0,
    redundant,
  };
}
