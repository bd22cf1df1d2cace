import { filterMask } from '../kernel/filter-features.ts';
import type { Policy } from '../policy/policy.ts';
import { restrictsSockets } from '../policy/settle-sockets.ts';
import type { Enforcement, KernelFacts } from '../ruleset/evaluate.ts';

/** Something that the policy does not stop on this kernel. */
export interface Hole {
  readonly code: string;
  readonly text: string;
}

/**
 * What COMMAND can still do under a policy on a kernel, where somebody might think otherwise. Pure.
 */
export function findHoles(policy: Policy, enforcement: Enforcement, kernel: KernelFacts): Hole[] {
  const holes: Hole[] = [];
  const add = (when: boolean, code: string, text: string): void => {
    if (when) holes.push({ code, text });
  };
  const has = (feature: (typeof enforcement.filter)[number]): boolean => enforcement.filter.includes(feature);
  const { files, tcp, udp, otherNet, noNet } = policy;
  add(files === undefined, 'files', 'files: not mentioned, left alone');
  add(!restrictsSockets(tcp), 'tcp', 'TCP: not mentioned, left alone');
  add(
    restrictsSockets(tcp) && !has('tcp'),
    'tcp-filter',
    'TCP: MPTCP, SMC and fast open go round the ports (no filter)',
  );
  add(
    tcp?.bind.kind === 'only' && !has('inet_none'),
    'listen',
    'TCP: listen() without bind() takes a port that the kernel picks',
  );
  add(!restrictsSockets(udp), 'udp', 'UDP: not mentioned, left alone');
  add(
    otherNet.value === 'any' && !noNet.value,
    'other-net',
    'other sockets (raw, netlink, vsock, ...): not mentioned, left alone',
  );
  const unixOpen = !policy.noUnix.value && (enforcement.handledFs & (1 << 16)) === 0;
  add(
    unixOpen,
    'unix',
    'pathname UNIX sockets of other programs: reachable (tmux, ssh-agent, docker.sock); --no-unix closes them',
  );
  add(files !== undefined, 'metadata', 'chmod, chown, utimes, setxattr, stat and inotify on files outside the grants');
  add(
    files !== undefined,
    'loader',
    'the exec right: a file that may be read can be run through a loader or an interpreter',
  );
  add(
    files !== undefined && policy.keepCaps.value,
    'capabilities',
    'capabilities are kept: root can go round the policy, there is no boundary',
  );
  add((enforcement.scoped & 2) === 0, 'signal', 'signals to other processes of the same user');
  add(
    (kernel.filter & filterMask('terminal')) === 0 || !has('terminal'),
    'terminal',
    "typing into the caller's terminal (TIOCSTI)",
  );
  add(true, 'ipc', 'System V IPC, kernel keyrings, scheduling of processes of the same user');
  return holes;
}
