import type { Bytes } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { describeOrigin } from '../diagnostics/origin.ts';
import { linuxOfAbi } from '../kernel/abi-table.ts';
import { VOIDING_CAPABILITIES } from '../kernel/capabilities.ts';
import { fsRightsOf, WRITE_RIGHTS } from '../kernel/rights.ts';
import { describeLimit } from '../policy/limit.ts';
import type { Policy, PortAccess, Sockets } from '../policy/policy.ts';
import { describePortRange } from '../policy/port.ts';
import { SCOPE_NAMES } from '../policy/statement.ts';
import { findProfiles } from '../profiles/index.ts';
import type { Enforcement, KernelFacts } from '../ruleset/evaluate.ts';
import type { Requirement, Ruleset } from '../ruleset/ruleset.ts';
import type { CommandRow, Explanation, GrantRow, NetworkRow, ProfileRow, SkippedRow } from './explanation.ts';
import { findHoles } from './holes.ts';
import { effectiveAccess, type ObservedRule } from './reach.ts';

/** What an explanation is made from: the values that a run uses, and what was seen on this machine. */
export interface ExplainFacts {
  readonly policy: Policy;
  readonly ruleset: Ruleset;
  readonly kernel: KernelFacts & { readonly absent: string | undefined };
  readonly enforcement: Enforcement;
  readonly observed: readonly ObservedRule[];
  /** Of the throw-away child that applied the plan. */
  readonly accepted: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly lint: readonly Diagnostic[];
  readonly command: CommandRow | null;
  /** Directories that are left out of COMMAND's PATH. */
  readonly pathWithout: readonly Bytes[];
}

/** Facts → explanation. Pure. */
export function explain(facts: ExplainFacts): Explanation {
  const { policy, kernel, enforcement } = facts;
  return {
    v: 1,
    starts: facts.accepted && facts.command?.outcome !== 'fails',
    diagnostics: facts.diagnostics,
    kernel: { abi: kernel.abi, linux: linuxOfAbi(kernel.abi) ?? null, absent: kernel.absent ?? null },
    level: policy.compatibility.value,
    files: policy.files === undefined ? null : explainFiles(facts),
    network: explainNetwork(policy, enforcement),
    scopes: SCOPE_NAMES.map((name) => ({ name, state: scopeState(name, policy, enforcement) })),
    unenforced: [...enforcement.refused, ...enforcement.dropped].map(describeUnmet),
    notStopped: findHoles(policy, enforcement, kernel),
    command: facts.command,
    process: explainProcess(facts),
    lint: facts.lint,
  };
}

function explainFiles(facts: ExplainFacts): NonNullable<Explanation['files']> {
  const rows = facts.observed.flatMap((one) => {
    const row = grantRow(one, facts.enforcement.handledFs);
    return row === undefined ? [] : [{ one, row }];
  });
  const own = rows.filter(({ one }) => one.rule.source !== 'profile');
  const writes = ({ one }: { one: ObservedRule }): boolean => (effectiveAccess(one) & WRITE_RIGHTS) !== 0;
  return {
    writable: own.filter(writes).map(({ row }) => row),
    readable: own.filter((each) => !writes(each)).map(({ row }) => row),
    profiles: profileRows(rows.filter(({ one }) => one.rule.source === 'profile')),
    skipped: skippedRows(facts),
  };
}

function grantRow(one: ObservedRule, handled: number): GrantRow | undefined {
  if (one.state !== 'directory' && one.state !== 'file') return undefined;
  return {
    path: escapeBytes(one.rule.path),
    resolved: one.resolved === one.rule.path ? null : escapeBytes(one.resolved),
    kind: one.state,
    rights: fsRightsOf(effectiveAccess(one) & handled),
    origin: describeOrigin(one.rule.origin),
  };
}

function profileRows(rows: readonly { one: ObservedRule; row: GrantRow }[]): ProfileRow[] {
  const names = [...new Set(rows.map(({ one }) => (one.rule.origin.kind === 'profile' ? one.rule.origin.name : '')))];
  return names.sort().map((name) => ({
    name,
    summary: findProfiles(name, undefined)[0]?.summary ?? '',
    grants: rows.filter(({ row }) => row.origin === `profile ${name}`).map(({ row }) => row),
  }));
}

