import type { Level } from './diagnostic.ts';

/** One thing that the native core can tell, as data: the C table is rendered from it. */
export interface NativeMessage {
  /** Stable, kebab-case: what `--json` and the status descriptor carry. */
  readonly code: string;
  readonly level: Level;
  /** The exit code where it ends the run; 0 for warnings and notes. */
  readonly exit: 0 | 125 | 126 | 127;
  /** What could not happen, or did. A path and the kernel's errno follow it. */
  readonly what: string;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * Everything that the native core can tell but for the requirements, whose code, text and remedy are in the plan. The order is that of a run.
 */
export const nativeMessages = [
  /** The plan's bytes are not as docs/plan-format.md says: made by another version, cut off, or changed. The reason stands in parentheses. */
  {
    code: 'plan-damaged',
    level: 'error',
    exit: 125,
    what: 'the plan is damaged, nothing was opened and nothing ran',
    remedy: 'make the plan again with this version of landlock-run',
  },
  /** The record of the process's state that the front program hands over has another version or size: files of two releases are mixed. */
  {
    code: 'record-damaged',
    level: 'error',
    exit: 125,
    what: 'the record of the process state is of another version',
    remedy: 'install landlock-run again, so that all of its files are of one release',
  },
  /** mmap(2) or pipe2(2), clone(2) failed: a memory limit (RLIMIT_AS, cgroup) or a limit of processes or descriptors. */
  {
    code: 'out-of-memory',
    level: 'error',
    exit: 125,
    what: 'the kernel refuses memory or a process',
    remedy: 'raise the limits that landlock-run itself runs under',
  },
  /** One of the descriptors 0 to 2 was closed and could not be held by a placeholder: RLIMIT_NOFILE is 0, or `/` cannot be opened. */
  {
    code: 'standard-descriptor-refused',
    level: 'error',
    exit: 125,
    what: 'cannot hold the place of a closed standard descriptor',
    remedy: 'run with descriptors 0, 1 and 2 open, or raise RLIMIT_NOFILE',
  },
  /** prctl(PR_SET_NO_NEW_PRIVS) failed: a seccomp filter around the run. */
  {
    code: 'no-new-privs-refused',
    level: 'error',
    exit: 125,
    what: 'cannot set no_new_privs',
    remedy: 'let the seccomp filter around this run pass prctl(PR_SET_NO_NEW_PRIVS)',
  },
  /** ENOSYS from landlock_create_ruleset: a kernel before 5.13 or without CONFIG_SECURITY_LANDLOCK, gVisor, or a container's filter. */
  {
    code: 'landlock-not-built',
    level: 'error',
    exit: 125,
    what: 'cannot restrict anything: this kernel has no Landlock, or a seccomp filter hides it',
    remedy:
      'use Linux 5.13 or newer with CONFIG_SECURITY_LANDLOCK=y, and let a container pass the landlock_* calls; --allow-unsandboxed runs without protection',
  },
  /** EOPNOTSUPP from landlock_create_ruleset: built in, and left out of the list of security modules at boot. */
  {
    code: 'landlock-off-at-boot',
    level: 'error',
    exit: 125,
    what: 'cannot restrict anything: Landlock is built into this kernel, but off since boot',
    remedy:
      'add landlock to the lsm= list of the kernel command line and boot again; --allow-unsandboxed runs without protection',
  },
  /** EPERM or another errno from landlock_create_ruleset, which the kernel itself never gives: a seccomp filter around the run. */
  {
    code: 'landlock-blocked',
    level: 'error',
    exit: 125,
    what: 'cannot restrict anything: a seccomp filter around this run refuses the landlock_* calls',
    remedy:
      "let the container's seccomp profile pass landlock_create_ruleset, landlock_add_rule and landlock_restrict_self; --allow-unsandboxed runs without protection",
  },
  /** Best effort, and nothing is left of what was asked for. */
  {
    code: 'nothing-enforced',
    level: 'error',
    exit: 125,
    what: 'this kernel can enforce nothing of what was asked for',
    remedy: 'use a newer kernel, or ask for something that this one has (--check tells what)',
  },
  /** Landlock is absent and the user consented to run without it. */
  {
    code: 'unsandboxed',
    level: 'warning',
    exit: 0,
    what: 'Landlock is absent: the command runs without its restrictions',
    remedy: 'drop --allow-unsandboxed to refuse such runs',
  },
  /** landlock_create_ruleset refuses a set of bits each of which it took before: descriptors or memory are short. */
  {
    code: 'ruleset-refused',
    level: 'error',
    exit: 125,
    what: 'cannot create the ruleset',
    remedy: 'raise the limits that landlock-run itself runs under (RLIMIT_NOFILE, memory)',
  },
  /** A stated path with a write right does not exist: perhaps a typo. */
  {
    code: 'path-missing',
    level: 'warning',
    exit: 0,
    what: 'nothing is granted, the path does not exist',
    remedy: 'create it, correct it, or mark it optional',
  },
  /** The same for every other path, told when verbose. */
  {
    code: 'path-skipped',
    level: 'note',
    exit: 0,
    what: 'skipped a path',
    remedy: 'nothing needs to be done unless the command needs it',
  },
  /** A path that is required (`required: true`, `--require-paths`) does not exist. */
  {
    code: 'path-required',
    level: 'error',
    exit: 125,
    what: 'a required path does not exist',
    remedy: 'create it, correct it, or drop the requirement',
  },
  /** None of the stated paths exists: the policy is for another machine, or the working directory is wrong. */
  {
    code: 'paths-all-missing',
    level: 'error',
    exit: 125,
    what: 'none of the stated paths exists',
    remedy: 'correct the paths or the working directory',
  },
  /** A path exists and cannot be opened: EACCES, ELOOP, ENAMETOOLONG, EMFILE, ENOSYS for openat2. */
  {
    code: 'path-unopenable',
    level: 'error',
    exit: 125,
    what: 'cannot open the path to grant it',
    remedy: 'make it reachable for this user, or leave it out of the policy',
  },
  /** EXDEV from openat2(RESOLVE_BENEATH): a symbolic link below a writable grant leads out of it, perhaps planted by an earlier run. */
  {
    code: 'path-leads-outside',
    level: 'error',
    exit: 125,
    what: 'refused: a link below a writable grant leads the path out of it',
    remedy: 'look who made the link; grant its target by its own name, or consent with --allow-overlap',
  },
  /** The same with the user's consent. */
  {
    code: 'path-leads-outside-allowed',
    level: 'warning',
    exit: 0,
    what: 'a link below a writable grant leads the path out of it, and it is granted all the same',
    remedy: 'drop --allow-overlap to refuse this',
  },
  /** A row for one file (`--rwfile`) names a directory. */
  {
    code: 'path-not-file',
    level: 'error',
    exit: 125,
    what: 'the path must be one file or device, and is a directory',
    remedy: 'grant a directory with --rw',
  },
  /** The private directory could not be made: its parent is missing or not writable. */
  {
    code: 'tmp-unmade',
    level: 'error',
    exit: 125,
    what: 'cannot make the directory',
    remedy: 'make its parent directory first, writable for this user',
  },
  /** The private directory's name is taken by something else. */
  {
    code: 'tmp-not-directory',
    level: 'error',
    exit: 125,
    what: 'the path must be a directory, and is something else',
    remedy: 'remove what is there, or name another directory',
  },
  /** landlock_add_rule refuses a path for a reason other than EBADFD. */
  {
    code: 'rule-refused',
    level: 'error',
    exit: 125,
    what: 'cannot add the rule for the path',
    remedy: 'leave the path out of the policy, or raise the memory limit',
  },
  /** landlock_add_rule refuses a port. */
  {
    code: 'port-refused',
    level: 'error',
    exit: 125,
    what: 'cannot add the rule for the port',
    remedy: 'leave the port out of the policy, or raise the memory limit',
  },
  /** fcntl(2) or close_range(2) failed: a descriptor might have leaked into the command. */
  {
    code: 'descriptors-refused',
    level: 'error',
    exit: 125,
    what: 'cannot close the descriptors that the command must not have',
    remedy: 'use Linux 5.11 or newer, or mount /proc',
  },
  /** A descriptor to keep, or the status descriptor, is not open. */
  {
    code: 'descriptor-not-open',
    level: 'error',
    exit: 125,
    what: 'the descriptor to keep is not open',
    remedy: 'open it in the caller, or drop the option',
  },
  /** `--keep-fd listen`, and LISTEN_FDS is no number of descriptors. */
  {
    code: 'listen-fds-damaged',
    level: 'error',
    exit: 125,
    what: 'LISTEN_FDS does not hold a number of descriptors',
    remedy: 'let the service manager set it, or drop --keep-fd listen',
  },
  /** A word of the command names an open descriptor (`<(...)` of a shell) that will not be inherited. */
  {
    code: 'descriptor-closed',
    level: 'warning',
    exit: 0,
    what: 'the command names a descriptor that it does not inherit',
    remedy: 'keep it by its number, or where it is a pipe with --keep-fd args',
  },
  /** landlock_restrict_self failed in another way than by the number of layers. */
  {
    code: 'restrict-refused',
    level: 'error',
    exit: 125,
    what: 'cannot enforce the ruleset',
    remedy: 'let the seccomp filter around this run pass landlock_restrict_self',
  },
  /** E2BIG from landlock_restrict_self: the kernel nests 16 layers. */
  {
    code: 'layers-exhausted',
    level: 'error',
    exit: 125,
    what: 'cannot enforce the ruleset: 16 Landlock layers are in force already, and the kernel takes no more',
    remedy: 'nest fewer sandboxes around this command',
  },
  /** seccomp(SECCOMP_SET_MODE_FILTER) failed: CONFIG_SECCOMP_FILTER is missing, or a container refuses it. */
  {
    code: 'filter-refused',
    level: 'error',
    exit: 125,
    what: 'cannot install the seccomp filter that the policy needs',
    remedy: 'use a kernel with CONFIG_SECCOMP_FILTER=y, and let the container pass seccomp()',
  },
  /** capset(2) failed: the capabilities that would void the policy could not be dropped. */
  {
    code: 'capabilities-kept',
    level: 'error',
    exit: 125,
    what: 'cannot drop the capabilities that would void the policy',
    remedy: 'start without them, or consent with --keep-caps',
  },
  /** chdir(2) failed. */
  {
    code: 'chdir-failed',
    level: 'error',
    exit: 125,
    what: 'cannot change to the directory',
    remedy: 'create it, or name another one with --chdir',
  },
  /** rt_sigaction(2), rt_sigprocmask(2), prlimit64(2) or fcntl(2) failed when giving back what the caller had set. */
  {
    code: 'state-refused',
    level: 'error',
    exit: 125,
    what: 'cannot give the command the state that the caller had set',
    remedy: 'let the seccomp filter around this run pass this call',
  },
  /** prlimit64(2) refuses a limit: above the hard limit, or soft above hard. */
  {
    code: 'limit-refused',
    level: 'error',
    exit: 125,
    what: 'cannot set the limit',
    remedy: 'stay at or below the hard limit, with soft not above hard',
  },
  /** A candidate of the PATH search cannot be executed, a later one may. */
  {
    code: 'candidate-passed-over',
    level: 'note',
    exit: 0,
    what: 'passed over a candidate for the command',
    remedy: 'name the command by its path if this one was meant',
  },
  /** Nothing of that name exists, nor in the directories of PATH. */
  {
    code: 'command-not-found',
    level: 'error',
    exit: 127,
    what: 'cannot find the command',
    remedy: 'check its name and PATH',
  },
  /** The file may be executed by this user, and the policy denies it, its interpreter or its loader. */
  {
    code: 'command-denied',
    level: 'error',
    exit: 126,
    what: 'the policy denies executing the command or its interpreter',
    remedy: 'grant it with --ro, or with --add-command',
  },
  /** It exists and the kernel does not execute it, whatever the policy: permissions, format, a directory, E2BIG. */
  {
    code: 'command-not-executable',
    level: 'error',
    exit: 126,
    what: 'cannot execute the command',
    remedy: 'check its permissions and its format',
  },
  /** ENOENT from execve(2) for a file that exists: the interpreter of the script or the loader of the binary is missing. */
  {
    code: 'interpreter-missing',
    level: 'error',
    exit: 126,
    what: 'cannot execute the command: its interpreter or loader does not exist',
    remedy: 'install the interpreter that its first line, or its ELF header, names',
  },
  /** A launcher or the front was started with AT_SECURE: set-user-ID, set-group-ID or file capabilities. */
  {
    code: 'launcher-privileged',
    level: 'error',
    exit: 125,
    what: 'refused: this program was started with privileges that its caller lacks',
    remedy: 'take the set-user-ID and set-group-ID bits and the file capabilities off it',
  },
  /** A compiled launcher's own file is cut off or was changed; which of the two stands in parentheses. */
  {
    code: 'launcher-damaged',
    level: 'error',
    exit: 125,
    what: 'this program is damaged, nothing was opened and nothing ran',
    remedy: 'write it again with landlock-run --compile, or install landlock-run again',
  },
  /** The template of compiled launchers was started itself. */
  {
    code: 'launcher-empty',
    level: 'error',
    exit: 125,
    what: 'this program carries no policy',
    remedy: 'write a launcher that does with landlock-run --compile',
  },
  /** A compiled launcher was started without words. */
  {
    code: 'launcher-command-missing',
    level: 'error',
    exit: 125,
    what: 'there is no command to run',
    remedy: 'name one behind this program: every word is its own, and options have no place here',
  },
  /** The front cannot tell where it lies, so it cannot find the rest of landlock-run. */
  {
    code: 'front-lost',
    level: 'error',
    exit: 125,
    what: 'cannot find out where this program lies',
    remedy: 'mount /proc, or start it by its absolute path',
  },
  /** The bundle that belongs beside the front is not there, or is cut off. */
  {
    code: 'front-incomplete',
    level: 'error',
    exit: 125,
    what: 'a file that belongs to landlock-run cannot be used',
    remedy:
      'install landlock-run again, or build it with npm run build; a copy of this program alone is none, a link to it is',
  },
  /** The front's own path holds bytes that are not UTF-8: Node would put U+FFFD in their place, and look in another directory. */
  {
    code: 'front-path-not-text',
    level: 'error',
    exit: 125,
    what: 'the path of this program is not UTF-8, and Node would look for its files in another directory',
    remedy: 'install landlock-run below a path that is',
  },
  /** No Node where the front looks for one: docs/launcher.md. */
  {
    code: 'node-missing',
    level: 'error',
    exit: 125,
    what: 'cannot find Node, which landlock-run needs to read a policy',
    remedy:
      'install Node 20.19 or newer where PATH names it by an absolute directory that is not below the working directory',
  },
  /** Node was found and cannot be executed: E2BIG where the environment and the arguments leave no room, EACCES, ENOEXEC. */
  {
    code: 'node-not-executable',
    level: 'error',
    exit: 125,
    what: 'cannot execute Node',
    remedy: 'install Node again; if the arguments are too long, pass fewer, or compile the policy with --compile',
  },
  /** Node, tried where a limit is low, does not get as far as our script: RLIMIT_NOFILE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_NPROC, or memory may not be made executable. Which stands in parentheses. */
  {
    code: 'node-starved',
    level: 'error',
    exit: 125,
    what: 'Node cannot start under the limits of this process',
    remedy: 'raise them, or start a launcher that landlock-run --compile wrote without them: it needs no Node',
  },
  /** The spawn helper was started by something else than the library it belongs to, or by one of another release. */
  {
    code: 'spawn-protocol',
    level: 'error',
    exit: 125,
    what: 'the spawn helper was not started as its library does',
    remedy: 'call spawn() or run() of landlock-run, and install it again if this was one of them',
  },
  /** The descriptor on which the spawn helper gets its plan cannot be read. */
  {
    code: 'plan-unreadable',
    level: 'error',
    exit: 125,
    what: 'the plan cannot be read from its descriptor, nothing was opened and nothing ran',
    remedy: 'call spawn() or run() of landlock-run, and install it again if this was one of them',
  },
] as const satisfies readonly NativeMessage[];

export type NativeMessageCode = (typeof nativeMessages)[number]['code'];
