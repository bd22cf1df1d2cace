import type { Message } from './message.ts';

/** What a policy can ask of a kernel that the kernel may lack: it follows "cannot enforce" and "not enforced:". */
export const KERNEL_SUBJECTS = {
  files: 'access to files',
  refer: 'a choice about renames and links between directories, which this kernel always denies (EXDEV)',
  truncate: 'truncation of files (without it a command can empty any file)',
  'device-ioctl': 'ioctl on devices',
  'pathname-unix-socket': 'connections to pathname UNIX sockets outside the domain',
  tcp: 'TCP by port',
  udp: 'UDP by port',
  'no-net': 'no network at all',
  'tcp-detours': 'TCP ports against MPTCP, SMC, fast open and io_uring',
  'no-udp': 'no UDP',
  'udp-detours': 'UDP ports against io_uring',
  'no-other-net': 'no other sockets',
  'no-unix': 'no UNIX sockets',
  signal: 'signals to processes outside',
  'limits-of-others': 'resource limits of processes outside',
  'abstract-unix-socket': 'connections to abstract UNIX sockets outside',
  terminal: "typing into the caller's terminal",
  audit: "audit records of COMMAND's denials",
} as const;
export type KernelSubject = keyof typeof KERNEL_SUBJECTS;

/** What takes the place of the dropped part: said behind a warning of best effort. */
const CONSEQUENCES = {
  weaker: 'the sandbox is weaker than the policy',
  stricter: 'the sandbox is stricter than the policy',
  unlogged: 'denials are not logged',
} as const;

/** What a kernel lacks of a policy. Plans carry these texts; the native core adds what the kernel has (docs/plan-format.md, "Requirements"). */
export const kernelMessages = {
  'kernel-lacks': (subject: KernelSubject, needs: string): Message => [
    `cannot enforce ${describeLack(subject, needs)}`,
    'use a newer kernel, leave it out of the policy, or consent to less with --best-effort',
  ],
  'kernel-lacks-dropped': (subject: KernelSubject, needs: string, consequence: keyof typeof CONSEQUENCES): Message => [
    `not enforced: ${describeLack(subject, needs)}`,
    CONSEQUENCES[consequence],
  ],
  'min-abi-unmet': (abi: number, linux: string | undefined): Message => [
    `the policy accepts Landlock ABI ${abi}${linux === undefined ? '' : ` (Linux ${linux})`} or newer only`,
    'use a newer kernel or lower the floor',
  ],
};

/** `TCP by port: needs Landlock ABI 4 (Linux 6.7)`. */
export function describeLack(subject: KernelSubject, needs: string): string {
  return `${KERNEL_SUBJECTS[subject]}: needs ${needs}`;
}
