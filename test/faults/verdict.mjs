/** What a failed system call may lead to. Everything that stands in no row here must end the run before COMMAND starts. */
import { errnoNumber } from './errnos.mjs';

const F_GETFD = 1;
const F_GETFL = 3;
const TCGETS = 0x5401;
const RLIMIT_NOFILE = 7;
const CREATE_RULESET = 0;
const SET_MODE_FILTER = 1;
const SIGPIPE = 13;
const any = undefined;
const errnos = (names) => new Set(names.split(' ').map(errnoNumber));

/**
 * The calls that may fail without ending the run, with the errnos for which that holds, and why. COMMAND then finds itself
 * exactly as confined as ever: same() says so of every one.
 */
const MAY_FAIL = [
  ['fcntl', ({ args }) => args[1] === F_GETFD, any, 'only EBADF says that a descriptor is closed'],
  ['fcntl', ({ args }) => args[1] === F_GETFL, any, 'what cannot be asked about O_NONBLOCK is left as it is'],
  ['fcntl', ({ args }) => args[0] > 2, any, 'a word names a descriptor: it may be closed, never left open'],
  [
    'seccomp',
    ({ args }) => args[0] === SET_MODE_FILTER && args[2] === 0,
    errnos('EFAULT'),
    'the answer that a probe hopes for',
  ],
  ['landlock_restrict_self', ({ args }) => args[0] === -2, errnos('EBADF'), 'the answer that a probe hopes for'],
  [
    'landlock_create_ruleset',
    ({ args }) => args[2] === CREATE_RULESET,
    errnos('EINVAL E2BIG'),
    'bits are then asked one by one',
  ],
  ['close', () => true, any, 'a probe, which is marked close-on-exec'],
  ['prlimit64', ({ args }) => args[1] === RLIMIT_NOFILE, any, 'room for descriptors is asked for, not needed'],
  [
    'openat',
    ({ path }) => path !== '/',
    errnos('ENOENT ENOTDIR EACCES'),
    'a missing path is skipped, and grants nothing',
  ],
  ['openat2', () => true, errnos('ENOENT ENOTDIR EAGAIN'), 'missing, a file, or something was renamed meanwhile'],
  ['landlock_add_rule', () => true, errnos('EBADFD'), 'no such file can be restricted; the rule is not there'],
  ['ioctl', ({ args }) => args[1] === TCGETS, any, 'not a terminal, so nothing is granted'],
  ['mkdirat', () => true, errnos('EEXIST'), 'somebody else made it; what it is, is looked at after it was opened'],
  ['close_range', () => true, any, 'the list in /proc is gone through instead'],
  ['read', () => true, errnos('EINTR'), 'it is made again'],
  ['pread64', () => true, errnos('EINTR'), 'it is made again'],
  ['recvmsg', () => true, errnos('EINTR'), 'it is made again'],
  ['wait4', () => true, errnos('EINTR'), 'it is made again'],
  ['memfd_create', () => true, errnos('EINVAL'), 'kernels before 6.3 do not know the seal on executing it'],
  ['statx', () => true, any, 'PATH keeps a directory that cannot be looked at; the kernel judges the exec'],
  [
    'newfstatat',
    ({ path }) => path !== '',
    any,
    'PATH keeps a directory that cannot be looked at; the kernel judges the exec',
  ],
  ['newfstatat', ({ args }) => args[0] > 2, any, 'a word names a descriptor: what is not known as a pipe is closed'],
  ['rt_sigaction', ({ args }) => args[0] === SIGPIPE, any, 'around a message; set right before the exec'],
  ['rt_sigaction', ({ args }) => args[0] === 0, any, 'no signal has this number: the front asks whether it is whole'],
  ['readlinkat', () => true, any, 'the name that the front was started by is taken instead'],
  ['write', () => true, any, 'a message that nobody receives'],
  ['ppoll', () => true, any, 'a message that nobody receives'],
  ['execve', () => true, errnos('EACCES ENOENT ENOTDIR ESTALE ENODEV ETIMEDOUT'), 'the next candidate is tried'],
  ['exit_group', () => true, any, 'tried until it works'],
];

