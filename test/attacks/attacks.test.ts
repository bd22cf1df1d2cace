/**
 * Every attack works without landlock-run, and then either fails under a policy or stands in docs/threat-model.md as not stopped.
 * A kernel or a user that cannot make an attack at all proves nothing: that is counted apart.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { liveAbi } from '../support/kernel.ts';
import { allAttacks, documentedAttacks, filesPolicy, freely, makeVictim, under } from './attacks.ts';

const skip = liveAbi() >= 6 ? false : 'below ABI 6 signals and abstract sockets are not stopped';

const documented = documentedAttacks();
const tried: Record<'denied' | 'documented' | 'impossible', string[]> = { denied: [], documented: [], impossible: [] };
after(() => {
  const { denied, documented: open, impossible } = tried;
  const left =
    impossible.length === 0 ? '' : `, ${impossible.length} not possible here anyway (${impossible.join(', ')})`;
  const total = denied.length + open.length + impossible.length;
  process.stdout.write(`attacks: ${total} tried, ${denied.length} denied, ${open.length} documented${left}\n`);
});

/** Errnos that say of a control: this kernel has no such thing. */
const ABSENT = ['ENOSYS', 'EOPNOTSUPP', 'ENODEV', 'ENOPKG'];
/** Files of /proc that not every kernel has. */
const MAY_BE_ABSENT = ['proc-kcore', 'sysrq-trigger'];
/** Attacks that take a capability (capabilities(7)), which only some users have: for these a control may be refused. */
const NEED_CAPABILITIES = [
  ...[
    'bind-mount',
    'user-namespace',
    'move-mount',
    'open-tree-clone',
    'overmount',
    'fsopen',
    'umount',
    'pivot-root',
    'setns',
  ],
  ...['chroot-outside', 'chroot-inside', 'mknod-disk', 'mknod-memory', 'open-by-handle', 'link-descriptor'],
  ...[
    'io-uring-open',
    'perf-event-open',
    'bpf',
    'fanotify',
    'fanotify-names',
    'core-pattern',
    'proc-kcore',
    'sysrq-trigger',
  ],
  ...['init-module', 'finit-module', 'reboot', 'sethostname', 'swapon', 'iopl', 'kernel-log', 'set-clock', 'core-dump'],
  // a user's own process may be out of reach by ptrace(2) where Yama is on (Documentation/admin-guide/LSM/Yama.rst)
  ...[
    'proc-mem',
    'proc-environ',
    'proc-maps',
    'proc-root',
    'proc-cwd',
    'proc-fd',
    'proc-ns',
    'ptrace-attach',
    'ptrace-seize',
  ],
  ...['process-vm-readv', 'process-vm-writev', 'pidfd-getfd', 'kcmp', 'move-pages'],
];

const CAP_SYS_ADMIN = 21n;

/** Whether this user has every capability that the suite can ask for. */
function isPrivileged(): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> CAP_SYS_ADMIN) & 1n) !== 0n;
}

function isImpossible(name: string, control: string): boolean {
  if (ABSENT.includes(control) || (control === 'ENOENT' && MAY_BE_ABSENT.includes(name))) return true;
  if (name === 'core-dump' && control === 'EACCES') return true; // the machine's core_pattern leads elsewhere
  return NEED_CAPABILITIES.includes(name) && !isPrivileged() && ['EPERM', 'EACCES', 'EINVAL'].includes(control);
}

/** Judges one attack by its control and by what it came to. */
function judge(name: string, control: string, result: string): void {
  if (control !== 'out') {
    assert.ok(isImpossible(name, control), `${name} does not even work without landlock-run: ${control}`);
    assert.notEqual(result, 'out', `${name} works only under landlock-run`);
    tried.impossible.push(name);
  } else if (documented.has(name)) {
    assert.equal(result, 'out', `${name} is stopped: docs/threat-model.md says that it is not`);
    tried.documented.push(name);
  } else {
    assert.match(result, /^E[A-Z]+$/, `${name} is neither stopped nor documented`);
    tried.denied.push(name);
  }
}

