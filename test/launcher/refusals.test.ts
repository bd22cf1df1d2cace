/** What a compiled launcher refuses or warns of keeps its remedy, and ends by naming who can tell what the policy is: once, in the one line. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { nativeMessages } from '../../src/diagnostics/native-messages.ts';
import { type FakeKernel, fakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';
import { type RunResult, run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

interface Case {
  readonly options: readonly string[];
  readonly command?: readonly string[];
  readonly exit?: number;
  /** What a shell does between the two: after it is compiled, before it runs. */
  readonly first?: string;
  readonly kernel?: FakeKernel;
}

/** By code of the message. The working directory is `in`. */
const CASES: Readonly<Record<string, Case>> = {
  'path-required': { options: ['--require-paths', '--ro', '.', '--ro', 'nosuch'] },
  'paths-all-missing': { options: ['--ro', 'nosuch'] },
  'path-missing': { options: ['--ro', '.', '--rw', 'nosuch'], exit: 0 },
  'path-not-file': { options: ['--rwfile', '../new'], first: 'mkdir ../new' },
  'chdir-failed': { options: ['--no-net', '--chdir', '../gone'], first: 'rm -r ../gone' },
  'limit-refused': { options: ['--no-net', '--limit', 'nofile=99999999999'] },
  'tmp-unmade': { options: ['--tmp', '../none/tmp'] },
  'tmp-not-directory': { options: ['--tmp', '../late'], first: 'echo >../late' },
  'descriptor-not-open': { options: ['--no-net', '--keep-fd', '9'] },
  'descriptor-closed': { options: ['--no-net'], command: ['test', '/dev/fd/5'], first: 'exec 5</dev/null', exit: 0 },
  'listen-fds-damaged': { options: ['--no-net', '--keep-fd', 'listen'], first: 'export LISTEN_FDS=x' },
  'launcher-command-missing': { options: ['--no-net'], command: [] },
  'command-not-found': { options: ['--no-net'], command: ['/nonexistent'], exit: 127 },
  'command-not-executable': { options: ['--no-net'], command: ['/etc/passwd'], exit: 126 },
  'nothing-enforced': { options: ['--best-effort', '--net-connect', '443'], kernel: 3 },
  'landlock-not-built': { options: ['--ro', '/'], kernel: 'ENOSYS' },
};

function start(cwd: string, way: readonly string[], one: Case): Promise<RunResult> {
  const { first = ':', command = ['true'], kernel } = one;
  const under = kernel === undefined ? [] : fakeKernel(kernel);
  return run('bash', ['-c', `${first}; exec "$@"`, 'bash', ...under, ...way, ...command], { cwd });
}

for (const [code, one] of Object.entries(CASES))
  for (const json of [false, true])
    test(`${code} of a launcher, as ${json ? 'JSON' : 'text'}, keeps its remedy and names --explain --compiled, once`, async (t) => {
      if (!requireAbi(t, 4)) return;
      const cwd = join(fixture(t, { 'in/file': 'x', gone: { directory: true } }), 'in');
      const path = join(dirname(cwd), 'o');
      const made = await sandbox([...(json ? ['--json'] : []), ...one.options, '--compile', path], { cwd });
      assert.equal(made.code, 0, made.stderr);
      const result = await start(cwd, [path], one);
      assert.equal(result.code, one.exit ?? 125, result.stderr);
      const { what, remedy } = nativeMessages.find((row) => row.code === code) ?? assert.fail(code);
      const line = result.stderr.split('\n').find((text) => text.includes(what)) ?? assert.fail(result.stderr);
      const told = json ? (JSON.parse(line) as { remedy: string }).remedy : line;
      assert.ok(told.endsWith(`${remedy}; see landlock-run --explain --compiled ${path}`), line);
      assert.equal(line.split('--explain').length, 2, line);
    });

test("a remedy that is the plan's own is kept too; the command line tool names nothing", async (t) => {
  if (!requireAbi(t, 4)) return;
  const path = join(fixture(t), 'launcher');
  const options = ['--net-connect', '443'];
  assert.equal((await sandbox([...options, '--compile', path])).code, 0);
  const told = async (way: readonly string[]): Promise<string[]> =>
    (await start('/', way, { options, kernel: 3 })).stderr.trimEnd().split('\n');
  const [launcher, tool] = [await told([path]), await told([cliPath, ...options, '--'])];
  assert.deepEqual(
    launcher,
    tool.map((line) => `${line}; see landlock-run --explain --compiled ${path}`),
  );
});

test('the launcher is named as it was called, as a word of a shell; OUT where that says nothing', async (t) => {
  const root = fixture(t);
  assert.equal((await sandbox(['--no-net', '--compile', join(root, 'o')])).code, 0);
  copyFileSync(join(root, 'o'), join(root, "it's $HOME"));
  const named = async (script: string): Promise<string> =>
    (await run('bash', ['-c', script], { cwd: root })).stderr.trimEnd().split('--compiled ')[1] ?? '';
  assert.equal(await named('./o'), './o');
  assert.equal(await named('PATH=$PWD:$PATH; o'), join(root, 'o'));
  assert.equal(await named('"./it\'s \\$HOME"'), `'./it'\\''s $HOME'`);
  assert.equal(await named('exec 7<o; exec /dev/fd/7'), 'OUT');
});
