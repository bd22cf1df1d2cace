/** Options of other tools, and what to write here instead. */
export interface ForeignOption {
  readonly tool: string;
  readonly answer: string;
}

const landrun = (answer: string): ForeignOption => ({ tool: 'landrun', answer });
const bwrap = (answer: string): ForeignOption => ({ tool: 'bwrap', answer });
const firejail = (answer: string): ForeignOption => ({ tool: 'firejail', answer });
const setpriv = (answer: string): ForeignOption => ({ tool: 'setpriv', answer });

const NAMESPACE = 'Landlock needs no namespaces: leave it out; grant paths with --ro and --rw';

/** By name, without `=value`. Names that we have too are not here. Made where somebody has used one. */
export const foreignOptions = (): Readonly<Record<string, ForeignOption>> => ({
  '--rox': landrun('write --ro PATH, which includes execute here'),
  '--rwx': landrun('write --rw PATH, which includes execute here'),
  '--bind-tcp': landrun('write --net-bind PORT'),
  '--connect-tcp': landrun('write --net-connect PORT'),
  '--unrestricted-network': landrun('leave it out: what is not mentioned is left alone'),
  '--unrestricted-filesystem': landrun('leave it out: what is not mentioned is left alone'),
  '--unrestricted-scoped': landrun('write --no-scope signal --no-scope abstract-unix-socket'),
  '--ldd': landrun('leave it out: the system profile grants libraries; add --ro PATH for others'),
  '--add-exec': landrun('write --ro PATH for the program'),
  '--log-level': landrun('write --verbose'),
  '--ro-bind': bwrap('write --ro PATH; paths keep their place'),
  '--ro-bind-try': bwrap('write --ro PATH; missing paths are skipped'),
  '--bind': bwrap('write --rw PATH; paths keep their place'),
  '--bind-try': bwrap('write --rw PATH; missing paths are skipped'),
  '--dev-bind': bwrap('write --rw PATH, or --rwfile PATH for one device'),
  '--tmpfs': bwrap('write --tmp DIR for a temporary directory'),
  '--proc': bwrap('leave it out: the system profile grants /proc'),
  '--dev': bwrap('leave it out: the system profile grants the usual devices; --profile tty adds terminals'),
  '--unshare-all': bwrap(NAMESPACE),
  '--unshare-user': bwrap(NAMESPACE),
  '--unshare-pid': bwrap(NAMESPACE),
  '--unshare-ipc': bwrap(NAMESPACE),
  '--unshare-uts': bwrap(NAMESPACE),
  '--unshare-net': bwrap('write --no-net'),
  '--share-net': bwrap('leave it out: what is not mentioned is left alone'),
  '--die-with-parent': bwrap('leave it out: COMMAND is this very process'),
  '--new-session': bwrap('leave it out: the terminal scope stops typing into the terminal; or run setsid'),
  '--setenv': bwrap('write --env NAME=VALUE'),
  '--unsetenv': bwrap('write --env-unset NAME'),
  '--clearenv': bwrap('write --env-clear'),
  '--cap-drop': bwrap('leave it out: capabilities that void the policy are dropped; setpriv drops others'),
  '--cap-add': bwrap('leave it out, or write --keep-caps'),
  '--seccomp': bwrap('leave it out: the filter is made from the policy'),
  '--private': firejail('write --rw DIR for the one directory'),
  '--private-tmp': firejail('write --tmp DIR'),
  '--whitelist': firejail('write --rw PATH or --ro PATH'),
  '--blacklist': firejail('leave it out: what is not granted is denied'),
  '--read-only': firejail('write --ro PATH'),
  '--read-write': firejail('write --rw PATH'),
  '--noexec': firejail('write --grant read:PATH, which leaves execute out'),
  '--noprofile': firejail('write --bare'),
  '--net': firejail('write --no-net, or --net-connect PORT'),
  '--noroot': firejail('leave it out: no_new_privs is always set'),
  '--nonewprivs': firejail('leave it out: no_new_privs is always set'),
  '--caps.drop': firejail('leave it out: capabilities that void the policy are dropped; setpriv drops others'),
  '--rlimit-as': firejail('write --limit as=VALUE'),
  '--rlimit-cpu': firejail('write --limit cpu=SECONDS'),
  '--rlimit-fsize': firejail('write --limit fsize=VALUE'),
  '--rlimit-nofile': firejail('write --limit nofile=N'),
  '--rlimit-nproc': firejail('write --limit nproc=N'),
  '--landlock-access': setpriv('write --ro, --rw or --grant RIGHTS:PATH; what is not granted is denied'),
  '--landlock-rule': setpriv('write --grant RIGHTS:PATH'),
  '--no-new-privs': setpriv('leave it out: no_new_privs is always set'),
  '--bounding-set': setpriv('leave it out, or run setpriv before landlock-run'),
  '--inh-caps': setpriv('leave it out, or run setpriv before landlock-run'),
  '--ambient-caps': setpriv('leave it out, or run setpriv before landlock-run'),
  '--reuid': setpriv('run setpriv before landlock-run'),
  '--regid': setpriv('run setpriv before landlock-run'),
  '--clear-groups': setpriv('run setpriv before landlock-run'),
  '--reset-env': setpriv('write --env-clear'),
});
