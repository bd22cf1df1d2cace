import type { Bytes } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import { describeOrigin } from '../diagnostics/origin.ts';
import { fsRightsOf, type Mask } from '../kernel/rights.ts';
import type { Policy, PortAccess } from '../policy/policy.ts';
import type { Port } from '../policy/port.ts';
import type { Direction, Transport } from '../policy/statement.ts';
import type { Enforcement } from '../ruleset/evaluate.ts';
import { effectiveAccess, type ObservedRule, type Reach } from './reach.ts';
import { isEnforced } from './socket-enforcement.ts';

/** A question of --why, understood. */
export type WhyQuery = PathQuery | PortQuery;

export interface PathQuery {
  readonly kind: 'path';
  readonly path: Bytes;
  /** What the letters come to on what stands there. */
  readonly access: Mask;
}

export interface PortQuery {
  readonly kind: 'port';
  readonly transport: Transport;
  readonly direction: Direction;
  readonly port: Port;
}

/** The answer: allowed or not, and by what, in one sentence. */
export interface WhyAnswer {
  readonly allowed: boolean;
  readonly reason: string;
}

/** What answers are taken from: the values that a run uses. */
export interface WhyFacts {
  readonly policy: Policy;
  readonly enforcement: Enforcement;
  readonly reach: Reach;
  resolve(path: Bytes): Bytes;
}

const allowed = (reason: string): WhyAnswer => ({ allowed: true, reason });
const denied = (reason: string): WhyAnswer => ({ allowed: false, reason });

/** Asks the policy. Nothing is run. Pure but for what `facts` looks at. */
export function answerWhy(query: WhyQuery, facts: WhyFacts): WhyAnswer {
  return query.kind === 'path' ? whyPath(query, facts) : whyPort(query, facts);
}

function whyPath({ path, access }: PathQuery, { policy, enforcement, reach, resolve }: WhyFacts): WhyAnswer {
  if (policy.files === undefined) return allowed('files are left alone by this policy');
  if (enforcement.handledFs === 0) return unenforced(policy, 'files');
  const resolved = resolve(path);
  const rules = reach.rulesFor(resolved);
  const missing = access & ~reach.accessOf(resolved);
  if (missing === 0) return allowed(describeGrants(rules, access & enforcement.handledFs));
  const led = resolved === path ? '' : `, which leads to ${quote(resolved)}`;
  if (rules.length === 0) return denied(`no grant reaches it${led}`);
  return denied(`${fsRightsOf(missing).join(', ')} is not among the rights granted there${led}`);
}

/** The fewest grants that together hold the rights, nearest first. */
function describeGrants(rules: readonly ObservedRule[], access: Mask): string {
  const whole = rules.find((one) => (access & ~effectiveAccess(one)) === 0);
  let left = access;
  const used =
    whole !== undefined
      ? [whole]
      : rules.filter((one) => {
          const adds = (effectiveAccess(one) & left) !== 0;
          left &= ~effectiveAccess(one);
          return adds;
        });
  if (used.length === 0) return 'this kernel has no such right to deny';
  return `granted by ${used.map(({ rule }) => `${describeOrigin(rule.origin)} ${quote(rule.path)}`).join(' and ')}`;
}

/** Strict would refuse the run; best effort runs without. */
function unenforced(policy: Policy, what: string): WhyAnswer {
  return policy.compatibility.value === 'strict' && !policy.allowUnsandboxed.value
    ? denied(`a run is refused here: this kernel cannot restrict ${what}`)
    : allowed(`this kernel cannot restrict ${what}`);
}

function whyPort({ transport, direction, port }: PortQuery, { policy, enforcement }: WhyFacts): WhyAnswer {
  const what = `${transport.toUpperCase()} ${direction}`;
  const access = policy[transport]?.[direction];
  if (!policy.noNet.value && (access === undefined || access.kind === 'any')) {
    return allowed(`${what} is left alone by this policy`);
  }
  if (!isEnforced(transport, direction, enforcement)) return unenforced(policy, what);
  if (policy.noNet.value || access === undefined || access.kind === 'any') {
    return denied(
      `there is no network${policy.noNet.origin === undefined ? '' : ` (${describeOrigin(policy.noNet.origin)})`}`,
    );
  }
  if (contains(access, port)) return allowed(`granted by ${describeOrigin(access.origin)}`);
  const listed = access.ranges.length === 0 ? 'no port is granted' : 'the port is not among those granted';
  return denied(`${listed} (${describeOrigin(access.origin)})`);
}

function contains(access: Extract<PortAccess, { kind: 'only' }>, port: Port): boolean {
  return access.ranges.some((range) => range.low <= port && port <= range.high);
}
