/** explain(), preflight() and check() say what a run then does. */
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { liveAbi, requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import { run as runProgram } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { library, onlyIn } from './host.ts';

const { check, explain, preflight, run, loadPolicy } = library;

test('explain() is the document of --explain --json', async (t) => {
  if (!requireAbi(t, 3)) return;
  const directory = fixture(t);
  const file = join(
    fixture(t, { 'policy.yaml': `fs: {rw: [${directory}], ro: [./absent]}\nnet: {connect: [443]}\n` }),
    'policy.yaml',
  );
  const told = await sandbox(['--policy', file, '--explain', '--json', '--', 'cat'], { emptyEnv: true });
  assert.equal(told.code, 0, told.stderr);
  const env = { PATH: process.env['PATH'] };
  const explanation = await explain(await loadPolicy(file), ['cat'], { env });
  assert.deepEqual(JSON.parse(JSON.stringify(explanation)), JSON.parse(told.stdout));
  assert.deepEqual(
    explanation.files?.writable.map((row) => [row.path, row.origin]),
    [[directory, `${file}:1:11`]],
  );
});

test('explain() without a command, of a run that would not start', async (t) => {
  const missing = join(fixture(t), 'missing');
  const explanation = await explain({ fs: { ro: [{ path: missing, required: true }] } });
  assert.equal(explanation.starts, false);
  assert.equal(explanation.command, null);
  assert.deepEqual(
    explanation.diagnostics.map((one) => [one.code, one.origin]),
    [['path-required', 'policy.fs.ro[0].path']],
  );
});

test('explain() and preflight() reject a policy that is refused', async () => {
  const refused = { name: 'LandlockRunError', code: 'policy-value', exitCode: 125 };
  const policy = { net: undefined } as unknown as { net: 'none' };
  await assert.rejects(explain(policy), refused);
  await assert.rejects(preflight(policy, 'true'), refused);
});

test('preflight() foretells what run() then does', async (t) => {
  if (!requireAbi(t, 3)) return;
  const work = fixture(t);
  const tools = fixture(t, { tool: '#!/bin/sh\necho ran\n' });
  const tool = join(tools, 'tool');
  chmodSync(tool, 0o755);

  const runs = await preflight(onlyIn(work), 'cat');
  assert.deepEqual([runs.outcome, runs.exit, runs.reason], ['runs', null, null]);
  assert.match(runs.file ?? '', /\/cat$/);
  assert.equal((await run(onlyIn(work), 'cat')).exitCode, 0);

  const denied = await preflight(onlyIn(work), tool);
  assert.deepEqual([denied.outcome, denied.exit, denied.stage, denied.file], ['fails', 126, 'exec', null]);
  assert.equal(denied.proposal, `--ro ${tool}`);
  await assert.rejects(run(onlyIn(work), tool), { code: 'command-denied', exitCode: 126 });
  // What it proposes is enough.
  const granted = { fs: { rw: [work], ro: [tool] } };
  assert.equal((await preflight(granted, tool)).outcome, 'runs');
  assert.equal((await run(granted, tool)).stdout, 'ran\n');

  const absent = await preflight(onlyIn(work), 'no-such-command-here');
  assert.deepEqual([absent.outcome, absent.exit], ['fails', 127]);
  await assert.rejects(run(onlyIn(work), 'no-such-command-here'), { exitCode: 127 });
});

test('preflight() looks in the cwd and the PATH that COMMAND will have', async (t) => {
  const tools = fixture(t, { tool: '#!/bin/sh\necho ran\n' });
  chmodSync(join(tools, 'tool'), 0o755);
  const policy = { fs: { ro: [tools] } };
  assert.equal((await preflight(policy, 'tool')).outcome, 'fails');
  const env = { PATH: `${tools}:/usr/bin:/bin` };
  assert.deepEqual([(await preflight(policy, 'tool', { env })).file], [join(tools, 'tool')]);
  assert.equal((await preflight(policy, './tool')).outcome, 'fails');
  assert.equal((await preflight(policy, './tool', { cwd: pathToFileURL(tools) })).outcome, 'runs');
});

test('a cwd that cannot be entered is foretold as run() says it', async (t) => {
  for (const [cwd, errno] of [
    [join(fixture(t), 'missing'), 'ENOENT'],
    [join(fixture(t, { file: '' }), 'file'), 'ENOTDIR'],
  ] as const) {
    const refused = { name: 'LandlockRunError', code: 'cwd-missing', message: new RegExp(`${cwd}.*${errno}`) };
    await assert.rejects(run({ net: 'none' }, 'ls', [], { cwd }), refused);
    await assert.rejects(preflight({ net: 'none' }, 'ls', { cwd }), refused);
    await assert.rejects(explain({ net: 'none' }, ['ls'], { cwd }), refused);
    const report = await check({ net: 'none' }, ['ls'], { cwd });
    assert.deepEqual([report.accepted, report.diagnostics.map(({ code }) => code)], [false, ['cwd-missing']]);
  }
});

test('check() accepts what runs, with proofs', async (t) => {
  if (!requireAbi(t, 3)) return;
  const report = await check(onlyIn(fixture(t)), ['cat']);
  assert.equal(report.accepted, true);
  assert.deepEqual([report.landlock.abi, report.landlock.absent], [liveAbi(), null]);
  assert.ok(report.proofs.length >= 2);
  for (const proof of report.proofs) assert.equal(proof.observed, proof.expected, proof.name);
  assert.ok(
    report.proofs.some((proof) => proof.expected !== 'allowed'),
    'a denial was tried',
  );
  assert.deepEqual(report.diagnostics, []);
});

test('check() of nothing in particular is that of --check', async (t) => {
  if (!requireAbi(t, 3)) return;
  const told = await sandbox(['--check', '--json']);
  assert.deepEqual(JSON.parse(JSON.stringify(await check())), JSON.parse(told.stdout));
});

test('check() says no, and rejects nothing, where a run would be refused', async (t) => {
  const missing = join(fixture(t), 'missing');
  const refused = async (...words: Parameters<typeof check>): Promise<string[]> => {
    const report = await check(...words);
    assert.equal(report.accepted, false);
    return report.diagnostics.map((one) => one.code);
  };
  assert.deepEqual(await refused({ fs: { ro: [{ path: missing, required: true }] } }), ['path-required']);
  assert.deepEqual(await refused({ net: undefined } as unknown as { net: 'none' }), ['policy-value']);
  assert.deepEqual(await refused({ net: 'none' }, [], { launcher: missing }), ['launcher-missing']);
  assert.deepEqual(await refused({ min_abi: 99, net: 'none' }), ['min-abi-unmet']);
});

test('check() says no on a kernel without Landlock, and run() rejects there', async (t) => {
  const file = join(fixture(t), 'host.mjs');
  const work = JSON.stringify(fixture(t));
  writeFileSync(
    file,
    `import { check, run } from ${JSON.stringify(projectFile('dist/index.mjs'))};
     const policy = { fs: { rw: [${work}] } };
     const report = await check(policy);
     const codes = report.diagnostics.map((one) => one.code).join();
     const error = await run(policy, 'echo', ['ran']).catch((reason) => reason);
     console.log(report.accepted, report.landlock.abi, codes, error.name, error.code, error.exitCode);`,
  );
  const result = await runProgram(process.execPath, [file], { under: fakeKernel('ENOSYS') });
  assert.deepEqual(
    [result.stderr, result.stdout],
    ['', 'false 0 landlock-not-built LandlockRunError landlock-not-built 125\n'],
  );
});
