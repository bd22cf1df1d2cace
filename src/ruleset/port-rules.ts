import { type Mask, netMask } from '../kernel/rights.ts';
import type { PortAccess, Sockets } from '../policy/policy.ts';
import type { Port } from '../policy/port.ts';
import type { PortRule } from './ruleset.ts';

/** The net_port rules of a policy. `any` makes no rule: what is not handled costs nothing. */
export function makePortRules(tcp: Sockets | undefined, udp: Sockets | undefined): PortRule[] {
  const rules = [
    ...rulesOf(tcp?.connect, netMask('connect_tcp')),
    ...rulesOf(tcp?.bind, netMask('bind_tcp')),
    ...rulesOf(udp?.connect, netMask('connect_send_udp')),
    ...rulesOf(udp?.bind, netMask('bind_udp')),
  ];
  const ephemeral = udp && ephemeralRule(udp);
  return ephemeral === undefined ? rules : [...rules, ephemeral];
}

function rulesOf(access: PortAccess | undefined, right: Mask): PortRule[] {
  if (access?.kind !== 'only') return [];
  return access.ranges.map((range) => ({ access: right, range, origin: access.origin }));
}

/**
 * BIND_UDP also gates the implicit bind of a first send (Landlock ABI 10), so who may send to some port needs port 0: one that the kernel picks.
 */
function ephemeralRule(udp: Sockets): PortRule | undefined {
  const sends = udp.connect.kind === 'any' || udp.connect.ranges.length > 0;
  if (!sends || udp.bind.kind === 'any' || udp.bind.ranges[0]?.low === 0) return undefined;
  const zero = 0 as Port;
  return { access: netMask('bind_udp'), range: { low: zero, high: zero }, origin: udp.origin };
}
