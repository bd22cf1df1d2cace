import { fsMask } from '../kernel/rights.ts';
import type { Policy, PortAccess } from '../policy/policy.ts';
import { describePortRange } from '../policy/port.ts';
import type { Direction, Transport } from '../policy/statement.ts';
import type { Enforcement } from '../ruleset/evaluate.ts';
import type { DirectionRow, NetworkRow } from './explanation.ts';
import { isEnforced } from './socket-enforcement.ts';

/** How far sockets of each kind reach under a policy on a kernel. Pure. */
export function explainNetwork(policy: Policy, enforcement: Enforcement): NetworkRow {
  const { noNet, otherNet } = policy;
  const direction = (transport: Transport, which: Direction): DirectionRow => {
    const access = policy[transport]?.[which];
    const ports = noNet.value ? 'none' : describePorts(access);
    return { ports, enforced: ports === 'any' || isEnforced(transport, which, enforcement) };
  };
  const sockets = (transport: Transport): NetworkRow['tcp'] => ({
    connect: direction(transport, 'connect'),
    bind: direction(transport, 'bind'),
  });
  const other = noNet.value ? 'none' : otherNet.value;
  const enforced = other === 'any' || enforcement.filter.includes('other_net_none');
  return {
    tcp: sockets('tcp'),
    udp: sockets('udp'),
    other: { value: other, enforced },
    unix: describeUnix(policy, enforcement),
  };
}

function describePorts(access: PortAccess | undefined): string {
  if (access === undefined || access.kind === 'any') return 'any';
  return access.ranges.length === 0 ? 'none' : access.ranges.map(describePortRange).join(', ');
}

function describeUnix({ noUnix }: Policy, { handledFs, filter }: Enforcement): string {
  if (noUnix.value) return filter.includes('unix_none') ? 'none' : 'none (not enforced on this kernel)';
  const scoped = (handledFs & fsMask('resolve_unix')) !== 0;
  return scoped ? 'those granted, and those of the sandbox itself' : 'any pathname socket';
}
