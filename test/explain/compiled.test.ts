/** --explain --compiled says what --compile wrote. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CompiledReport } from '../../src/advice/report-compiled.ts';
import { fsRightsOf, GRANT_RIGHTS } from '../../src/kernel/rights.ts';
import type { PLAN_FLAGS } from '../../src/plan/format.ts';
import { fixture } from '../support/fixture.ts';
import { sandbox } from '../support/sandbox.ts';

const POLICY = [
  '--ro',
  '@/data',
  '--tmp',
  '@/tmp',
  '--net-connect',
  '443',
  '--net-bind',
  '8000-8100',
  '--limit',
  'nofile=64:128',
  '--env',
  'SECRET=hush',
  '--env-scrub',
  '--chdir',
  '@/data',
  '--keep-fd',
  '5',
  '--best-effort',
];

test('every part of the policy is in the report', async (t) => {
  const root = fixture(t, { 'data/x': '' });
  const out = join(root, 'launcher');
  const compiled = await sandbox([...POLICY.map((word) => word.replace('@', root)), '--compile', out]);
  assert.equal(compiled.code, 0, compiled.stderr);
  const { code, stdout, stderr } = await sandbox(['--explain', '--json', '--compiled', out]);
  assert.deepEqual([code, stderr], [0, '']);
  assert.doesNotMatch(stdout, /hush/);
  const report = JSON.parse(stdout) as CompiledReport;
  const row = (path: string | null) => report.paths.find((one) => one.path === path);
  assert.deepEqual([row(`${root}/data`)?.rights, row(`${root}/data`)?.origin], [fsRightsOf(GRANT_RIGHTS.ro), '--ro']);
  assert.deepEqual([row(`${root}/tmp`)?.rights, row(`${root}/tmp`)?.made], [fsRightsOf(GRANT_RIGHTS.rw), true]);
  assert.equal(row('/usr')?.profile, true);
  assert.deepEqual(report.ports, [
    { rights: ['connect_tcp'], ports: '443', origin: '--net-connect' },
    { rights: ['bind_tcp'], ports: '8000-8100', origin: '--net-bind' },
  ]);
  assert.deepEqual(report.limits, [{ name: 'nofile', soft: '64', hard: '128' }]);
  assert.deepEqual([report.environment.mode, report.environment.set], ['scrub', ['TMPDIR', 'TMP', 'TEMP', 'SECRET']]);
  assert.deepEqual([report.chdir, report.keepFds, report.v], [`${root}/data`, ['5'], 1]);
  assert.ok(report.requirements.some((one) => one.kind === 'net' && one.unmet === 'warn'));
  assert.ok(report.capabilitiesLost.includes('CAP_SYS_ADMIN'));
  const text = await sandbox(['--explain', '--compiled', out]);
  assert.match(text.stdout, new RegExp(`^${out}: a launcher for \\S+\\n`));
  assert.ok(text.stdout.includes(`  ${root}/data  read, execute  (--ro)\n`));
  assert.match(text.stdout, /^ {2}net {20}bind_tcp connect_tcp: else left out, with a warning {2}\(--net-connect\)$/m);
});

/** By flag of the plan: options that set it, and what then is in the text, and in the JSON. */
const FLAGS: Readonly<Record<keyof typeof PLAN_FLAGS, readonly [string[], RegExp, Partial<CompiledReport>]>> = {
  files: [['--no-net'], /^ {2}files +not restricted$/m, { filesRestricted: false }],
  allowUnsandboxed: [
    ['--allow-unsandboxed', '--ro', '/usr'],
    /--allow-unsandboxed/,
    { consents: ['--allow-unsandboxed'] },
  ],
  allowOverlap: [['--allow-overlap', '--ro', '/usr'], /--allow-overlap/, { consents: ['--allow-overlap'] }],
  verbose: [['--verbose', '--no-net'], /^ {2}messages +--verbose$/m, { diagnostics: { json: false, verbose: true } }],
  json: [['--json', '--no-net'], /^ {2}messages +--json$/m, { diagnostics: { json: true, verbose: false } }],
  envClear: [['--no-net', '--env-clear'], /^ {2}environment +clear$/m, {}],
  keepPath: [['--keep-path', '--ro', '/usr'], /--keep-path/, { keepPath: true }],
  keepFdArgs: [['--keep-fd', 'args', '--no-net'], /^ {2}descriptors kept +args$/m, { keepFds: ['args'] }],
  keepFdListen: [['--keep-fd', 'listen', '--no-net'], /^ {2}descriptors kept +listen$/m, { keepFds: ['listen'] }],
};

