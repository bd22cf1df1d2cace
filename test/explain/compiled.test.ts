/** --explain --compiled says what --compile wrote. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CompiledReport } from '../../src/advice/report-compiled.ts';
import { fsRightsOf, GRANT_RIGHTS } from '../../src/kernel/rights.ts';
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
