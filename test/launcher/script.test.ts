/** bin/landlock-run.sh, which npm puts on PATH: it starts the front that lies beside it, and says in one line why it cannot. */
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath, projectFile, projectRoot } from '../support/paths.ts';
import { type RunOptions, type RunResult, run } from '../support/run.ts';
import { requireCapability } from '../support/who.ts';

const SCRIPT = projectFile('bin/landlock-run.sh');
const PLAIN = ['--no-net', '--', 'echo', 'ran'];

/** The script alone, in a package whose fronts only say their name. */
function fakePackage(t: TestContext, fronts: readonly string[]): string {
  const root = fixture(t, { 'bin/x': '' });
  copyFileSync(SCRIPT, join(root, 'bin/landlock-run.sh'));
  for (const name of fronts) {
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\necho ${name} "$@"\n`);
    chmodSync(join(root, 'bin', name), 0o755);
  }
  return join(root, 'bin/landlock-run.sh');
}

function refusedOnce(result: RunResult, pattern: RegExp): void {
  assert.deepEqual([result.code, result.stdout], [125, ''], result.stderr);
  assert.match(result.stderr, /^[^\n]+\n$/);
  assert.match(result.stderr, pattern);
}

test('a checkout that npm has linked runs the front that was built in it', async (t) => {
  const project = fixture(t, { 'node_modules/.bin/x': '' });
  symlinkSync(projectRoot, join(project, 'node_modules/landlock-run'));
  symlinkSync('../landlock-run/bin/landlock-run.sh', join(project, 'node_modules/.bin/landlock-run'));
  const result = await run(join(project, 'node_modules/.bin/landlock-run'), PLAIN, { cwd: project });
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
});

test("in a package the processor's own front comes first, and only the script's directory is asked", async (t) => {
  const both = fakePackage(t, [`landlock-run-${process.arch}`, 'landlock-run']);
  assert.equal((await run(both, ['a b'])).stdout, `landlock-run-${process.arch} a b\n`);
  const checkout = fakePackage(t, ['landlock-run']);
  assert.equal((await run(checkout, ['a b'])).stdout, 'landlock-run a b\n');
  const none = fakePackage(t, []);
  const elsewhere = fixture(t, { 'node_modules/.bin/x': '' });
  for (const name of ['landlock-run', `landlock-run-${process.arch}`]) copyFileSync(cliPath, join(elsewhere, name));
  symlinkSync(none, join(elsewhere, 'link'));
  const options: RunOptions = { cwd: elsewhere, env: { PATH: `${elsewhere}:${process.env['PATH']}` } };
  refusedOnce(await run('./link', PLAIN, options), /landlock-run-[a-z0-9]+ is missing or cannot be executed; install /);
  mkdirSync(join(none, '../landlock-run'));
  refusedOnce(await run('./link', PLAIN, options), /is missing or cannot be executed/);
});

test('uname or readlink that may not be run: one line, 125', async (t) => {
  if (!requireAbi(t, 3)) return;
  const script = fakePackage(t, [`landlock-run-${process.arch}`]);
  const shell = realpathSync('/bin/sh');
  const directories = ['/usr/lib', '/lib', '/lib64', '/etc', join(script, '..')];
  const bare = ['--bare', '--best-effort', ...[shell, ...directories].flatMap((path) => ['--ro', path])];
  const within = (...more: string[]): Promise<RunResult> =>
    run(cliPath, [...bare, ...more.flatMap((path) => ['--ro', path]), '--', script, ...PLAIN]);
  const [uname, readlink] = [realpathSync('/usr/bin/uname'), realpathSync('/usr/bin/readlink')];
  refusedOnce(await within(), /^landlock-run: cannot tell this processor: uname cannot be run; /);
  refusedOnce(await within(uname), /^landlock-run: cannot find out where \S+ lies: readlink cannot be run/);
  assert.equal((await within(uname, readlink)).stdout, `landlock-run-${process.arch} ${PLAIN.join(' ')}\n`);
});

test('a shell that cannot fork ends with 125', async (t) => {
  if (!requireCapability(t, 'CAP_SETUID')) return;
  const script = fakePackage(t, [`landlock-run-${process.arch}`]);
  chmodSync(join(script, '../..'), 0o755);
  const way = ['--reuid', '54321', '--regid', '54321', '--clear-groups', 'sh', '-c'];
  const limited = await run('setpriv', [...way, 'ulimit -p 1 2>/dev/null || ulimit -u 1; exec "$0"', script]);
  assert.deepEqual([limited.code, limited.stdout], [125, ''], limited.stderr);
  assert.equal((await run('setpriv', [...way, 'exec "$0"', script])).code, 0);
});

test('setarch i686 on a 64-bit kernel starts the front of x64', async (t) => {
  if (process.arch !== 'x64') return t.skip('not an x86 machine');
  const script = fakePackage(t, ['landlock-run-x64']);
  const result = await run('setarch', ['i686', script]);
  if (/unrecognized|Operation not permitted/.test(result.stderr)) return t.skip(result.stderr);
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'landlock-run-x64\n', '']);
});

test('no option out of SHELLOPTS exports a variable of the script, prints its lines or ends it', async (t) => {
  const script = fakePackage(t, []);
  rmSync(join(script, '../x'));
  symlinkSync('/usr/bin/env', join(script, '..', `landlock-run-${process.arch}`));
  for (const option of ['allexport', 'errexit', 'nounset', 'noglob']) {
    const result = await run('bash', [script], { env: { SHELLOPTS: option } });
    assert.deepEqual([result.code, result.stderr], [0, ''], option);
    assert.doesNotMatch(result.stdout, /^landlock_run/m, option);
  }
});
