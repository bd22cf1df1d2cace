/** Ways out of a files policy that have worked elsewhere, each with the proof that it works here without landlock-run. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { run } from '../support/run.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { deedGrant, deedPath, freely, PLACES, under } from './deeds.ts';

/** Tries one deed both ways; skips where it does not work without landlock-run, saying so. */
async function tried(t: TestContext, policy: readonly string[], words: readonly string[]): Promise<string | undefined> {
  if (!requireAbi(t, 1)) return undefined;
  const [free] = await freely(words);
  if (free !== 'ok') {
    t.skip(`this user cannot do that here anyway: ${free}`);
    return undefined;
  }
  return (await under([...policy, ...deedGrant()], words))[0];
}

for (const way of ['/proc/self/root', '/proc/thread-self/root', '/proc/self/cwd']) {
  test(`no way out through ${way}`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t, PLACES);
    const path = way.endsWith('cwd') ? `${way}/out/file` : `${way}${root}/out/file`;
    assert.deepEqual(await freely(['read', path], { cwd: root }), ['ok']);
    assert.deepEqual(await under(['--rw', `${root}/in`, ...deedGrant()], ['read', path], { cwd: root }), ['EACCES']);
  });
}

for (const link of ['root', 'cwd', 'fd/0', 'exe', 'maps']) {
  test(`no way out through /proc/PID/${link} of a process outside`, async (t) => {
    const root = fixture(t, PLACES);
    const victim = spawn('sleep', ['600'], { stdio: 'ignore', cwd: `${root}/out` });
    await new Promise((resolve, reject) => victim.once('spawn', resolve).once('error', reject));
    t.after(() => victim.kill('SIGKILL'));
    const path = `/proc/${victim.pid}/${link}${{ root: `${root}/out/file`, cwd: '/file' }[link] ?? ''}`;
    const outcome = await tried(t, ['--rw', `${root}/in`], ['read', path]);
    if (outcome !== undefined) assert.equal(outcome, 'EACCES');
  });
}

test('no way out by a file handle (open_by_handle_at)', async (t) => {
  const root = fixture(t, PLACES);
  const outcome = await tried(t, ['--rw', `${root}/in`], ['by-handle', `${root}/in`, `${root}/out/file`]);
  if (outcome !== undefined) assert.equal(outcome, 'EACCES');
});

test('no way out by a copy of a mount (open_tree)', async (t) => {
  const root = fixture(t, PLACES);
  const outcome = await tried(t, ['--rw', `${root}/in`], ['clone-tree', `${root}/out`, 'file']);
  if (outcome !== undefined) assert.notEqual(outcome, 'ok');
});

for (const path of [
  '/proc/sys/kernel/core_pattern',
  '/proc/sysrq-trigger',
  '/sys/kernel/uevent_helper',
  '/proc/sys/vm/drop_caches',
]) {
  test(`root cannot change the kernel's settings: ${path}`, async (t) => {
    if (!existsSync(path)) return t.skip(`there is no ${path}`);
    const outcome = await tried(t, [], ['write', path]);
    if (outcome !== undefined) assert.equal(outcome, 'EACCES');
  });
}

test('COMMAND inherits nothing of landlock-run: neither ruleset nor directory, only 0, 1 and 2', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, PLACES);
  for (const closed of [[], [0], [0, 1, 2]] as const) {
    const script = 'ls -l /proc/$$/fd >"$1"';
    const policy = ['--rw', `${root}/in`, '--ro', `${root}/other`, '--no-net', '--no-unix'];
    const result = await shell(policy, script, [`${root}/in/list`], { closed });
    assert.equal(result.code, 0, result.stderr);
    const { stdout } = await run('cat', [`${root}/in/list`]);
    const held = [...stdout.matchAll(/ ([0-9]+) -> /gm)].map(([, fd]) => Number(fd));
    assert.deepEqual(
      held,
      [0, 1, 2].filter((fd) => !(closed as readonly number[]).includes(fd)),
      stdout,
    );
    assert.doesNotMatch(stdout, /landlock|anon_inode/);
  }
});

test('whatever COMMAND starts, in whatever way, is held too', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, PLACES);
  const script = '(sh -c "setsid sh -c \'cat $1\'" sh "$1") 2>&1; nohup cat "$1" 2>&1; xargs cat <<<"$1" 2>&1; true';
  assert.match((await run('bash', ['-c', script, 'bash', `${root}/out/file`])).stdout, /content.*content.*content/s);
  const result = await shell(['--rw', `${root}/in`], script, [`${root}/out/file`]);
  assert.doesNotMatch(result.stdout, /content/);
  assert.equal(result.stdout.match(/Permission denied/g)?.length, 3, result.stdout);
});

test('the exec right is hygiene, not a boundary: a file that may be read can be run by its interpreter', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { script: { content: '#!/bin/sh\necho ran\n', mode: 0o755 } });
  const policy = ['--grant', `read:${root}`];
  const direct = await sandbox([...policy, '--', `${root}/script`]);
  assert.deepEqual([direct.code, direct.stdout], [126, '']);
  const read = await sandbox([...policy, '--', 'sh', `${root}/script`]);
  assert.deepEqual([read.code, read.stdout], [0, 'ran\n']);
});

test('--explain names the UNIX sockets of other programs that it sees', async (t) => {
  if (!requireAbi(t, 1)) return;
  const path = `${fixture(t)}/agent.sock`;
  const server = spawn(deedPath(), ['unix-serve', path, 'wait'], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => server.stdin.end());
  await new Promise((resolve, reject) => server.once('error', reject).stdout.once('data', resolve));
  const env = { SSH_AUTH_SOCK: path };
  const open = await sandbox(['--explain', '--ro', '/usr'], { env });
  assert.ok(open.stdout.includes(path), open.stdout);
  const shut = await sandbox(['--explain', '--ro', '/usr', '--no-unix'], { env });
  assert.ok(!shut.stdout.includes(path), shut.stdout);
});

test('--explain shows the missing paths that a run passes over in silence', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, PLACES);
  const result = await sandbox(['--explain', '--ro', `${root}/in`, '--ro', `${root}/missing`]);
  assert.ok(result.stdout.includes(`${root}/missing`), result.stdout);
});
