import type { Origin } from '../diagnostics/origin.ts';
import {
  describeAbi,
  linuxOfAbi,
  masksOfAbi,
  sinceFs,
  sinceNet,
  sinceRestrict,
  sinceScope,
} from '../kernel/abi-table.ts';
import { type FilterFeature, filterMask } from '../kernel/filter-features.ts';
import { fsMask, type Mask, type NetRight, netMask, restrictMask, scopeMask } from '../kernel/rights.ts';
import type { Policy, Sockets } from '../policy/policy.ts';
import { deniesSockets, restrictsSockets } from '../policy/settle-sockets.ts';
import type { Requirement, RequirementKind, Unmet } from './ruleset.ts';

/** What one kind of statement needs; the rest of a Requirement follows from the policy's level. */
interface Need {
  readonly kind: RequirementKind;
  readonly bits: Mask;
  readonly alternative?: Mask;
  readonly origin: Origin | undefined;
  /** What cannot be enforced where it is unmet, to follow "cannot enforce". */
  readonly what: string;
  /** What would be needed: `Landlock ABI 4 (Linux 6.7)`. */
  readonly needs: string;
  readonly weaker?: string;
}

/**
 * Everything that a policy requires of the kernel, in the order in which it is reported. Strict refuses what is stated and absent, best effort drops
 * it with a warning; hardening that nobody stated is taken where the kernel has it.
 */
export function makeRequirements(policy: Policy): Requirement[] {
  const level: Unmet = policy.compatibility.value === 'strict' ? 'refuse' : 'warn';
  const stated = (need: Need): Requirement => requirement(need, level, true, false);
  const hardening = (need: Need, origin: Origin | undefined): Requirement =>
    requirement({ ...need, origin }, origin === undefined ? 'drop' : level, origin !== undefined, false);
  return [
    ...abiRequirement(policy),
    ...fileRequirements(policy, stated, hardening, level),
    ...networkRequirements(policy, stated),
    ...scopeRequirements(policy, hardening),
    ...auditRequirement(policy, stated),
  ];
}

function requirement(need: Need, unmet: Unmet, stated: boolean, stricter: boolean): Requirement {
  const direction = stricter ? 'stricter' : 'weaker';
  const dropped = need.weaker ?? `the sandbox is ${direction} than the policy`;
  return {
    kind: need.kind,
    bits: need.bits,
    alternative: need.alternative ?? 0,
    unmet,
    stated,
    stricter,
    origin: need.origin,
    code: unmet === 'refuse' ? 'kernel-lacks' : 'kernel-lacks-dropped',
    text: `${unmet === 'refuse' ? 'cannot enforce' : 'not enforced:'} ${need.what}: needs ${need.needs}`,
    remedy:
      unmet === 'refuse'
        ? 'use a newer kernel, leave it out of the policy, or consent to less with --best-effort'
        : dropped,
  };
}

type Make = (need: Need) => Requirement;
type MakeHardening = (need: Need, origin: Origin | undefined) => Requirement;

function abiRequirement(policy: Policy): Requirement[] {
  const { minAbi } = policy;
  if (minAbi === undefined) return [];
  const linux = linuxOfAbi(minAbi.value);
  const kernel = linux === undefined ? '' : ` (Linux ${linux})`;
  return [
    {
      kind: 'abi',
      bits: minAbi.value,
      alternative: 0,
      unmet: 'refuse',
      stated: false,
      stricter: false,
      origin: minAbi.origin,
      code: 'min-abi-unmet',
      text: `the policy accepts Landlock ABI ${minAbi.value}${kernel} or newer only`,
      remedy: 'use a newer kernel or lower the floor',
    },
  ];
}

function fileRequirements(policy: Policy, stated: Make, hardening: MakeHardening, level: Unmet): Requirement[] {
  if (policy.files === undefined) return [];
  const { origin } = policy.files;
  const since = (right: 'refer' | 'truncate' | 'ioctl_dev' | 'resolve_unix'): string => describeAbi(sinceFs(right));
  const refer: Need = {
    kind: 'fs',
    bits: fsMask('refer'),
    origin,
    what: 'a choice about renames and links between directories, which this kernel always denies (EXDEV)',
    needs: since('refer'),
  };
  const scopes = policy.scopes;
  return [
    stated({
      kind: 'fs',
      bits: masksOfAbi(1).fs,
      origin,
      what: 'access to files',
      needs: 'Landlock ABI 1 (Linux 5.13)',
    }),
    // Before ABI 2 REFER is denied whatever a policy says: absent means stricter, so strict has nothing to refuse.
    requirement(refer, level === 'refuse' ? 'drop' : 'warn', false, true),
    stated({
      kind: 'fs',
      bits: fsMask('truncate'),
      alternative: filterMask('truncate', 'io_uring'),
      origin,
      what: 'truncation of files (without it a command can empty any file)',
      needs: `${since('truncate')} or seccomp filters`,
    }),
    ...(scopes['device-ioctl'].value
      ? [
          hardening(
            { kind: 'fs', bits: fsMask('ioctl_dev'), origin, what: 'ioctl on devices', needs: since('ioctl_dev') },
            scopes['device-ioctl'].origin,
          ),
        ]
      : []),
    ...(scopes['pathname-unix-socket'].value
      ? [
          hardening(
            {
              kind: 'fs',
              bits: fsMask('resolve_unix'),
              origin,
              what: 'connections to pathname UNIX sockets outside the domain',
              needs: since('resolve_unix'),
            },
            scopes['pathname-unix-socket'].origin,
          ),
        ]
      : []),
  ];
}

