import type { Bytes } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import { pasteable } from '../diagnostics/message.ts';
import { describeOrigin } from '../diagnostics/origin.ts';
import { filterMask } from '../kernel/filter-features.ts';
import { fsMask, fsRightsOf, type Mask, netMask } from '../kernel/rights.ts';
import type { Policy, PortAccess } from '../policy/policy.ts';
import type { Port } from '../policy/port.ts';
import type { Direction, Transport } from '../policy/statement.ts';
import type { Enforcement } from '../ruleset/evaluate.ts';
import { effectiveAccess, type Reach } from './reach.ts';

/** A question of --why, understood. */
export type WhyQuery =
  | { readonly kind: 'path'; readonly path: Bytes; readonly access: Mask }
  | { readonly kind: 'port'; readonly transport: Transport; readonly direction: Direction; readonly port: Port };

/** The answer: allowed or not, by what, and what would allow it. */
export interface WhyAnswer {
  readonly allowed: boolean;
  /** One sentence. */
  readonly reason: string;
  /** The option that would allow it; empty where it is allowed or nothing would. */
  readonly remedy: string;
}

/** What answers are taken from: the values that a run uses. */
export interface WhyFacts {
  readonly policy: Policy;
  readonly enforcement: Enforcement;
  readonly reach: Reach;
  resolve(path: Bytes): Bytes;
  isDirectory(path: Bytes): boolean;
  profilesCovering(resolved: Bytes, access: Mask): readonly string[];
}

/** Asks the policy. Nothing is run. Pure but for what `facts` looks at. */
export function answerWhy(query: WhyQuery, facts: WhyFacts): WhyAnswer {
  return query.kind === 'path' ? whyPath(query.path, query.access, facts) : whyPort(query, facts);
}

function whyPath(path: Bytes, access: Mask, facts: WhyFacts): WhyAnswer {
  if (facts.policy.files === undefined || facts.enforcement.handledFs === 0) {
    return { allowed: true, reason: 'files are left alone by this policy', remedy: '' };
  }
  const resolved = facts.resolve(path);
  const granted = facts.reach.accessOf(resolved);
  const denied = access & ~granted;
  const rules = facts.reach.rulesFor(resolved);
  if (denied === 0) {
    const by = rules.find((one) => (effectiveAccess(one) & access) !== 0);
    const origin = by === undefined ? '' : ` by ${describeOrigin(by.rule.origin)} ${quote(by.rule.path)}`;
    return { allowed: true, reason: `granted${origin}`, remedy: '' };
  }
  const led = resolved === path ? '' : `, which leads to ${quote(resolved)}`;
  const names = fsRightsOf(denied).join(', ');
  const reason =
    rules.length === 0 ? `no grant reaches it${led}` : `${names} is not among the rights granted there${led}`;
  return { allowed: false, reason, remedy: whyPathRemedy(path, resolved, access, facts) };
}

/** A profile that covers it first, then the shortest option. */
function whyPathRemedy(path: Bytes, resolved: Bytes, access: Mask, facts: WhyFacts): string {
  const [profile] = facts.profilesCovering(resolved, access);
  if (profile !== undefined) return `--profile ${profile}`;
  const write = (access & fsMask('write_file', 'truncate', 'make_reg', 'remove_file')) !== 0;
  if (!write) return pasteable('--ro', [path]);
  const fileOnly = (access & fsMask('execute')) === 0 && !facts.isDirectory(path);
  return pasteable(fileOnly && facts.resolve(path) === resolved ? '--rwfile' : '--rw', [path]);
}

function whyPort(query: Extract<WhyQuery, { kind: 'port' }>, { policy, enforcement }: WhyFacts): WhyAnswer {
  const { transport, direction, port } = query;
  const option = `--${transport === 'tcp' ? 'net' : 'udp'}-${direction} ${port}`;
  if (policy.noNet.value) {
    const where = policy.noNet.origin === undefined ? '' : ` (${describeOrigin(policy.noNet.origin)})`;
    return { allowed: false, reason: `there is no network${where}`, remedy: `${option} instead of --no-net` };
  }
  const access = policy[transport]?.[direction];
  if (access === undefined || access.kind === 'any') {
    return {
      allowed: true,
      reason: `${transport.toUpperCase()} ${direction} is left alone by this policy`,
      remedy: '',
    };
  }
  if (!isEnforced(transport, direction, enforcement)) {
    return { allowed: true, reason: 'this kernel cannot enforce it', remedy: '' };
  }
  if (contains(access, port))
    return { allowed: true, reason: `granted by ${describeOrigin(access.origin)}`, remedy: '' };
  const listed = access.ranges.length === 0 ? 'no port is granted' : 'the port is not among those granted';
  return { allowed: false, reason: `${listed} (${describeOrigin(access.origin)})`, remedy: option };
}

function contains(access: Extract<PortAccess, { kind: 'only' }>, port: Port): boolean {
  return access.ranges.some((range) => range.low <= port && port <= range.high);
}

function isEnforced(transport: Transport, direction: Direction, enforcement: Enforcement): boolean {
  const right = {
    tcp: { connect: netMask('connect_tcp'), bind: netMask('bind_tcp') },
    udp: { connect: netMask('connect_send_udp'), bind: netMask('bind_udp') },
  }[transport][direction];
  const filtered = enforcement.filter.reduce((mask, feature) => mask | filterMask(feature), 0);
  const denies = filterMask('inet_none') | (transport === 'udp' ? filterMask('udp_none') : 0);
  return (enforcement.handledNet & right) !== 0 || (filtered & denies) !== 0;
}