const mayFail = (site, error) =>
  MAY_FAIL.some(([call, when, which]) => call === site.call && when(site) && (which === any || which.has(error)));

/** What a witness wrote, by name; entries of the environment by theirs. */
const readState = (text) =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, name, value] = /^((?:env [^=]*)|\S*)[ =]?(.*)$/s.exec(line);
        return [name, value];
      }),
  );

/** Acts that a fault may take away: whatever else changed would be a weaker fence, or a state that is not the caller's. */
const MAY_BE_LOST = ['write-inside', 'bind-granted'];

/**
 * How a disturbed COMMAND differs from the undisturbed one, other than in being allowed less.
 *
 * PATH may hold directories that could not be looked at; never one that the caller did not have.
 */
export function weaker(undisturbed, disturbed, callersPath) {
  const [before, after] = [readState(undisturbed), readState(disturbed)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => {
    if (before.get(name) === after.get(name)) return false;
    if (MAY_BE_LOST.includes(name)) return after.get(name) === 'ok';
    if (name !== 'env PATH') return true;
    return after
      .get(name)
      .split(':')
      .some((directory) => !callersPath.split(':').includes(directory));
  });
}

const lines = (text) => text.split('\n').length - 1;
const isOurs = (text) =>
  text
    .split('\n')
    .slice(0, -1)
    .every((line) => /^landlock-run: |^\{"code":/.test(line));

/**
 * Judges one disturbed run. In: the scenario, its undisturbed result, the sites and errnos that failed (the last one counts),
 * and the result. Out: what is wrong with it, or undefined.
 */
export function verdict(scenario, undisturbed, site, error, result) {
  if (result.hit === 0) return 'the call was never made';
  if (result.signal !== 0) return `ended by signal ${result.signal}`;
  // A child that may not be waited for has ended all the same.
  if (result.orphans > 0 && site.call !== 'wait4') return `${result.orphans} processes were left behind`;
  if (result.started) return started(scenario, undisturbed, site, error, result);
  if (![125, 126, 127].includes(result.exit)) return `exit status ${result.exit}`;
  if (result.stdout !== '') return 'standard output is not empty';
  if (scenario.sent !== undefined) return spawnRefused(scenario, site, result);
  if (!isOurs(result.stderr)) return `standard error: ${result.stderr}`;
  if (['write', 'ppoll'].includes(site.call)) return undefined;
  if (lines(result.stderr) < 1 || lines(result.stderr) > lines(undisturbed.stderr) + 1)
    return `stderr: ${result.stderr}`;
  if (scenario.status && !/^\{"v":1,"event":"(refused|exec-failed)",.*\}\n$/.test(result.status)) {
    return `status: ${JSON.stringify(result.status)}`;
  }
  return undefined;
}

/** A spawn tells its caller all of it, and COMMAND's standard error nothing. */
function spawnRefused({ sent }, { call }, { stderr, status }) {
  if (stderr !== '') return `standard error: ${stderr}`;
  if (!status.startsWith(sent)) return 'the environment was written over';
  if (['write', 'ppoll'].includes(call)) return undefined;
  const told = status.slice(sent.length);
  return /"event":"(refused|exec-failed)"[^\n]*\}\n$/.test(told) ? undefined : `status: ${JSON.stringify(told)}`;
}

function started(scenario, undisturbed, site, error, result) {
  if (scenario.fate !== 'starts') return 'COMMAND started where it cannot';
  if (!mayFail(site, error)) return 'COMMAND started after a step that failed';
  if (result.exit !== 0) return `COMMAND ended with ${result.exit}`;
  const changed = weaker(undisturbed.stdout, result.stdout, scenario.env.PATH);
  return changed.length === 0 ? undefined : `COMMAND differs in ${changed.join(', ')}`;
}
