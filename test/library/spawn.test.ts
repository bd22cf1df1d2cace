/** spawn() is child_process.spawn under a policy; a COMMAND that never started is an error, and never a number. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn as nodeSpawn, type StdioOptions } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { isRoot } from '../support/who.ts';
import { ended, library, onlyIn } from './host.ts';

const { prepare, spawn, parsePolicy, LandlockRunError } = library;

test('cannot read a file outside the policy', async (t) => {
  if (!requireAbi(t, 3)) return;
  const [inside, outside] = [fixture(t, { a: 'inside' }), fixture(t, { b: 'secret' })];
  const policy = parsePolicy(onlyIn(inside));
  const control = await ended(nodeSpawn('cat', [join(inside, 'a'), join(outside, 'b')]));
  assert.deepEqual([control.code, control.stdout], [0, 'insidesecret']);
  const ours = await ended(spawn(policy, 'cat', [join(inside, 'a'), join(outside, 'b')]));
  assert.deepEqual([ours.code, ours.stdout], [1, 'inside']);
  assert.match(ours.stderr, /Permission denied/);
  assert.deepEqual(ours.events, ['spawn', 'exit', 'close']);
});

test('the calling process is not restricted, neither its main thread nor the thread pool', async (t) => {
  const [inside, outside] = [fixture(t), fixture(t, { b: 'readable' })];
  await ended(spawn(onlyIn(inside), 'true'));
  assert.equal(readFileSync(join(outside, 'b'), 'utf8'), 'readable');
  const { readFile, writeFile } = await import('node:fs/promises');
  await writeFile(join(outside, 'c'), await readFile(join(outside, 'b')));
  assert.match(readFileSync('/proc/self/status', 'utf8'), /^NoNewPrivs:\s*0$/m);
});

for (const code of [125, 126, 127])
  test(`exit ${code} of COMMAND's own is its exit and no error`, async (t) => {
    const result = await ended(spawn(onlyIn(fixture(t)), 'sh', ['-c', `echo out; echo err >&2; exit ${code}`]));
    assert.deepEqual([result.code, result.error, result.stdout, result.stderr], [code, undefined, 'out\n', 'err\n']);
  });

test('a COMMAND that is not there is an error before its exit, and nothing is in its stderr', async (t) => {
  const result = await ended(spawn(onlyIn(fixture(t)), 'no-such-command-here'));
  assert.deepEqual(result.events, ['error', 'exit', 'close']);
  assert.ok(result.error instanceof LandlockRunError);
  assert.deepEqual([result.error.code, result.error.exitCode], ['command-not-found', 127]);
  assert.deepEqual([result.stdout, result.stderr], ['', '']);
});

test('a COMMAND that the policy denies is an error that says what would grant it', async (t) => {
  if (!requireAbi(t, 1)) return;
  const tool = join(fixture(t, { tool: '#!/bin/sh\necho ran\n' }), 'tool');
  chmodSync(tool, 0o755);
  assert.equal((await ended(nodeSpawn(tool))).stdout, 'ran\n');
  const { error, stderr } = await ended(spawn(onlyIn(fixture(t)), tool));
  assert.deepEqual([error?.code, error?.exitCode, stderr], ['command-denied', 126, '']);
  assert.match(error?.remedy ?? '', /the policy denies .*tool.*; add --ro /);
});

test('what the core refuses is an error with its origin', async (t) => {
  const missing = join(fixture(t), 'missing');
  const { error, stderr, code } = await ended(spawn({ fs: { ro: [{ path: missing, required: true }] } }, 'true'));
  assert.deepEqual([error?.code, error?.origin, error?.exitCode], ['path-required', 'policy.fs.ro[0].path', 125]);
  assert.deepEqual([stderr, code], ['', 125]);
});

test('a working directory that is missing is named, not the helper', async (t) => {
  const { error } = await ended(spawn(onlyIn(fixture(t)), 'true', [], { cwd: '/no/such/directory' }));
  assert.equal(error?.code, 'cwd-missing');
  assert.match(error?.message ?? '', /\/no\/such\/directory/);
});

test('the option shell is refused with a reason', () => {
  const options = { shell: true } as unknown as { shell: false };
  assert.throws(
    () => spawn({ net: 'none' }, 'echo hi', [], options),
    (error: unknown) =>
      error instanceof LandlockRunError && error.code === 'shell-refused' && error.remedy.includes("'sh'"),
  );
});

test('stdio from 3 up is kept for COMMAND, and nothing else is open in it', async (t) => {
  const policy = onlyIn(fixture(t));
  const child = spawn(
    policy,
    'sh',
    ['-c', 'echo three >&3; cat <&5; ls -l /proc/self/fd | grep -c anon_inode; ls /proc/self/fd'],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe', null, 'pipe'],
    },
  );
  const three: Buffer[] = [];
  const stream = child.stdio[3] as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer) => three.push(chunk));
  (child.stdio.at(5) as NodeJS.WritableStream).end('five\n');
  const result = await ended(child);
  assert.equal(Buffer.concat(three).toString(), 'three\n');
  const [five, anonymous, ...open] = result.stdout.trim().split('\n');
  assert.deepEqual([five, anonymous], ['five', '0']);
  // ls itself opens one more; 4 is free, so that is it.
  assert.deepEqual(open, ['0', '1', '2', '3', '4', '5']);
  assert.equal(child.stdio.length, 6);
});

for (const [what, env] of Object.entries({
  '': {},
  ', in a cleared environment': { env: { mode: 'clear' } },
  ', with its variables unset': { env: { unset: ['NODE_*'] } },
} as const))
  for (const serialization of ['json', 'advanced'] as const)
    test(`stdio 'ipc' carries messages both ways${what}: ${serialization}`, async (t) => {
      const script = "process.on('message', (m) => { process.send({ back: m }); process.disconnect(); })";
      const policy = { fs: { ro: [process.execPath, fixture(t)] }, ...env };
      const child = spawn(policy, process.execPath, ['-e', script], {
        stdio: ['ignore', 'inherit', 'inherit', 'ignore', 'ipc'],
        serialization,
      });
      const answer = new Promise((resolve) => child.once('message', resolve));
      child.once('exit', () => child.emit('message', 'nothing came'));
      const message = serialization === 'json' ? { hello: 1 } : new Map([['hello', 1n]]);
      child.send(message);
      assert.deepEqual(await answer, { back: message });
      assert.equal((await ended(child)).code, 0);
    });

test("without 'ipc' a cleared environment holds nothing of a channel", async () => {
  const env = { NODE_CHANNEL_FD: '3', NODE_CHANNEL_SERIALIZATION_MODE: 'json', PATH: process.env['PATH'] };
  const policy = { net: 'none', env: { mode: 'clear', keep: ['PATH'] } } as const;
  const child = spawn(policy, 'env', [], { env, stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  assert.deepEqual((await ended(child)).stdout.match(/NODE_\w+/), null);
});

for (const way of ['spawn', 'a prepared sandbox'])
  test(`keep_fd means what stdio hands over, and nothing of ours or of the host's: ${way}`, async (t) => {
    const words = ['-c', 'ls /proc/self/fd; cat <&4'] as const;
    for (const fd of [3, 4, 5, 6, 20]) {
      const policy = { net: 'none', keep_fd: [fd] } as const;
      const sandbox = await prepare(policy);
      t.after(() => sandbox.close());
      const start = (stdio: StdioOptions): ChildProcess =>
        way === 'spawn' ? spawn(policy, 'sh', words, { stdio }) : sandbox.spawn('sh', words, { stdio });
      const none = await ended(start(['ignore', 'pipe', 'pipe']));
      assert.deepEqual(
        [none.error?.code, none.error?.origin, none.stdout],
        ['descriptor-not-open', 'policy.keep_fd[0]', ''],
      );
      const given = start(['ignore', 'pipe', 'pipe', null, 'pipe']);
      const four = given.stdio[4] as NodeJS.WritableStream;
      four.on('error', () => undefined); // nobody reads it where nothing starts
      four.end('four');
      const { error, stdout } = await ended(given);
      if (fd === 4)
        assert.match(stdout, /^0\n1\n2\n3\n4\nfour$/); // ls itself opens 3
      else assert.deepEqual([error?.code, stdout], ['descriptor-not-open', '']);
    }
  });

test('argv0, env, cwd and the shown command are as with child_process.spawn', async (t) => {
  const directory = fixture(t);
  const options = { argv0: 'another', cwd: directory, env: { PATH: '/usr/bin:/bin', ONE: 'ü', EMPTY: '' } };
  const words = ['-c', 'echo "$0"; pwd; env | sort; echo "$1"', '$0 of the script', 'a "word"\nof two lines'];
  const [ours, bare] = [spawn({ net: 'none' }, 'sh', words, options), nodeSpawn('sh', words, options)];
  assert.deepEqual([ours.spawnfile, ours.spawnargs], [bare.spawnfile, bare.spawnargs]);
  const [a, b] = await Promise.all([ended(ours), ended(bare)]);
  assert.equal(a.stdout, b.stdout);
  assert.equal(
    (
      await ended(
        spawn(
          { net: 'none' },
          'sh',
          ['-c', 'tr "\\0" "\\n" < /proc/self/cmdline | head -1; tr "\\0" " " < /proc/$$/cmdline'],
          { argv0: 'zero' },
        ),
      )
    ).stdout
      .split('\n')[1]
      ?.split(' ')[0],
    'zero',
  );
});

test('timeout, killSignal, signal and kill() reach COMMAND itself', async (t) => {
  const policy = parsePolicy(onlyIn(fixture(t)));
  assert.equal((await ended(spawn(policy, 'sleep', ['600'], { timeout: 50, killSignal: 'SIGINT' }))).signal, 'SIGINT');
  const child = spawn(policy, 'sleep', ['600']);
  child.kill('SIGUSR2');
  assert.equal((await ended(child)).signal, 'SIGUSR2');
  const controller = new AbortController();
  const aborted = spawn(policy, 'sleep', ['600'], { signal: controller.signal });
  const end = ended(aborted);
  controller.abort();
  const result = await end;
  assert.deepEqual([result.error?.name, result.signal], ['AbortError', 'SIGTERM']);
});

test("uid and gid are COMMAND's", async (t) => {
  if (!isRoot()) return t.skip('needs root');
  const result = await ended(spawn({ net: 'none' }, 'id', ['-u'], { uid: 65534, gid: 65534 }));
  if (result.error?.code === 'spawn-failed') return t.skip("this checkout is out of that user's reach");
  assert.equal(result.stdout, '65534\n');
});

test('a helper that is no program is named in the error', async (t) => {
  const fake = join(fixture(t), 'spawn');
  writeFileSync(fake, 'nothing', { mode: 0o644 });
  const { error } = await ended(spawn({ net: 'none' }, 'true', [], { launcher: fake }));
  assert.equal(error?.code, 'spawn-failed');
  assert.match(error?.message ?? '', /EACCES/);
  assert.throws(() => spawn({ net: 'none' }, 'true', [], { launcher: `${fake}-not` }), { code: 'launcher-missing' });
});

const MOMENTS: Readonly<Record<string, () => Promise<void> | undefined>> = {
  'at once': () => undefined,
  'after it was told': () => new Promise((resolve) => setImmediate(resolve)),
};

for (const [when, wait] of Object.entries(MOMENTS))
  test(`a COMMAND that never started is told once, also where it is aborted ${when}`, async () => {
    for (const [command, options, code] of [
      ['no-such-command-here', {}, 'command-not-found'],
      ['true', { cwd: '/no/such/directory' }, 'cwd-missing'],
    ] as const) {
      const controller = new AbortController();
      const child = spawn({ net: 'none' }, command, [], { ...options, signal: controller.signal });
      const end = ended(child);
      await wait();
      controller.abort();
      const { events, error } = await end;
      assert.deepEqual([events.filter((one) => one === 'error').length, error?.code], [1, code]);
    }
  });
