import { fsMask, scopeMask } from '../kernel/rights.ts';
import type { Policy, Sockets } from '../policy/policy.ts';
import { restrictsSockets } from '../policy/settle-sockets.ts';
import type { Transport } from '../policy/statement.ts';
import type { Enforcement } from '../ruleset/evaluate.ts';
import { DIRECTIONS, isEnforced } from './socket-enforcement.ts';

/** Something that the policy does not stop on this kernel. */
export interface Hole {
  readonly code: string;
  readonly text: string;
}

/**
 * What COMMAND can still do under a policy on a kernel, where somebody might think otherwise (kernel documentation, landlock(7), "Limitations"). Pure.
 */
export function findHoles(policy: Policy, enforcement: Enforcement): Hole[] {
  return [
    ...fileHoles(policy, enforcement),
    ...networkHoles(policy, enforcement),
    ...unixHoles(policy, enforcement),
    ...processHoles(policy, enforcement),
  ];
}

function hole(when: boolean, code: string, text: string): Hole[] {
  return when ? [{ code, text }] : [];
}

function fileHoles({ files, keepCaps }: Policy, { handledFs, filter }: Enforcement): Hole[] {
  if (files === undefined) return hole(true, 'files', 'files: not mentioned, left alone');
  if (handledFs === 0) return hole(true, 'files-unenforced', 'files: this kernel restricts none of them');
  const truncates = (handledFs & fsMask('truncate')) !== 0 || filter.includes('truncate');
  return [
    ...hole(!truncates, 'truncate', 'emptying any file that the user may write (truncate)'),
    ...hole((handledFs & fsMask('ioctl_dev')) === 0, 'ioctl', 'ioctl on any device that is open or may be opened'),
    ...hole(
      true,
      'metadata',
      "chmod, chown, utimes, setxattr on the user's own files anywhere; stat, readlink and inotify on any",
    ),
    ...hole(true, 'loader', 'the exec right: a file that may be read can be run through a loader or an interpreter'),
    ...hole(
      keepCaps.value,
      'capabilities',
      'capabilities are kept: root can go round the policy, there is no boundary',
    ),
  ];
}

function networkHoles(policy: Policy, enforcement: Enforcement): Hole[] {
  const { tcp, udp, otherNet, noNet } = policy;
  const noSockets = enforcement.filter.includes('inet_none');
  const listens = tcp?.bind.kind === 'only' && !noSockets;
  const others = otherNet.value === 'none' || noNet.value;
  return [
    ...transportHoles('tcp', tcp, enforcement),
    ...hole(
      restrictsSockets(tcp) && !enforcement.filter.includes('tcp'),
      'tcp-filter',
      'TCP: MPTCP, SMC and fast open go round the ports (this kernel takes no seccomp filter)',
    ),
    ...hole(listens, 'listen', 'TCP: listen() without bind() takes a port that the kernel picks'),
    ...transportHoles('udp', udp, enforcement),
    ...hole(!others, 'other-net', 'other sockets (raw, netlink, vsock, ...): not mentioned, left alone'),
    ...hole(
      others && !enforcement.filter.includes('other_net_none'),
      'other-net-unenforced',
      'other sockets (raw, netlink, vsock, ...): this kernel takes no seccomp filter',
    ),
  ];
}

function transportHoles(transport: Transport, sockets: Sockets | undefined, enforcement: Enforcement): Hole[] {
  const name = transport.toUpperCase();
  if (!restrictsSockets(sockets)) return hole(true, transport, `${name}: not mentioned, left alone`);
  const open = DIRECTIONS.filter(
    (direction) => sockets?.[direction].kind === 'only' && !isEnforced(transport, direction, enforcement),
  );
  return hole(open.length > 0, `${transport}-unenforced`, `${name}: this kernel cannot restrict ${open.join(' and ')}`);
}

function unixHoles({ noUnix }: Policy, { handledFs, scoped, filter }: Enforcement): Hole[] {
  if (noUnix.value && filter.includes('unix_none')) return [];
  return [
    ...hole(
      (handledFs & fsMask('resolve_unix')) === 0,
      'unix',
      'pathname UNIX sockets of other programs: reachable (tmux, ssh-agent, docker.sock); --no-unix closes them',
    ),
    ...hole(
      (scoped & scopeMask('abstract_unix_socket')) === 0,
      'abstract-unix',
      'abstract UNIX sockets of other programs: reachable (X11, session services)',
    ),
  ];
}

function processHoles({ keepFds }: Policy, { scoped, filter }: Enforcement): Hole[] {
  const kept = keepFds.length === 0 ? '' : `, and those kept (${keepFds.map((fd) => fd.value).join(', ')})`;
  return [
    ...hole((scoped & scopeMask('signal')) === 0, 'signal', 'signals to other processes of the same user'),
    ...hole(!filter.includes('terminal'), 'terminal', "typing into the caller's terminal (TIOCSTI)"),
    ...hole(true, 'descriptors', `what is open already on the descriptors 0, 1, 2${kept}`),
    ...hole(true, 'ipc', 'System V IPC, kernel keyrings, scheduling of processes of the same user'),
  ];
}
