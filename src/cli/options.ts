/** The groups of options, in the order of help and man page. */
export const OPTION_GROUPS = {
  files: 'Files',
  network: 'Network',
  isolation: 'Isolation',
  policy: 'Policy',
  enforcement: 'Enforcement',
  process: 'Process',
  modes: 'Modes',
  output: 'Output',
} as const;
export type OptionGroup = keyof typeof OPTION_GROUPS;

/** One option: what the parser takes, and what help says of it. */
export interface OptionRow {
  readonly name: `--${string}`;
  readonly short?: `-${string}`;
  /** What the value stands for; absent for a switch. */
  readonly value?: string;
  readonly group: OptionGroup;
  readonly text: string;
  /** Words that the value may be, or begin with where a colon follows; for completions. */
  readonly words?: readonly string[];
  /** Understood, but not shown: an alias, or what is only refused with help. */
  readonly hidden?: boolean;
}

const SCOPES = ['signal', 'abstract-unix-socket', 'pathname-unix-socket', 'device-ioctl', 'terminal'];

/** Whose policies --import reads. */
const TOOLS = ['landlockconfig', 'landrun', 'sandbox-runtime', 'openshell'];

/** Every option, once: parser, help, man page and completions are made from this table. Each value option may be repeated. */
export const OPTIONS: readonly OptionRow[] = [
  { name: '--ro', value: 'PATH', group: 'files', text: 'read and execute beneath PATH' },
  {
    name: '--rw',
    value: 'PATH',
    group: 'files',
    text: 'read, write, create, remove, rename, execute beneath PATH, and ioctl on devices',
  },
  {
    name: '--rwfile',
    value: 'PATH',
    group: 'files',
    text: 'read, write and ioctl one existing file or device; no execute',
  },
  {
    name: '--grant',
    value: 'RIGHTS:PATH',
    group: 'files',
    text: "exactly these rights: a comma list of the kernel's names or read, write, exec, create, remove",
    words: ['read', 'write', 'exec', 'create', 'remove'],
  },
  { name: '--unix', value: 'PATH', group: 'files', text: 'connect to a pathname UNIX socket' },
  {
    name: '--tmp',
    value: 'DIR',
    group: 'files',
    text: 'a temporary directory: made if missing, granted like --rw, TMPDIR set to it',
  },
  { name: '--add-command', group: 'files', text: "COMMAND's own file, interpreters and libraries, no more" },
  { name: '--deny', value: 'PATH', group: 'files', text: 'not something Landlock can do', hidden: true },
  {
    name: '--net-connect',
    value: 'PORTS',
    group: 'network',
    text: 'TCP ports to connect to: PORT, LO-HI, any or none',
  },
  { name: '--net-bind', value: 'PORTS', group: 'network', text: 'TCP ports to bind' },
  {
    name: '--udp-connect',
    value: 'PORTS',
    group: 'network',
    text: 'UDP ports to connect and send to (Landlock ABI 10)',
  },
  { name: '--udp-bind', value: 'PORTS', group: 'network', text: 'UDP ports to bind (Landlock ABI 10)' },
  {
    name: '--other-net',
    value: 'any|none',
    group: 'network',
    text: 'every other kind of socket but UNIX; none leaves routing netlink, which lists interfaces and addresses',
    words: ['any', 'none'],
  },
  { name: '--no-net', group: 'network', text: 'no TCP, no UDP, no other socket but UNIX ones' },
  { name: '--no-unix', group: 'network', text: 'no UNIX sockets either (socketpair stays)' },
  { name: '--scope', value: 'NAME', group: 'isolation', text: `turn a scope on: ${SCOPES.join(', ')}`, words: SCOPES },
  { name: '--no-scope', value: 'NAME', group: 'isolation', text: 'turn a scope off', words: SCOPES },
  {
    name: '--audit',
    value: 'off|command|all',
    group: 'isolation',
    text: "log COMMAND's denials to the audit log (Landlock ABI 7), nested domains left out or in",
    words: ['off', 'command', 'all'],
  },
  { name: '--keep-caps', group: 'isolation', text: 'keep the capabilities with which root can go round the policy' },
  { name: '--policy', value: 'FILE', group: 'policy', text: 'a YAML policy; - is stdin' },
  {
    name: '--profile',
    value: 'NAME',
    group: 'policy',
    text: 'a built-in profile: git, toolchains, ssh, tty, shm, dev, worker',
  },
  { name: '--bare', group: 'policy', text: 'leave out the system profile' },
  {
    name: '--discover',
    value: 'CONFIG[#KEY,...]',
    group: 'policy',
    text: 'grant what a YAML or JSON config refers to',
  },
  { name: '--best-effort', group: 'enforcement', text: 'drop what this kernel lacks, with a warning for each' },
  { name: '--min-abi', value: 'N', group: 'enforcement', text: 'refuse kernels below Landlock ABI N' },
  { name: '--require-paths', group: 'enforcement', text: 'refuse to run where a stated path is missing' },
  { name: '--allow-overlap', group: 'enforcement', text: 'consent to grants that defeat each other, with a warning' },
  {
    name: '--allow-unsandboxed',
    group: 'enforcement',
    text: 'consent to run where Landlock is absent, with a warning',
  },
  { name: '--env', value: 'NAME[=VALUE]', group: 'process', text: 'set a variable, or hand it through' },
  { name: '--env-scrub', group: 'process', text: 'take away variables that look like credentials' },
  { name: '--env-clear', group: 'process', text: 'start from an empty environment' },
  { name: '--env-keep', value: 'GLOB', group: 'process', text: 'variables that survive --env-scrub and --env-clear' },
  { name: '--env-unset', value: 'GLOB', group: 'process', text: 'variables to take away' },
  {
    name: '--keep-fd',
    value: 'N|args|listen',
    group: 'process',
    text: 'descriptors to hand through: N, those named /dev/fd/N in ARG, or those of LISTEN_FDS',
    words: ['args', 'listen'],
  },
  { name: '--keep-path', group: 'process', text: "leave COMMAND's PATH as it is" },
  { name: '--chdir', value: 'DIR', group: 'process', text: 'the working directory of COMMAND' },
  {
    name: '--limit',
    value: 'NAME=VALUE',
    group: 'process',
    text: "a resource limit by prlimit(1)'s names, as in data=2G",
  },
  { name: '--status-fd', value: 'N', group: 'process', text: 'report on descriptor N why COMMAND did not start' },
  { name: '--check', group: 'modes', text: 'would a run with these options be accepted here? prove it' },
  { name: '--probe', group: 'modes', text: 'the same as --check', hidden: true },
  { name: '--explain', group: 'modes', text: 'what would be enforced and what not; nothing is run' },
  { name: '--compiled', value: 'FILE', group: 'modes', text: 'with --explain: what is in a launcher of --compile' },
  {
    name: '--why',
    value: 'QUERY',
    group: 'modes',
    text: 'is PATH[:rwx], connect:PORT or bind:PORT allowed, by which grant, and what would allow it?',
  },
  {
    name: '--compile',
    value: 'OUT',
    group: 'modes',
    text: 'write a standalone launcher that applies exactly this policy',
  },
  {
    name: '--learn',
    value: 'OUT',
    group: 'modes',
    text: 'run COMMAND twice: first without any restriction, to write a policy for it, then under that policy, to prove it',
  },
  { name: '--no-verify', group: 'modes', text: 'with --learn: leave out the second run' },
  { name: '--trace', group: 'modes', text: 'run COMMAND, and list afterwards what the policy denied' },
  {
    name: '--import',
    value: 'KIND:FILE',
    group: 'modes',
    text: `print the policy of another tool as ours: ${TOOLS.join(', ')}`,
    words: TOOLS,
  },
  { name: '--print-policy', group: 'modes', text: 'print the merged policy as YAML' },
  {
    name: '--completion',
    value: 'SHELL',
    group: 'modes',
    text: 'print the completion script of bash, zsh or fish',
    words: ['bash', 'zsh', 'fish'],
  },
  { name: '--help', short: '-h', group: 'modes', text: 'print this' },
  { name: '--version', short: '-V', group: 'modes', text: 'print the version' },
  { name: '--json', group: 'output', text: 'reports and diagnostics as JSON' },
  { name: '--verbose', group: 'output', text: 'also say what was skipped' },
  {
    name: '--color',
    value: 'auto|always|never',
    group: 'output',
    text: 'colour in reports',
    words: ['auto', 'always', 'never'],
  },
];
