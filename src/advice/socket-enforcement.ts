import { filterMask } from '../kernel/filter-features.ts';
import { netMask } from '../kernel/rights.ts';
import type { Direction, Transport } from '../policy/statement.ts';
import type { Enforcement } from '../ruleset/evaluate.ts';

export const DIRECTIONS: readonly Direction[] = ['connect', 'bind'];

const RIGHTS = {
  tcp: { connect: netMask('connect_tcp'), bind: netMask('bind_tcp') },
  udp: { connect: netMask('connect_send_udp'), bind: netMask('bind_udp') },
} as const;

/** Does this kernel keep what a policy says of a transport's direction: by Landlock, or by a filter that leaves no such socket? */
export function isEnforced(transport: Transport, direction: Direction, enforcement: Enforcement): boolean {
  const { handledNet, filter } = enforcement;
  const installed = filter.reduce((mask, feature) => mask | filterMask(feature), 0);
  const denies = filterMask('inet_none') | (transport === 'udp' ? filterMask('udp_none') : 0);
  return (handledNet & RIGHTS[transport][direction]) !== 0 || (installed & denies) !== 0;
}
