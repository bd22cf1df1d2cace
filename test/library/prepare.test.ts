/** A prepared sandbox: built once, spawned many times, and never in COMMAND's hands. */
import assert from 'node:assert/strict';
import { spawn as nodeSpawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { descendants, ended, library, onlyIn, openDescriptors } from './host.ts';

const { prepare, LandlockRunError } = library;
const SPAWNS = 1000;
const AT_ONCE = 32;

test('denies what its policy denies, to every COMMAND', async (t) => {
  if (!requireAbi(t, 3)) return;
  const [inside, outside] = [fixture(t, { a: 'inside' }), fixture(t, { b: 'secret' })];
  const sandbox = await prepare(onlyIn(inside));
  for (let i = 0; i < 3; i++) {
    const { exitCode, stdout } = await sandbox.run('cat', [join(inside, 'a'), join(outside, 'b')]);
    assert.deepEqual([exitCode, stdout], [1, 'inside']);
  }
  assert.ok(sandbox.enforcement.fs.includes('read_file'));
  sandbox.close();
});

test('1,000 spawns, 32 at a time, beside a process that is busy: none fails, nothing leaks, no zombie, and the parent is as it was', async (t) => {
  if (!requireAbi(t, 3)) return;
  const [inside, outside] = [fixture(t, { a: 'inside' }), fixture(t, { b: 'secret' })];
  const before = openDescriptors();
  const busy = Array.from({ length: availableParallelism() }, () =>
    nodeSpawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  t.after(() => {
    for (const one of busy) one.kill('SIGKILL');
  });
  const sandbox = await prepare(onlyIn(inside));
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < SPAWNS) {
      const number = started++;
      const words = [
        '-c',
        'read x < "$1"/a && echo $x $2; cat "$1/../b" "$3" 2>/dev/null',
        'sh',
        inside,
        `${number}`,
        join(outside, 'b'),
      ];
      const result = number % 2 === 0 ? await sandbox.run('sh', words) : await ended(sandbox.spawn('sh', words));
      assert.equal(result.stdout, `inside ${number}\n`);
      assert.equal(result.stderr, '');
    }
  };
  writeFileSync(join(inside, 'a'), 'inside\n');
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  assert.equal(started >= SPAWNS, true);
  for (const one of busy) one.kill('SIGKILL');
  await Promise.all(busy.map((one) => (one.signalCode === null ? once(one, 'exit') : undefined)));
  assert.deepEqual([...descendants()], []);
  sandbox.close();
  assert.deepEqual([...openDescriptors().keys()].sort(), [...before.keys()].sort());
  // The main thread and the thread pool write and read outside of the policy as before.
  writeFileSync(join(outside, 'c'), 'c');
  await Promise.all(Array.from({ length: 8 }, (_, i) => writeFile(join(outside, `d${i}`), 'd')));
  assert.equal(readFileSync(join(outside, 'b'), 'utf8') + (await readFile(join(outside, 'd7'), 'utf8')), 'secretd');
});

test('two descriptors, close-on-exec, until it is closed', async (t) => {
  if (!requireAbi(t, 1)) return;
  const before = openDescriptors();
  const sandbox = await prepare(onlyIn(fixture(t)));
  const added = [...openDescriptors()].filter(([fd]) => !before.has(fd));
  assert.deepEqual(
    added.map(([, what]) => what.replace(/ \(deleted\)$/, '')).sort(),
    ['/memfd:landlock-run', 'anon_inode:[landlock-ruleset]'].sort(),
  );
  for (const [fd] of added) {
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
    assert.ok(Number.parseInt(flags, 8) & 0o2000000, `descriptor ${fd}`);
  }
  await sandbox[Symbol.asyncDispose]();
  assert.deepEqual([...openDescriptors().keys()].sort(), [...before.keys()].sort());
  assert.throws(() => sandbox.spawn('true'), { code: 'sandbox-closed' });
  await assert.rejects(sandbox.run('true'), { code: 'sandbox-closed' });
  sandbox.close();
});

test('its paths are what they were when it was prepared', async (t) => {
  if (!requireAbi(t, 3)) return;
  const top = fixture(t, { 'granted/a': 'old' });
  const sandbox = await prepare({ fs: { ro: [join(top, 'granted')] } });
  rmSync(join(top, 'granted'), { recursive: true });
  mkdirSync(join(top, 'granted'));
  writeFileSync(join(top, 'granted', 'a'), 'new');
  const { exitCode, stdout } = await sandbox.run('cat', [join(top, 'granted', 'a')]);
  assert.deepEqual([exitCode, stdout], [1, '']);
  sandbox.close();
});

