import { describeLack, type KernelSubject, kernelMessages } from '../diagnostics/messages-kernel.ts';
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
  /** What cannot be enforced where it is unmet. */
  readonly subject: KernelSubject;
  /** What would be needed: `Landlock ABI 4 (Linux 6.7)`. */
  readonly needs: string;
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
  const { kind, bits, alternative = 0, origin, subject, needs } = need;
  const code = unmet === 'refuse' ? 'kernel-lacks' : 'kernel-lacks-dropped';
  const consequence = subject === 'audit' ? 'unlogged' : stricter ? 'stricter' : 'weaker';
  const [text, remedy] = kernelMessages[code](subject, needs, consequence);
  const lack = describeLack(subject, needs);
  return { kind, bits, alternative, unmet, stated, stricter, origin, lack, code, text, remedy };
}

type Make = (need: Need) => Requirement;
type MakeHardening = (need: Need, origin: Origin | undefined) => Requirement;

function abiRequirement(policy: Policy): Requirement[] {
  const { minAbi } = policy;
  if (minAbi === undefined) return [];
  const { value, origin } = minAbi;
  const code = 'min-abi-unmet';
  const [text, remedy] = kernelMessages[code](value, linuxOfAbi(value));
  const plain = { alternative: 0, stated: false, stricter: false } as const;
  return [{ kind: 'abi', bits: value, ...plain, unmet: 'refuse', origin, lack: text, code, text, remedy }];
}

function fileRequirements(policy: Policy, stated: Make, hardening: MakeHardening, level: Unmet): Requirement[] {
  if (policy.files === undefined) return [];
  const { origin } = policy.files;
  const since = (right: 'refer' | 'truncate' | 'ioctl_dev' | 'resolve_unix'): string => describeAbi(sinceFs(right));
  const refer: Need = {
    kind: 'fs',
    bits: fsMask('refer'),
    origin,
    subject: 'refer',
    needs: since('refer'),
  };
  const scopes = policy.scopes;
  return [
    stated({
      kind: 'fs',
      bits: masksOfAbi(1).fs,
      origin,
      subject: 'files',
      needs: 'Landlock ABI 1 (Linux 5.13)',
    }),
    // Before ABI 2 REFER is denied whatever a policy says: absent means stricter, so strict has nothing to refuse.
    requirement(refer, level === 'refuse' ? 'drop' : 'warn', false, true),
    stated({
      kind: 'fs',
      bits: fsMask('truncate'),
      alternative: filterMask('truncate', 'io_uring'),
      origin,
      subject: 'truncate',
      needs: `${since('truncate')} or seccomp filters`,
    }),
    ...(scopes['device-ioctl'].value
      ? [
          hardening(
            { kind: 'fs', bits: fsMask('ioctl_dev'), origin, subject: 'device-ioctl', needs: since('ioctl_dev') },
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
              subject: 'pathname-unix-socket',
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
  const need = (origin: Origin | undefined, subject: KernelSubject, features: FilterFeature[]): Requirement =>
    stated({ kind: 'filter', bits: filterMask(...features), origin, subject, needs: 'seccomp filters' });
  const filter = (origin: Origin | undefined, subject: KernelSubject, ...features: FilterFeature[]): void => {
    out.push(need(origin, subject, features));
  };
  /** Closes ways around a right, and is no restriction without it: it does not count as something enforced. */
  const support = (origin: Origin | undefined, subject: KernelSubject, ...features: FilterFeature[]): void => {
    out.push({ ...need(origin, subject, features), stated: false });
  };
  const { tcp, udp, noNet, otherNet, noUnix } = policy;
  const insteadOfLandlock = noNet.value ? filterMask('inet_none', 'tcp', 'io_uring') : 0;
  const rights = (
    sockets: Sockets | undefined,
    names: readonly [NetRight, NetRight],
    subject: KernelSubject,
    alternative: Mask,
  ): void => {
    const limited = [sockets?.connect, sockets?.bind].map((access) => access?.kind === 'only');
    const handled = names.filter((_, i) => limited[i]);
    const [first] = handled;
    if (first === undefined) return;
    const needs = describeAbi(sinceNet(first));
    out.push(stated({ kind: 'net', bits: netMask(...handled), alternative, origin: sockets?.origin, subject, needs }));
  };
  rights(tcp, ['connect_tcp', 'bind_tcp'], 'tcp', insteadOfLandlock);
  const withoutUdp = deniesSockets(udp) ? filterMask('udp_none', 'io_uring') : 0;
  rights(udp, ['connect_send_udp', 'bind_udp'], 'udp', withoutUdp);
  if (noNet.value) filter(noNet.origin, 'no-net', 'inet_none', 'tcp', 'udp_none', 'other_net_none', 'io_uring');
  else {
    if (restrictsSockets(tcp)) {
      support(tcp?.origin, 'tcp-detours', 'tcp', 'io_uring');
    }
    if (deniesSockets(udp)) filter(udp?.origin, 'no-udp', 'udp_none', 'io_uring');
    else if (restrictsSockets(udp)) support(udp?.origin, 'udp-detours', 'io_uring');
    if (otherNet.value === 'none') filter(otherNet.origin, 'no-other-net', 'other_net_none', 'io_uring');
  }
  if (noUnix.value) filter(noUnix.origin, 'no-unix', 'unix_none', 'io_uring');
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
    add({ kind: 'scope', bits: scopeMask('signal'), subject: 'signal', needs }, signal.origin);
    add(
      { kind: 'filter', bits: filterMask('prlimit'), subject: 'limits-of-others', needs: 'seccomp filters' },
      signal.origin,
    );
  }
  if (abstract.value) {
    const needs = describeAbi(sinceScope('abstract_unix_socket'));
    add(
      { kind: 'scope', bits: scopeMask('abstract_unix_socket'), subject: 'abstract-unix-socket', needs },
      abstract.origin,
    );
  }
  if (terminal.value) {
    add(
      { kind: 'filter', bits: filterMask('terminal'), subject: 'terminal', needs: 'seccomp filters' },
      terminal.origin,
    );
  }
  return out;
}

function auditRequirement(policy: Policy, stated: Make): Requirement[] {
  const { value, origin } = policy.audit;
  if (value === 'off') return [];
  const bits =
    value === 'all' ? restrictMask('log_new_exec_on') : restrictMask('log_new_exec_on', 'log_subdomains_off');
  const needs = describeAbi(sinceRestrict('log_new_exec_on'));
  const need = stated({ kind: 'restrict', bits, origin, subject: 'audit', needs });
  // A log is no fence: it does not count as something enforced.
  return [{ ...need, stated: false }];
}