test('every flag of the plan shows, as text and as JSON', async (t) => {
  const out = join(fixture(t), 'launcher');
  const explain = async (options: readonly string[], ...more: string[]): Promise<string> => {
    assert.equal((await sandbox([...options, '--compile', out])).code, 0);
    return (await sandbox(['--explain', ...more, '--compiled', out])).stdout;
  };
  const plain = await explain(['--ro', '/usr']);
  for (const [flag, [options, text, members]] of Object.entries(FLAGS)) {
    assert.doesNotMatch(plain, text, flag);
    assert.match(await explain(options), text, flag);
    const report = JSON.parse(await explain(options, '--json')) as CompiledReport;
    for (const [name, value] of Object.entries(members))
      assert.deepEqual(report[name as keyof CompiledReport], value, flag);
  }
});

test('--keep-caps shows: that nothing is lost, and what that means', async (t) => {
  const out = join(fixture(t), 'launcher');
  const lost = async (...options: string[]): Promise<string | undefined> => {
    assert.equal((await sandbox([...options, '--compile', out])).code, 0);
    return /capabilities lost +(.*)/.exec((await sandbox(['--explain', '--compiled', out])).stdout)?.[1];
  };
  assert.match((await lost('--ro', '/usr', '--keep-caps')) ?? '', /^none \(--keep-caps\): .*there is no boundary$/);
  assert.match((await lost('--ro', '/usr')) ?? '', /CAP_SYS_ADMIN/);
  assert.equal(await lost('--no-net'), undefined);
});

test('what is stated of a path shows', async (t) => {
  const root = fixture(t, {
    file: 'x',
    'policy.yaml': 'version: 1\nfs:\n  rw:\n    - path: none\n      optional: true\n',
  });
  const out = join(root, 'launcher');
  const options = ['--rwfile', join(root, 'file'), '--policy', join(root, 'policy.yaml'), '--compile', out];
  assert.equal((await sandbox(options)).code, 0);
  const { stdout } = await sandbox(['--explain', '--compiled', out]);
  assert.match(stdout, /\/file {2}.*\(--rwfile, one file\)$/m);
  assert.match(stdout, /\/none {2}.*, optional\)$/m);
});

test('what is no launcher, damaged or asked beside something else is refused', async (t) => {
  const root = fixture(t, { plain: 'x' });
  const out = join(root, 'launcher');
  await sandbox(['--ro', '/usr', '--compile', out]);
  const bytes = readFileSync(out);
  const at = bytes.length - 20;
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(join(root, 'damaged'), bytes);
  const refused = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await sandbox(['--json', ...words]);
    assert.deepEqual([code, stdout], [125, '']);
    return (JSON.parse(stderr) as { code: string }).code;
  };
  assert.equal(await refused('--explain', '--compiled', join(root, 'plain')), 'compiled-foreign');
  assert.equal(await refused('--explain', '--compiled', join(root, 'none')), 'compiled-unreadable');
  assert.match(await refused('--explain', '--compiled', join(root, 'damaged')), /^compiled-(damaged|foreign|other)$/);
  assert.equal(await refused('--explain', '--compiled', out, '--ro', '/usr'), 'compiled-alone');
  assert.equal(await refused('--explain', '--compiled', out, '--', 'true'), 'compiled-alone');
  assert.equal(await refused('--compiled', out, '--ro', '/usr', '--', 'true'), 'compiled-alone');
});
