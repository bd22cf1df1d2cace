/** What the next run trusts (our own files, node) must not be writable under the policy: --explain and --check say so. */
import assert from 'node:assert/strict';
import { cpSync, realpathSync } from 'node:fs';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectRoot } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

for (const mode of ['--explain', '--check']) {
  test(`${mode} warns where landlock-run's own files are writable under the policy`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const result = await sandbox([mode, '--rw', projectRoot]);
    assert.match(result.stdout, /a part of landlock-run/);
    assert.ok(result.stdout.includes(realpathSync(projectRoot)));
    assert.doesNotMatch((await sandbox([mode, '--ro', projectRoot])).stdout, /a part of landlock-run/);
  });

  test(`${mode} warns where the node that it runs on is writable under the policy`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const node = realpathSync(process.execPath);
    const result = await sandbox([mode, '--rwfile', node]);
    assert.match(result.stdout, /the node that landlock-run runs on/);
    assert.doesNotMatch((await sandbox([mode, '--ro', node])).stdout, /the node that landlock-run runs on/);
  });
}

test('a run of a copy of the program reads no file below the working directory or the home directory', async (t) => {
  if (!requireAbi(t, 1)) return;
  if ((await run('strace', ['-V'])).code !== 0) return t.skip('strace is missing or cannot be used here');
  const place = fixture(t);
  for (const part of ['bin', 'dist', 'native/build', 'package.json', 'build/native']) {
    try {
      cpSync(`${projectRoot}/${part}`, `${place}/tool/${part}`, { recursive: true });
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOENT');
    }
  }
  const work = fixture(t, { 'home/x': 'x', 'cwd/x': 'x', 'cwd/node_modules/y': 'x' });
  const trace = ['strace', '-f', '-e', 'trace=open,openat,openat2,readlink,stat,statx', '-o', `${work}/trace`, '--'];
  const options = { under: trace, cwd: `${work}/cwd`, env: { HOME: `${work}/home`, TMPDIR: `${work}/home` } };
  const started = await run(`${place}/tool/bin/landlock-run`, ['--ro', '/usr', '--', 'true'], options);
  if (started.code !== 0 && /ptrace|PTRACE/.test(started.stderr)) return t.skip('strace may not trace here');
  assert.deepEqual([started.code, started.stderr], [0, '']);
  const { stdout } = await run('grep', ['-cF', `${work}/`, `${work}/trace`]);
  assert.equal(stdout, '0\n', (await run('grep', ['-F', `${work}/`, `${work}/trace`])).stdout);
});
