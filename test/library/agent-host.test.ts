/** examples/agent-host.ts as a program: what its documentation promises an agent's host. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { build } from 'esbuild';
import { fakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile, projectRoot } from '../support/paths.ts';
import { type RunOptions, type RunResult, run } from '../support/run.ts';
import { isRunning } from './host.ts';

/** A project that has the package installed, and the example in it. */
async function host(t: TestContext): Promise<string> {
  const directory = fixture(t);
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(projectRoot, join(directory, 'node_modules', 'landlock-run'));
  const outfile = join(directory, 'agent-host.mjs');
  await build({
    entryPoints: [projectFile('examples/agent-host.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: ['landlock-run'],
    outfile,
    logLevel: 'silent',
  });
  return outfile;
}

async function tell(
  t: TestContext,
  lines: readonly string[],
  options: RunOptions = {},
): Promise<RunResult & { workspace: string }> {
  const workspace = join(fixture(t), 'workspace');
  const stdin = lines.map((line) => `${line}\n`).join('');
  const result = await run(process.execPath, [await host(t), workspace], { ...options, stdin });
  return { ...result, workspace };
}

test('a tool call that the policy allows', async (t) => {
  if (!requireAbi(t, 3)) return;
  const result = await tell(t, [
    'echo one > file; cat file; pwd',
    'cat file; echo "$HOME $TMPDIR"',
    'echo two >&2; exit 3',
  ]);
  assert.deepEqual([result.code, result.stderr], [0, '']);
  const { workspace } = result;
  assert.equal(
    result.stdout,
    `one\n${workspace}\n[exit 0]\none\n${workspace} ${workspace}/.tmp\n[exit 0]\ntwo\n[exit 3]\n`,
  );
  assert.ok(existsSync(join(workspace, 'file')));
});

test('tool calls that the policy denies: files of others, network, signals', async (t) => {
  if (!requireAbi(t, 4)) return;
  const outside = fixture(t, { secret: 'of the host' });
  const result = await tell(t, [
    `cat ${outside}/secret`,
    `echo x > ${outside}/planted`,
    'echo > /dev/tcp/127.0.0.1/9',
    'kill -0 $PPID',
  ]);
  assert.deepEqual([result.code, result.stderr], [0, '']);
  assert.ok(!result.stdout.includes('of the host'));
  assert.ok(!existsSync(join(outside, 'planted')));
  const ends = [...result.stdout.matchAll(/\[(.+)\]\n/g)].map(([, how]) => how);
  assert.deepEqual(ends, Array(4).fill('exit 1'));
  assert.match(result.stdout, /secret: Permission denied/);
  assert.match(result.stdout, /planted: Permission denied/);
  assert.match(result.stdout, /bash: socket: Network is unreachable/);
});

test("the host's secrets are not in the tool's environment", async (t) => {
  if (!requireAbi(t, 3)) return;
  const env = { SECRET_TOKEN: 'hunter2', AWS_ACCESS_KEY_ID: 'hunter2', LANG: 'C.UTF-8' };
  const result = await tell(t, ['env | cut -d= -f1 | sort | tr "\\n" " "', 'tr "\\0" "\\n" < /proc/$PPID/environ'], {
    env,
  });
  assert.ok(!result.stdout.includes('hunter2'), result.stdout);
  const names = result.stdout
    .split('[')[0]
    ?.trim()
    .split(' ')
    .filter((name) => !['LC_ALL', 'TERM'].includes(name));
  assert.deepEqual(names, ['HOME', 'LANG', 'PATH', 'PWD', 'SHLVL', 'TEMP', 'TMP', 'TMPDIR', '_']);
});

test('where check() says no the host does not start', async (t) => {
  const result = await tell(t, ['touch ran'], { under: fakeKernel('ENOSYS') });
  assert.deepEqual([result.code, result.stdout], [1, '']);
  assert.match(result.stderr, /Landlock.*; /);
  assert.ok(!existsSync(join(result.workspace, 'ran')));
});

test('told to end it ends the tool that runs', async (t) => {
  if (!requireAbi(t, 3)) return;
  const workspace = join(fixture(t), 'workspace');
  const child = spawn(process.execPath, [await host(t), workspace], { stdio: ['pipe', 'pipe', 'inherit'] });
  const file = join(workspace, 'pid');
  child.stdin.write('echo $$ > new; mv new pid; sleep 612\n');
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
  const pid = Number(readFileSync(file, 'utf8'));
  assert.equal(isRunning(pid), true);
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => (told += chunk));
  child.kill('SIGTERM'); // stdin stays open: it is not its end that ends the host
  const [code] = (await once(child, 'close')) as [number];
  assert.deepEqual([code, told, isRunning(pid)], [1, '[SIGTERM]\n', false]);
});

test('a DIRECTORY that is a file is one line', async (t) => {
  const directory = fixture(t, { file: '' });
  const result = await run(process.execPath, [await host(t), join(directory, 'file')]);
  assert.deepEqual([result.code, result.stdout], [1, '']);
  assert.match(result.stderr, /^agent-host: [^\n]*EEXIST[^\n]*\n$/);
});