/** Whether it worked shows only in the victim, which is asked below. */
const SEEN_BY_VICTIM = ['signal-owner'];

test('every attack is denied or documented, and works without landlock-run', { skip }, async (t) => {
  const names = allAttacks().filter((name) => !SEEN_BY_VICTIM.includes(name));
  const [free, held] = [await makeVictim(t), await makeVictim(t)];
  const controls = await freely(free, names);
  const results = await under(held, filesPolicy(held), names);
  const wrong: string[] = [];
  for (const name of names) {
    try {
      judge(name, controls.get(name) ?? 'untried', results.get(name) ?? 'untried');
    } catch (error) {
      wrong.push(error instanceof Error ? error.message : String(error));
    }
  }
  assert.deepEqual(wrong, []);
});

const SIGURG = 23;

test('the victim of a run gets no signal, by whatever call', { skip }, async (t) => {
  const names = ['kill', 'kill-group', 'tgkill', 'tkill', 'sigqueue', 'pidfd-send-signal', 'signal-owner'];
  const [free, held] = [await makeVictim(t), await makeVictim(t)];
  for (const name of names) {
    await freely(free, [name]);
    assert.deepEqual([...new Set(await free.signals())], [SIGURG], `${name} without landlock-run`);
    await under(held, filesPolicy(held), [name]);
    assert.deepEqual(await held.signals(), [], name);
  }
  tried.denied.push('signal-owner');
});

/** Linux 6.15 lets whoever has CAP_PERFMON (38) or CAP_SYS_ADMIN (21) read the memory map and the environment of any process, before Landlock is asked. */
const WITHOUT_PERFMON = ['setpriv', '--bounding-set=-cap_38,-cap_21', '--inh-caps=-cap_38,-cap_21', '--'];

/** What reaches into another process is denied by every ruleset, whatever it is about. */
for (const policy of [['--no-net'], ['--net-connect', '443'], ['--scope', 'signal']]) {
  test(`the memory and the descriptors of a process outside are out of reach under ${policy.join(' ')}`, {
    skip,
  }, async (t) => {
    const names = [
      'proc-mem',
      'proc-environ',
      'proc-root',
      'proc-fd',
      'ptrace-attach',
      'process-vm-writev',
      'pidfd-getfd',
    ];
    const [free, held] = [await makeVictim(t), await makeVictim(t)];
    const options = isPrivileged() ? { under: WITHOUT_PERFMON } : {};
    const controls = await freely(free, names, options);
    const results = await under(held, policy, names, options);
    for (const name of names) {
      if (controls.get(name) === 'out') assert.match(results.get(name) ?? '', /^E(PERM|ACCES)$/, name);
      else assert.ok(isImpossible(name, controls.get(name) ?? ''), `${name}: ${controls.get(name)}`);
    }
  });
}

test('where files are not mentioned root keeps its capabilities, as docs/threat-model.md says', { skip }, async (t) => {
  if (!isPrivileged()) return t.skip('needs capabilities');
  const victim = await makeVictim(t);
  const results = await under(victim, ['--no-net'], ['sethostname', 'bpf', 'bind-mount']);
  assert.deepEqual([...results.values()], ['out', 'out', 'out']);
});

test('--keep-caps gives root its ways round the fence back, as docs/threat-model.md says', { skip }, async (t) => {
  if (!isPrivileged()) return t.skip('needs capabilities');
  const victim = await makeVictim(t);
  const results = await under(victim, [...filesPolicy(victim), '--keep-caps'], ['sethostname', 'bpf', 'swapon']);
  assert.deepEqual([...results.values()], ['out', 'out', 'out']);
});

test('what docs/threat-model.md says is not stopped has an attack each, so that none of it is hearsay', () => {
  const known = new Set(allAttacks());
  assert.ok(documented.size > 10, `${documented.size} documented`);
  assert.deepEqual(
    [...documented].filter((name) => !known.has(name)),
    [],
  );
});