test('a policy without files needs no ruleset where the filter is all', async () => {
  const sandbox = await prepare({ udp: 'none', scope: { signal: false, 'abstract-unix-socket': false } });
  const { exitCode, enforcement } = await sandbox.run('true');
  assert.equal(exitCode, 0);
  assert.deepEqual(enforcement, sandbox.enforcement);
  sandbox.close();
});

test('what a run refuses, prepare() refuses, and leaves nothing behind', async (t) => {
  const before = openDescriptors();
  const missing = join(fixture(t), 'missing');
  await assert.rejects(prepare({ fs: { ro: [missing] }, require_paths: true }), (error) => {
    assert.ok(error instanceof LandlockRunError);
    assert.deepEqual([error.code, error.origin], ['path-required', 'policy.fs.ro[0]']);
    return true;
  });
  assert.deepEqual([...openDescriptors().keys()].sort(), [...before.keys()].sort());
  assert.deepEqual([...descendants()], []);
});

test('the edited environment and PATH are those of an unprepared spawn', async (t) => {
  const closed = fixture(t);
  const policy = { fs: { rw: [fixture(t)] }, env: { mode: 'scrub', set: { CI: '1' } } } as const;
  const env = { ...process.env, SECRET_TOKEN: 'x', PATH: `${closed}:${process.env['PATH'] ?? ''}` };
  const sandbox = await prepare(policy);
  const words = ['-c', 'env | sort'];
  const [prepared, plain] = [await sandbox.run('sh', words, { env }), await library.run(policy, 'sh', words, { env })];
  assert.equal(prepared.stdout, plain.stdout);
  assert.match(prepared.stdout, /^CI=1$/m);
  assert.doesNotMatch(prepared.stdout, /SECRET_TOKEN/);
  assert.equal(prepared.stdout.includes(closed), false);
  sandbox.close();
});

test('a PATH that it has settled is settled right for each spawn: what is denied goes, what comes later is looked at', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { 'granted/bin/x': '', 'denied/bin/x': '', 'denied/later/x': '' });
  const [inside, outside, later] = [`${root}/granted/bin`, `${root}/denied/bin`, `${root}/denied/new`];
  const PATH = `${outside}:${inside}:${later}::relative:/proc/self/cwd:${process.env['PATH'] ?? ''}`;
  // The host's own PATH is what prepare() settles.
  const script = `
    import { renameSync } from 'node:fs';
    import { prepare, run } from ${JSON.stringify(pathToFileURL(projectFile('dist/index.mjs')).href)};
    const policy = { fs: { rw: [${JSON.stringify(`${root}/granted`)}] } };
    const sandbox = await prepare(policy);
    const words = ['-c', 'echo "$PATH"'];
    const tell = async (options) => {
      for (const one of [await sandbox.run('sh', words, options), await run(policy, 'sh', words, options)]) console.log(one.stdout.trim());
    };
    await tell({});
    renameSync(${JSON.stringify(`${root}/denied/later`)}, ${JSON.stringify(later)});
    await tell({});
    await tell({ cwd: ${JSON.stringify(inside)} });
    await tell({ env: { PATH: ${JSON.stringify(`${inside}:${outside}:/usr/bin:/bin`)} } });`;
  const words = ['--input-type=module', '--eval', script];
  const { code, stdout, stderr } = await run(process.execPath, words, { env: { PATH }, cwd: root });
  assert.deepEqual([code, stderr], [0, '']);
  const lines = stdout.trim().split('\n');
  assert.equal(lines.length, 8);
  for (let i = 0; i < lines.length; i += 2) assert.equal(lines[i], lines[i + 1], `call ${i / 2}`);
  const [first = '', , second = '', , inCwd = '', , given = ''] = lines.map((line) => line.split(':'));
  assert.deepEqual([first.includes(outside), first.includes(inside), first.includes(later)], [false, true, true]);
  assert.deepEqual([second.includes(inside), second.includes(later)], [true, false]);
  assert.deepEqual([second.includes('/proc/self/cwd'), inCwd.includes('/proc/self/cwd')], [false, true]);
  assert.deepEqual(given.slice(0, 1), [inside]);
});
