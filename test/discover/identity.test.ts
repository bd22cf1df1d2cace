import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import type { RunOptions, RunResult, Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

const PYTHON = '/usr/bin/python3';

/** A copy of the example that may be written to. */
function example(t: TestContext): string | undefined {
  if (!requireAbi(t, 3)) return undefined;
  if (!existsSync(PYTHON)) {
    t.skip(`needs ${PYTHON}: apt-get install python3`);
    return undefined;
  }
  const root = join(fixture(t, { 'outside/secret.txt': 'secret\n' }), 'identity');
  cpSync(projectFile('examples/identity'), root, { recursive: true });
  return root;
}

function runIn(root: string, words: readonly Word[], options: RunOptions = {}): Promise<RunResult> {
  return sandbox(words, { cwd: root, ...options });
}

const SERVICE = ['--', PYTHON, 'service.py'];

test('the service reads every file that its settings name, and keeps its database', async (t) => {
  const root = example(t);
  if (root === undefined) return;
  for (const expected of [1, 2]) {
    const result = await runIn(root, ['--policy', 'policy.yaml', ...SERVICE]);
    assert.equal(result.code, 0, result.stderr);
    assert.equal(result.stdout.match(/^read /gm)?.length, 10);
    assert.match(result.stdout, new RegExp(`identities: ${expected}\n`));
  }
});

test('without the discovery the service cannot read them: the policy names none of them', async (t) => {
  const root = example(t);
  if (root === undefined) return;
  const policy = readFileSync(join(root, 'policy.yaml'), 'utf8').replace(/^discover:[\s\S]*/m, '');
  writeFileSync(join(root, 'policy.yaml'), policy);
  const result = await runIn(root, ['--policy', 'policy.yaml', ...SERVICE]);
  assert.equal(result.code, 1);
  assert.match(result.stderr, /Permission denied: 'schemas\/person.schema.json'/);
});

test('files beside the discovered ones stay denied, and so does writing to them', async (t) => {
  const root = example(t);
  if (root === undefined) return;
  const beside = [
    'schemas/other.json',
    'tls/ca.key',
    'keys/signing.json',
    'mappers/private.jsonnet',
    '../outside/secret.txt',
  ];
  for (const path of beside) {
    if (!path.startsWith('..')) writeFileSync(join(root, path), 'secret\n');
    const control = await runIn(root, ['--no-net', '--', 'cat', path]);
    assert.equal(control.stdout, 'secret\n');
    const denied = await runIn(root, ['--policy', 'policy.yaml', '--', 'cat', path]);
    assert.match(denied.stderr, /Permission denied/, path);
  }
  for (const path of ['mappers/public.jsonnet', 'tls/server.key', 'identity.yaml', 'policy.yaml']) {
    const script = 'echo x >> "$1"';
    const denied = await runIn(root, ['--policy', 'policy.yaml', '--', 'bash', '-c', script, 'bash', path]);
    assert.match(denied.stderr, /Permission denied/, path);
  }
});

test('what was found and does not exist is told by --explain and --verbose, with the line of the settings', async (t) => {
  const root = example(t);
  if (root === undefined) return;
  rmSync(join(root, 'mappers/public.jsonnet'));
  const place = 'identity.yaml:20:13';
  const explained = await runIn(root, ['--policy', 'policy.yaml', '--explain']);
  assert.match(explained.stdout, new RegExp(`mappers/public.jsonnet  does not exist  \\(.*${place}\\)`));
  const verbose = await runIn(root, ['--policy', 'policy.yaml', '--verbose', '--', 'true']);
  assert.equal(verbose.code, 0);
  assert.match(verbose.stderr, new RegExp(`${place}: skipped a path ".*mappers/public.jsonnet"`));
  const silent = await runIn(root, ['--policy', 'policy.yaml', '--', 'true']);
  assert.equal(silent.stderr, '');
});

test('a discovered path that is too wide is refused, with the line of the settings', async (t) => {
  const root = example(t);
  if (root === undefined) return;
  for (const uri of ['file:///', 'file:///etc', 'sqlite:///database.sqlite', 'file://../../../../../../etc']) {
    writeFileSync(join(root, 'wide.yaml'), `first: 1\nsecond: ${uri}\n`);
    const result = await runIn(root, ['--discover', 'wide.yaml', '--', 'true']);
    assert.equal(result.code, 125, uri);
    assert.match(result.stderr, /wide.yaml:2:\d+: the config refers to/);
  }
});

test('what a discovered file refers to in its own body is not followed', async (t) => {
  const root = example(t);
  if (root === undefined) return;
  writeFileSync(join(root, 'schemas', 'inner.json'), 'secret\n');
  writeFileSync(join(root, 'schemas', 'person.schema.json'), '{"$ref": "file://schemas/inner.json"}\n');
  const result = await runIn(root, ['--policy', 'policy.yaml', '--', 'cat', 'schemas/inner.json']);
  assert.match(result.stderr, /Permission denied/);
});

const WORKER = ['--policy', 'worker.yaml', '--', PYTHON, '-I'];

test('the worker computes', async (t) => {
  const root = example(t);
  if (root === undefined) return;
  const stdin = '{"password": "p", "salt": "s"}';
  const result = await runIn(root, [...WORKER, 'worker.py'], { stdin });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stdout, /^\{"digest": "[0-9a-f]{128}"\}\n$/);
});

test('the worker can do nothing else: no settings, keys, database, /proc, program of the machine, network or socket', async (t) => {
  const root = example(t);
  if (root === undefined) return;
  const attempts: Record<string, string> = {
    settings: 'open("identity.yaml")',
    key: 'open("tls/server.key")',
    database: 'open("data/identity.sqlite", "w")',
    itself: 'open("worker.py", "a")',
    processes: 'open("/proc/self/status")',
    passwords: 'open("/etc/passwd")',
    tcp: '__import__("socket").socket()',
    udp: '__import__("socket").socket(type=__import__("socket").SOCK_DGRAM)',
    unix: '__import__("socket").socket(__import__("socket").AF_UNIX)',
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    const script = `try:\n  ${attempt}\n  print("done")\nexcept OSError as error:\n  print("refused")`;
    const result = await runIn(root, [...WORKER, '-c', script]);
    assert.equal(result.stdout, 'refused\n', `${name}: ${result.stderr}`);
    if (['settings', 'key', 'itself', 'processes', 'passwords', 'tcp', 'udp', 'unix'].includes(name)) {
      const control = await runIn(root, ['--scope', 'signal', '--', PYTHON, '-I', '-c', script]);
      assert.equal(control.stdout, 'done\n', `control of ${name}`);
    }
  }
  const environment = await runIn(root, [...WORKER, '-c', 'import os; print(len(os.environ) <= 1)'], {
    env: { SECRET: 'x' },
  });
  assert.equal(environment.stdout, 'True\n', environment.stderr);
});

test('the example holds what its settings name', () => {
  const root = projectFile('examples/identity');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  for (const uri of readFileSync(join(root, 'identity.yaml'), 'utf8').matchAll(/file:\/\/(?:\.\/)?([\w./%]+)/g)) {
    assert.ok(names.includes(decodeURIComponent(uri[1] ?? '')), uri[0]);
  }
});