const SKIP_REASONS: Readonly<Record<string, string>> = {
  missing: 'does not exist',
  unopenable: 'cannot be opened',
  'leads-outside': 'leads outside of the writable directory above it: the run is refused',
};

function skippedRows({ observed, ruleset }: ExplainFacts): SkippedRow[] {
  const skipped = observed.flatMap(({ rule, state }): SkippedRow[] => {
    const reason = SKIP_REASONS[state];
    return reason === undefined ? [] : [{ path: escapeBytes(rule.path), origin: describeOrigin(rule.origin), reason }];
  });
  const redundant = ruleset.redundant.map(({ path, origin, coveredBy }) => ({
    path: escapeBytes(path),
    origin: describeOrigin(origin),
    reason: `adds nothing to ${escapeBytes(coveredBy)}`,
  }));
  return [...skipped, ...redundant];
}

function explainNetwork(policy: Policy, enforcement: Enforcement): NetworkRow {
  const { noNet, noUnix, otherNet, scopes } = policy;
  const sockets = (which: Sockets | undefined): { connect: string; bind: string } => ({
    connect: noNet.value ? 'none' : describePorts(which?.connect),
    bind: noNet.value ? 'none' : describePorts(which?.bind),
  });
  const scoped = scopes['pathname-unix-socket'].value && enforcement.handledFs >= 1 << 16;
  return {
    tcp: sockets(policy.tcp),
    udp: sockets(policy.udp),
    other: otherNet.value,
    unix: noUnix.value ? 'none' : scoped ? 'granted ones, and those of its own' : 'any pathname socket',
  };
}

function describePorts(access: PortAccess | undefined): string {
  if (access === undefined || access.kind === 'any') return 'any';
  return access.ranges.length === 0 ? 'none' : access.ranges.map(describePortRange).join(', ');
}

/** How a scope is kept, or why not. */
function scopeState(name: (typeof SCOPE_NAMES)[number], policy: Policy, enforcement: Enforcement): string {
  const scope = policy.scopes[name];
  if (!scope.value) return scope.origin === undefined ? 'off' : `off (${describeOrigin(scope.origin)})`;
  const kept: Record<typeof name, boolean> = {
    signal: (enforcement.scoped & 2) !== 0,
    'abstract-unix-socket': (enforcement.scoped & 1) !== 0,
    'pathname-unix-socket': (enforcement.handledFs & (1 << 16)) !== 0,
    'device-ioctl': (enforcement.handledFs & (1 << 15)) !== 0,
    terminal: enforcement.filter.includes('terminal'),
  };
  return kept[name] ? 'on' : 'not on this kernel';
}

function describeUnmet(requirement: Requirement): { text: string; direction: 'weaker' | 'stricter' } {
  const text = requirement.text.replace(/^(cannot enforce|not enforced:) /, '');
  return { text, direction: requirement.stricter ? 'stricter' : 'weaker' };
}

function explainProcess({ policy, pathWithout }: ExplainFacts): { what: string; value: string }[] {
  const rows: { what: string; value: string }[] = [];
  const add = (what: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') rows.push({ what, value });
  };
  const { env } = policy;
  const names = (list: readonly Bytes[]): string => list.map(escapeBytes).join(' ');
  add('working directory', policy.chdir && escapeBytes(policy.chdir.value));
  add('environment', env.mode.value === 'inherit' ? undefined : env.mode.value);
  add('environment keeps', names(env.keep));
  add('environment passes', names(env.pass));
  add('environment loses', names(env.unset));
  add('environment sets', names(env.set.map((one) => one.name)));
  add('temporary directory', policy.tmp && escapeBytes(policy.tmp.value));
  add('limits', policy.limits.map(({ value }) => `${value.name}=${describeLimit(value)}`).join(' '));
  add('descriptors kept', policy.keepFds.map((fd) => String(fd.value)).join(' '));
  add('left out of PATH', names(pathWithout));
  const drops = policy.files !== undefined && !policy.keepCaps.value;
  add('capabilities lost', drops ? Object.keys(VOIDING_CAPABILITIES).join(' ') : undefined);
  add('audit', policy.audit.value === 'off' ? undefined : policy.audit.value);
  return rows;
}
