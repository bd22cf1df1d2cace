import type { Bytes } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import type { Policy, PortAccess } from '../policy/policy.ts';
import type { Edit } from './edit.ts';
import type { LearnedPort, SocketUse } from './socket-use.ts';

/** What the options and the file say of the network already. */
export interface NetworkBase {
  readonly policy: Policy;
  /** There was no file to merge into. */
  readonly fresh: boolean;
  /** The options say that there is no network, or no UNIX sockets: claims that learning does not widen. */
  readonly claimed: { readonly net: boolean; readonly unix: boolean };
  /** The kernel can hold UDP to ports (Landlock ABI 10). */
  readonly udpPorts: boolean;
}

/**
 * What a run did with sockets → the narrowest statements that allow it: kinds of sockets that were not used are denied, ports that were are
 * listed. Where there is a file already it is only widened.
 */
export function networkEdits(use: SocketUse, base: NetworkBase): Edit[] {
  return [
    ...(base.claimed.net ? [] : internetEdits(use, base)),
    ...(base.claimed.unix ? [] : unixEdits(use, base)),
    ...scopeEdits(use, base.policy),
  ];
}

function internetEdits(use: SocketUse, base: NetworkBase): Edit[] {
  const { policy } = base;
  const any = use.used.has('tcp') || use.used.has('udp') || use.used.has('other');
  const unmentioned = policy.tcp === undefined && policy.udp === undefined && policy.otherNet.value === 'any';
  if (policy.noNet.value) return any ? fromNothing(use, base) : [];
  if (base.fresh && unmentioned) {
    return any
      ? fromNothing(use, base)
      : [{ kind: 'set', at: ['net'], value: 'none', comment: 'no socket but UNIX ones was opened' }];
  }
  return widen(use, base);
}

/** Everything that is known of the network is what was seen. */
function fromNothing(use: SocketUse, { udpPorts }: NetworkBase): Edit[] {
  const edits: Edit[] = [
    { kind: 'set', at: ['net'], value: { connect: [], bind: [] } },
    ...ports('net', 'tcp', use, undefined),
  ];
  if (!use.used.has('udp')) edits.push({ kind: 'set', at: ['udp'], value: 'none' });
  else if (udpPorts) {
    edits.push({ kind: 'set', at: ['udp'], value: { connect: [], bind: [] } }, ...ports('udp', 'udp', use, undefined));
  }
  if (!use.used.has('other')) edits.push({ kind: 'set', at: ['other_net'], value: 'none' });
  return edits;
}

function widen(use: SocketUse, { policy }: NetworkBase): Edit[] {
  const edits: Edit[] = policy.tcp === undefined ? [] : ports('net', 'tcp', use, policy.tcp);
  if (policy.udp !== undefined && use.used.has('udp')) {
    const nothing = [policy.udp.connect, policy.udp.bind].every(
      (one) => one.kind === 'only' && one.ranges.length === 0,
    );
    if (nothing) edits.push({ kind: 'delete', at: ['udp'] });
    else edits.push(...ports('udp', 'udp', use, policy.udp));
  }
  if (policy.otherNet.value === 'none' && use.used.has('other')) edits.push({ kind: 'delete', at: ['other_net'] });
  return edits;
}

function ports(
  key: string,
  transport: 'tcp' | 'udp',
  use: SocketUse,
  has: { readonly connect: PortAccess; readonly bind: PortAccess } | undefined,
): Edit[] {
  return (['connect', 'bind'] as const).flatMap((direction) =>
    use[transport][direction]
      .filter((one) => has === undefined || !contains(has[direction], one))
      .map((one): Edit => {
        const value = /^\d+$/.test(one.text) ? Number(one.text) : one.text;
        return { kind: 'append', at: [key, direction], value, comment: names(one.programs) };
      }),
  );
}

function contains(access: PortAccess, { text }: LearnedPort): boolean {
  if (access.kind === 'any') return true;
  const [low = 0, high = low] = text.split('-').map(Number);
  return access.ranges.some((range) => range.low <= low && high <= range.high);
}

function unixEdits(use: SocketUse, { policy, fresh }: NetworkBase): Edit[] {
  const edits: Edit[] = [];
  const used = use.used.has('unix');
  if (!used && fresh && !policy.noUnix.value) {
    edits.push({ kind: 'set', at: ['no_unix'], value: true, comment: 'no UNIX socket was connected or bound' });
  }
  if (used && policy.noUnix.value) edits.push({ kind: 'delete', at: ['no_unix'] });
  return edits;
}

function scopeEdits(use: SocketUse, { scopes }: Policy): Edit[] {
  const off = (name: 'signal' | 'abstract-unix-socket', needed: boolean, why: string): Edit[] =>
    needed && scopes[name].value && scopes[name].origin === undefined
      ? [{ kind: 'set', at: ['scope', name], value: 'off', comment: why }]
      : [];
  return [
    ...off('signal', use.signalOutside, 'a signal went to a process that COMMAND had not started'),
    ...off('abstract-unix-socket', use.abstractOutside, 'an abstract socket of another program was connected to'),
  ];
}

function names(programs: ReadonlySet<Bytes>): string {
  return [...programs].map(escapeBytes).sort().join(', ');
}