/** What a filter alone can close around TCP, UDP and other sockets; io_uring makes sockets behind any filter's back. */
function networkRequirements(policy: Policy, stated: Make): Requirement[] {
  const out: Requirement[] = [];
  const need = (origin: Origin | undefined, what: string, features: FilterFeature[]): Requirement =>
    stated({ kind: 'filter', bits: filterMask(...features), origin, what, needs: 'seccomp filters' });
  const filter = (origin: Origin | undefined, what: string, ...features: FilterFeature[]): void => {
    out.push(need(origin, what, features));
  };
  /** Closes ways around a right, and is no restriction without it: it does not count as something enforced. */
  const support = (origin: Origin | undefined, what: string, ...features: FilterFeature[]): void => {
    out.push({ ...need(origin, what, features), stated: false });
  };
  const { tcp, udp, noNet, otherNet, noUnix } = policy;
  const insteadOfLandlock = noNet.value ? filterMask('inet_none', 'tcp', 'io_uring') : 0;
  const rights = (
    sockets: Sockets | undefined,
    names: readonly [NetRight, NetRight],
    what: string,
    alternative: Mask,
  ): void => {
    const limited = [sockets?.connect, sockets?.bind].map((access) => access?.kind === 'only');
    const handled = names.filter((_, i) => limited[i]);
    const [first] = handled;
    if (first === undefined) return;
    const needs = describeAbi(sinceNet(first));
    out.push(stated({ kind: 'net', bits: netMask(...handled), alternative, origin: sockets?.origin, what, needs }));
  };
  rights(tcp, ['connect_tcp', 'bind_tcp'], 'TCP by port', insteadOfLandlock);
  const withoutUdp = deniesSockets(udp) ? filterMask('udp_none', 'io_uring') : 0;
  rights(udp, ['connect_send_udp', 'bind_udp'], 'UDP by port', withoutUdp);
  if (noNet.value)
    filter(noNet.origin, 'no network at all', 'inet_none', 'tcp', 'udp_none', 'other_net_none', 'io_uring');
  else {
    if (restrictsSockets(tcp)) {
      support(tcp?.origin, 'TCP ports against MPTCP, SMC, fast open and io_uring', 'tcp', 'io_uring');
    }
    if (deniesSockets(udp)) filter(udp?.origin, 'no UDP', 'udp_none', 'io_uring');
    else if (restrictsSockets(udp)) support(udp?.origin, 'UDP ports against io_uring', 'io_uring');
    if (otherNet.value === 'none') filter(otherNet.origin, 'no other sockets', 'other_net_none', 'io_uring');
  }
  if (noUnix.value) filter(noUnix.origin, 'no UNIX sockets', 'unix_none', 'io_uring');
  return out;
}

function scopeRequirements(policy: Policy, hardening: MakeHardening): Requirement[] {
  const out: Requirement[] = [];
  const { signal, terminal } = policy.scopes;
  const abstract = policy.scopes['abstract-unix-socket'];
  const add = (need: Omit<Need, 'origin'>, origin: Origin | undefined): void => {
    out.push(hardening({ ...need, origin }, origin));
  };
  if (signal.value) {
    const needs = describeAbi(sinceScope('signal'));
    add({ kind: 'scope', bits: scopeMask('signal'), what: 'signals to processes outside', needs }, signal.origin);
    const what = 'resource limits of processes outside';
    add({ kind: 'filter', bits: filterMask('prlimit'), what, needs: 'seccomp filters' }, signal.origin);
  }
  if (abstract.value) {
    const needs = describeAbi(sinceScope('abstract_unix_socket'));
    const what = 'connections to abstract UNIX sockets outside';
    add({ kind: 'scope', bits: scopeMask('abstract_unix_socket'), what, needs }, abstract.origin);
  }
  if (terminal.value) {
    const what = "typing into the caller's terminal";
    add({ kind: 'filter', bits: filterMask('terminal'), what, needs: 'seccomp filters' }, terminal.origin);
  }
  return out;
}

function auditRequirement(policy: Policy, stated: Make): Requirement[] {
  const { value, origin } = policy.audit;
  if (value === 'off') return [];
  const bits =
    value === 'all' ? restrictMask('log_new_exec_on') : restrictMask('log_new_exec_on', 'log_subdomains_off');
  const needs = describeAbi(sinceRestrict('log_new_exec_on'));
  const need = stated({ kind: 'restrict', bits, origin, what: "audit records of COMMAND's denials", needs });
  // A log is no fence: it does not count as something enforced.
  return [{ ...need, stated: false, remedy: need.unmet === 'refuse' ? need.remedy : 'denials are not logged' }];
}
