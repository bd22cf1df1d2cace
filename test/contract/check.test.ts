/** Contract, section 1: --check, "would a run with these options be accepted here?" */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { CheckReport } from '../../src/advice/report-check.ts';
import { type FakeKernel, sandboxOn } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { liveAbi, requireAbi } from '../support/kernel.ts';
import type { RunOptions, Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

/** The report as JSON, on a kernel. */
async function report(
  kernel: FakeKernel | 'live',
  words: readonly Word[],
  options: RunOptions = {},
): Promise<CheckReport> {
  const all = ['--check', '--json', ...words];
  const result = await (kernel === 'live' ? sandbox(all, options) : sandboxOn(kernel, all, options));
  assert.equal(result.stderr, '');
  const parsed = JSON.parse(result.stdout) as CheckReport;
  assert.equal(result.code, parsed.accepted ? 0 : 1);
  return parsed;
}

describe('--check', () => {
  test('without options is --check --rw .', async (t) => {
    const cwd = fixture(t);
    const [none, usual] = await Promise.all([report('live', [], { cwd }), report('live', ['--rw', '.'], { cwd })]);
    assert.deepEqual(none, usual);
    assert.equal(none.accepted, liveAbi() > 0);
  });

  test('takes a policy, and says no where a run would be refused, with the same code', async (t) => {
    if (!requireAbi(t, 3)) return;
    const cwd = fixture(t, { 'p.yaml': 'fs: {ro: [./in]}\n', 'in/x': '' });
    assert.equal((await report('live', ['--policy', 'p.yaml'], { cwd })).accepted, true);
    const ROWS = [
      ['--chdir', '/nowhere', 'chdir-failed'],
      ['--keep-fd', '99', 'descriptor-not-open'],
      // Node has one of its own there.
      ['--keep-fd', '10', 'descriptor-not-open'],
      ['--limit', 'nofile=1048577', 'limit-refused'],
      ['--net-bind', 'x', 'port-invalid'],
      ['--min-abi', '900', 'min-abi-unmet'],
    ] as const;
    for (const [option, value, code] of ROWS) {
      const words = ['--policy', 'p.yaml', option, value];
      const no = await report('live', words, { cwd });
      assert.deepEqual([no.accepted, no.diagnostics.map((one) => one.code)], [false, [code]]);
      const run = await sandbox(['--json', ...words, '--', 'true'], { cwd });
      assert.deepEqual([run.code, (JSON.parse(run.stderr) as { code: string }).code], [125, code]);
    }
  });

  test('takes a COMMAND, and does not run it', async (t) => {
    if (!requireAbi(t, 3)) return;
    const cwd = fixture(t);
    const { accepted } = await report('live', ['--rw', '.', '--', 'touch', 'made'], { cwd });
    assert.deepEqual([accepted, existsSync(join(cwd, 'made'))], [true, false]);
    const run = await sandbox(['--rw', '.', '--', 'touch', 'made'], { cwd });
    assert.deepEqual([run.code, existsSync(join(cwd, 'made'))], [0, true]);
  });

  test('is about the policy: whether COMMAND itself would start is for --explain to say', async (t) => {
    if (!requireAbi(t, 3)) return;
    const cwd = fixture(t);
    for (const [command, status] of [
      ['no-such-program', 127],
      ['/etc/passwd', 126],
    ] as const) {
      const words = ['--rw', '.', '--', command];
      assert.equal((await report('live', words, { cwd })).accepted, true);
      assert.equal((await sandbox(['--explain', ...words], { cwd })).code, 1);
      assert.equal((await sandbox(words, { cwd })).code, status);
    }
  });

  test('leaves the process that asks unrestricted: it is tried in a throw-away child', async (t) => {
    if (!requireAbi(t, 3)) return;
    const cwd = fixture(t);
    const first = await report('live', ['--rw', '.', '--net-connect', '443'], { cwd });
    assert.ok(first.proofs.length > 4);
    for (const proof of first.proofs) assert.equal(proof.ok, true, JSON.stringify(proof));
    const names = first.proofs.map((proof) => proof.name);
    for (const name of ['list', 'connect', 'no_new_privs']) assert.ok(names.includes(name), name);
  });

  test('names what is not stopped', async (t) => {
    if (!requireAbi(t, 6)) return;
    const codes = async (...words: string[]): Promise<string[]> =>
      (await report('live', words, { cwd: fixture(t) })).notStopped.map((hole) => hole.code);
    const files = await codes('--rw', '.');
    for (const code of ['tcp', 'udp', 'other-net', 'metadata', 'ipc']) assert.ok(files.includes(code), code);
    assert.ok(!files.includes('files') && !files.includes('signal') && !files.includes('capabilities'));
    const net = await codes('--no-net', '--no-unix', '--no-scope', 'signal');
    for (const code of ['files', 'signal']) assert.ok(net.includes(code), code);
    for (const code of ['tcp', 'udp', 'other-net', 'unix']) assert.ok(!net.includes(code), code);
    assert.ok((await codes('--rw', '.', '--keep-caps')).includes('capabilities'));
  });

  test('in text starts with the verdict', async (t) => {
    if (!requireAbi(t, 3)) return;
    const yes = await sandbox(['--check', '--rw', fixture(t)]);
    assert.match(yes.stdout, /^yes: a run with these options is accepted here\n/);
    assert.match(yes.stdout, new RegExp(`^kernel +Landlock ABI ${liveAbi()}\\b`, 'm'));
    const no = await sandboxOn(3, ['--check', '--net-connect', '443']);
    assert.match(no.stdout, /^no: a run with these options is refused here\n {2}--net-connect: cannot enforce TCP/);
  });

  test('--probe is the same', async (t) => {
    const cwd = fixture(t);
    const [probe, check] = await Promise.all([
      sandbox(['--probe', '--json'], { cwd }),
      sandbox(['--check', '--json'], { cwd }),
    ]);
    assert.deepEqual([probe.code, probe.stdout], [check.code, check.stdout]);
  });
});

describe('the JSON report', () => {
  test('has this shape', async (t) => {
    if (!requireAbi(t, 3)) return;
    const shape = await report('live', ['--rw', '.'], { cwd: fixture(t) });
    const keys = ['accepted', 'diagnostics', 'filter', 'landlock', 'lint', 'notStopped', 'proofs', 'rights', 'v'];
    assert.deepEqual([Object.keys(shape).sort(), shape.v], [keys, 1]);
    assert.deepEqual(Object.keys(shape.landlock).sort(), ['abi', 'absent', 'errata', 'linux', 'newer']);
    assert.deepEqual([shape.rights.fs.length, shape.rights.net.length, shape.rights.scope.length], [17, 4, 2]);
    for (const right of [...shape.rights.fs, ...shape.rights.net, ...shape.rights.scope]) {
      assert.deepEqual(Object.keys(right).sort(), ['abi', 'available', 'linux', 'name']);
    }
    for (const proof of shape.proofs) {
      assert.deepEqual(Object.keys(proof).sort(), ['expected', 'name', 'observed', 'ok', 'subject']);
    }
  });

  for (const abi of [1, 2, 3, 4, 5, 6, 7]) {
    test(`on ABI ${abi} lists the rights of ABI ${abi} and no others`, async (t) => {
      if (!requireAbi(t, abi)) return;
      const { landlock, rights, accepted, diagnostics } = await report(abi, ['--rw', '.'], { cwd: fixture(t) });
      assert.deepEqual([landlock.abi, landlock.absent, accepted, diagnostics], [abi, null, true, []]);
      for (const right of [...rights.fs, ...rights.net, ...rights.scope]) {
        assert.equal(right.available, right.abi <= abi, `${right.name} of ABI ${right.abi}`);
      }
    });
  }

  const ABSENT = [
    ['ENOSYS', /not there: .*5\.13/],
    ['EOPNOTSUPP', /off: .*boot/],
    ['EPERM', /blocked: .*seccomp/],
  ] as const;
  for (const [kernel, says] of ABSENT) {
    test(`tells ${kernel} apart from the others`, async (t) => {
      const { landlock, accepted, rights, diagnostics } = await report(kernel, ['--rw', '.'], { cwd: fixture(t) });
      assert.deepEqual([landlock.abi, accepted, diagnostics.length], [0, false, 1]);
      assert.match(landlock.absent ?? '', says);
      assert.ok(rights.fs.every((right) => !right.available));
      const text = await sandboxOn(kernel, ['--check', '--rw', '.'], { cwd: fixture(t) });
      assert.match(text.stdout, new RegExp(`^kernel +Landlock is ${landlock.absent?.slice(0, 8)}`, 'm'));
    });
  }

  test('finds a kernel out that announces 6 and lacks the signal scope', async (t) => {
    if (!requireAbi(t, 6)) return;
    const { landlock, rights, accepted } = await report('lying-6', ['--rw', '.'], { cwd: fixture(t) });
    assert.deepEqual([landlock.abi, accepted], [6, true]);
    assert.deepEqual(
      rights.scope.map((scope) => scope.available),
      [true, false],
    );
    assert.equal((await report('lying-6', ['--no-net', '--scope', 'signal'])).accepted, false);
  });

  test('says where the kernel is newer than this program knows', async (t) => {
    if (!requireAbi(t, 6)) return;
    const { landlock } = await report(99, ['--no-net'], { cwd: fixture(t) });
    assert.deepEqual([landlock.abi, landlock.newer, landlock.linux], [99, true, null]);
  });

  test('with a consent to run unsandboxed is accepted where Landlock is absent', async () => {
    const { accepted, diagnostics } = await report('ENOSYS', ['--allow-unsandboxed', '--ro', '/usr']);
    assert.deepEqual([accepted, diagnostics.map((one) => [one.code, one.level])], [true, [['unsandboxed', 'warning']]]);
  });
});
