import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { type RunOptions, type RunResult, run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { ordinaryUser } from '../support/who.ts';

const shell = (script: string, ...args: string[]): string[] => ['--', 'bash', '--norc', '-c', script, 'bash', ...args];

function bed(t: TestContext, files: Parameters<typeof fixture>[1] = {}): string | undefined {
  if (!requireAbi(t, 4)) return undefined;
  if (!existsSync('/usr/bin/strace')) {
    t.skip('needs /usr/bin/strace: apt-get install strace');
    return undefined;
  }
  return fixture(t, files);
}

function trace(root: string, words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return sandbox(['--trace', ...words], { cwd: root, ...options });
}

test('each denial is told once, with program, operation, path and the option that allows it', async (t) => {
  const root = bed(t, { 'granted/a': 'a\n', 'denied/b': 'b\n' });
  if (root === undefined) return;
  const script = 'cat granted/a; cat denied/b; cat denied/b; echo x > denied/c; mkdir denied/d; rm denied/b';
  const result = await trace(root, ['--ro', 'granted', ...shell(script)]);
  assert.equal(result.stdout, 'a\n');
  const lines = result.stderr.split('\n').filter((line) => line.includes('denied: '));
  const told = lines.map((line) =>
    line
      .replace(/ \(pid \d+\)/, '')
      .replaceAll(root, 'ROOT')
      .replace(/^landlock-run: denied: /, ''),
  );
  assert.deepEqual(told, [
    'cat: read "ROOT/denied/b": no grant reaches it; --grant read:ROOT/denied/b would allow it',
    'bash: write "ROOT/denied/c": no grant reaches it; --rw ROOT/denied would allow it',
    'mkdir: make directory "ROOT/denied/d": no grant reaches it; --rw ROOT/denied would allow it',
    'rm: remove "ROOT/denied/b": no grant reaches it; --rw ROOT/denied would allow it',
  ]);
});

test('the option that is named does allow it', async (t) => {
  const root = bed(t, { 'data/b': 'b\n' });
  if (root === undefined) return;
  const first = await trace(root, ['--ro', '/usr', ...shell('cat data/b')]);
  const option = /; --grant (\S+) would allow it/.exec(first.stderr)?.[1] ?? '';
  const second = await trace(root, ['--ro', '/usr', '--grant', option, ...shell('cat data/b')]);
  assert.deepEqual([second.stdout, second.stderr, second.code], ['b\n', '', 0]);
});

test("the status is COMMAND's own, also its death by a signal, and what it writes is untouched", async (t) => {
  const root = bed(t);
  if (root === undefined) return;
  assert.equal((await trace(root, ['--ro', '/usr', ...shell('exit 42')])).code, 42);
  const killed = await trace(root, ['--ro', '/usr', ...shell('kill -TERM $$')]);
  assert.deepEqual([killed.code, killed.signal], [null, 'SIGTERM']);
  const clean = await trace(root, ['--ro', '/usr', ...shell('echo out; echo err >&2')]);
  assert.deepEqual([clean.stdout, clean.stderr], ['out\n', 'err\n']);
});

test('refusals that are not the policy’s are not told: permissions of files, and a port for root', async (t) => {
  const root = bed(t, { 'granted/closed': { content: 'x', mode: 0o600 } });
  if (root === undefined) return;
  const under = ordinaryUser(t);
  if (under === undefined) return;
  chmodSync(join(root, 'granted'), 0o755);
  const result = await trace(root, ['--rw', 'granted', ...shell('cat granted/closed; echo > granted/new')], { under });
  assert.match(result.stderr, /closed: Permission denied/);
  assert.doesNotMatch(result.stderr, /denied: /);
});

test('ports, sockets that the filter refuses, and signals out of the domain are told', async (t) => {
  const root = bed(t);
  if (root === undefined || !existsSync('/usr/bin/python3')) return;
  const python = (code: string): string[] => [
    '--',
    '/usr/bin/python3',
    '-I',
    '-c',
    `import os, signal, socket\n${code}`,
  ];
  const told = async (options: string[], code: string): Promise<string> =>
    (await trace(root, [...options, ...python(`try:\n  ${code}\nexcept OSError: pass`)])).stderr;
  const connect = 'socket.create_connection(("127.0.0.1", 18439))';
  assert.match(
    await told(['--net-connect', '443'], connect),
    /connect TCP port 18439: .*; --net-connect 18439 would allow it/,
  );
  assert.match(
    await told(['--net-bind', '443'], 'socket.socket().bind(("127.0.0.1", 18439))'),
    /bind TCP port 18439: .*--net-bind 18439/,
  );
  assert.match(await told(['--no-net'], connect), /open a TCP socket: .* instead of --no-net would allow it/);
  assert.match(
    await told(['--no-unix'], 'socket.socket(socket.AF_UNIX)'),
    /open a UNIX socket: .*leaving out --no-unix/,
  );
});

test('a signal out of the domain is told with the scope', async (t) => {
  const root = bed(t);
  if (root === undefined) return;
  const result = await trace(root, ['--ro', '/usr', ...shell('kill -CONT "$1"', String(process.pid))]);
  assert.match(result.stderr, new RegExp(`signal process ${process.pid}: .*; --no-scope signal would allow it`));
});

test('a rename across directories that the policy keeps apart is told with the directory', async (t) => {
  const root = bed(t, { 'from/a': 'a', 'to/keep': '' });
  if (root === undefined) return;
  const policy = ['--rw', 'from', '--grant', 'read,write:to'];
  const result = await trace(root, [...policy, ...shell('mv from/a to/a')]);
  assert.match(result.stderr, /denied: mv .*(?:rename|write) .*--rw .*\/to would allow it/);
});

test('an interpreter that is denied is told for what it is', async (t) => {
  const root = bed(t, { 'granted/script': { content: '#!PLACE/interpreter\n', mode: 0o755 } });
  if (root === undefined) return;
  mkdirSync(join(root, 'hidden'));
  await run('cp', ['/bin/true', join(root, 'hidden/interpreter')]);
  await run('bash', [
    '-c',
    `printf '#!%s\\n' "$1" > "$2"`,
    'bash',
    join(root, 'hidden/interpreter'),
    join(root, 'granted/script'),
  ]);
  const result = await trace(root, ['--ro', 'granted', ...shell('granted/script; true')]);
  assert.match(
    result.stderr,
    /execute ".*granted\/script", which needs ".*hidden\/interpreter": .*--ro .*hidden\/interpreter would allow it/,
  );
});

test('--json tells each denial as an object with a stable code', async (t) => {
  const root = bed(t, { 'denied/b': 'b\n' });
  if (root === undefined) return;
  const result = await trace(root, ['--json', '--ro', '/usr', ...shell('cat denied/b 2>/dev/null')]);
  const objects = result.stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { code: string; remedy: string });
  assert.deepEqual(
    objects.map((one) => one.code),
    ['trace-denied'],
  );
  assert.match(objects[0]?.remedy ?? '', /^--grant read:.*denied\/b would allow it$/);
});

test('what landlock-run itself refuses is told once, with its own status, and nothing is traced', async (t) => {
  const root = bed(t);
  if (root === undefined) return;
  const result = await trace(root, ['--ro', '/usr', '--ro', '', '--', 'true']);
  assert.deepEqual([result.code, result.stdout], [125, '']);
  const missing = await trace(root, ['--ro', '/usr', '--', 'no-such-command']);
  assert.equal(missing.code, 127);
  assert.equal(missing.stderr.match(/cannot find the command/g)?.length, 1);
});

test('a command in its own domain inside is judged by the outer policy only', async (t) => {
  const root = bed(t, { 'granted/a': 'a\n' });
  if (root === undefined) return;
  const inner = 'exec "$1" --ro /usr -- cat granted/a';
  const { cliPath } = await import('../support/paths.ts');
  const result = await trace(root, [
    '--ro',
    'granted',
    '--ro',
    join(cliPath, '../..'),
    '--ro',
    process.execPath,
    ...shell(inner, cliPath),
  ]);
  assert.match(result.stderr, /Permission denied/);
  assert.doesNotMatch(result.stderr, /denied: cat .*granted\/a/);
});
