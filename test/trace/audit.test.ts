import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { parseAuditRecords } from '../../src/learn/audit-record.ts';
import { compileC } from '../support/compile-c.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { requireRoot } from '../support/who.ts';

test("Landlock's records are picked out of the kernel log and of auditd's file", () => {
  const lines = [
    '6,1,2,-;audit: type=1423 audit(1700000000.1:30): domain=195ba459b blockers=fs.read_file path="/srv/a" dev="vda" ino=351',
    '6,2,3,-;audit: type=1424 audit(1700000000.1:30): domain=195ba459b status=allocated mode=enforcing pid=300 uid=0 exe="/bin/x" comm="x"',
    'type=LANDLOCK_ACCESS msg=audit(1700000000.2:31): domain=1a blockers=scope.signal opid=1 ocomm="init"',
    'type=LANDLOCK_ACCESS msg=audit(1700000000.2:32): domain=1a blockers=fs.make_reg path=2F7372762F610A dev="vda" ino=3',
    'type=LANDLOCK_DOMAIN msg=audit(1700000000.2:31): domain=1a status=deallocated denials=2',
    'type=SYSCALL msg=audit(1700000000.2:31): arch=c000003e syscall=62 domain=1a',
    'noise',
  ];
  const { denials, owners } = parseAuditRecords(lines);
  assert.deepEqual([...owners], [['195ba459b', 300]]);
  assert.deepEqual(denials, [
    { domain: '195ba459b', blockers: 'fs.read_file', path: '/srv/a', object: '' },
    { domain: '1a', blockers: 'scope.signal', path: undefined, object: 'opid=1 ocomm="init"' },
    { domain: '1a', blockers: 'fs.make_reg', path: '/srv/a\n', object: '' },
  ]);
});

test("with --audit the kernel's own records are read, and tell what no system call shows", async (t) => {
  if (!requireAbi(t, 7) || !requireRoot(t)) return;
  if (!existsSync('/usr/bin/strace') || !existsSync('/usr/bin/python3')) return t.skip('needs strace and python3');
  const auditSwitch = compileC('audit-switch', ['test/trace/audit-switch.c']);
  const before = await run(auditSwitch, ['1']);
  if (before.code !== 0) return t.skip('auditing cannot be turned on here');
  const root = fixture(t, { 'denied/b': 'b\n' });
  try {
    // Reading another process's memory map is a ptrace check: denied, and none of the calls that a trace follows is a path that a grant allows.
    const code = `open("denied/b") if 0 else None\ntry: open("/proc/${process.pid}/environ").read()\nexcept OSError as e: print(e.errno)`;
    const words = ['--trace', '--audit', 'all', '--ro', '/usr', '--', '/usr/bin/python3', '-I', '-c', code];
    const { stdout, stderr } = await sandbox(words, { cwd: root });
    assert.equal(stdout, '13\n', stderr);
    if (!/kernel's log/.test(stderr)) return t.skip('the records of this kernel go elsewhere');
    assert.match(stderr, new RegExp(`denied, says the kernel's log: ptrace .*opid=${process.pid}`));
  } finally {
    await run(auditSwitch, [before.stdout.trim()]);
  }
});
