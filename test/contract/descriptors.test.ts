/** Contract, sections 1 and 2: what COMMAND inherits of descriptors, and --status-fd. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertSays, refused } from './refused.ts';

const LIST = ['--', 'sh', '-c', 'cd /proc/self/fd && echo *'];

/** Opens a file for as long as the test lasts. */
function open(t: TestContext, content = 'content'): number {
  const file = join(fixture(t), 'file');
  writeFileSync(file, content);
  const descriptor = openSync(file, 'r+');
  t.after(() => closeSync(descriptor));
  return descriptor;
}

/** The list that a shell sees that inherits 0, 1, 2 and these. */
async function shellSees(t: TestContext, ...kept: readonly number[]): Promise<string> {
  const fd = open(t);
  const fds = Array.from({ length: Math.max(3, ...kept) - 2 }, (_, i) => (kept.includes(i + 3) ? fd : null));
  const control = await run('sh', LIST.slice(2), { fds });
  return control.stdout;
}

describe('descriptors', () => {
  test('beyond 2 are not inherited, wherever they are: an open descriptor goes round the policy', async (t) => {
    const fd = open(t);
    const fds = Array.from({ length: 25 }, (_, i) => ([0, 4, 20, 24].includes(i) ? fd : null));
    const control = await run('sh', LIST.slice(2), { fds });
    assert.match(control.stdout, / 3 /);
    assert.match(control.stdout, /23/);
    const result = await sandbox(['--no-net', ...LIST], { fds });
    assert.equal(result.stdout, await shellSees(t));
  });

  test('--keep-fd N gives back exactly the named ones, open on the same file', async (t) => {
    const fd = open(t, 'kept');
    const fds = [fd, fd, fd, null, null, null, null, null, null, null, null, null, null, null, fd];
    const words = ['--no-net', '--keep-fd', '4', '--keep-fd', '17'];
    const result = await sandbox([...words, ...LIST], { fds });
    assert.equal(result.stdout, await shellSees(t, 4, 17));
    const read = await sandbox([...words, '--', 'sh', '-c', 'cat <&4'], { fds });
    assert.deepEqual([read.stdout, read.stderr], ['kept', '']);
  });

  test('a policy file keeps them too', async (t) => {
    const result = await sandbox(['--policy', '-', ...LIST], { stdin: 'net: none\nkeep_fd: [3]\n', fds: [open(t)] });
    assert.equal(result.stdout, await shellSees(t, 3));
  });

  test('one to keep that is not open is refused', async (t) => {
    assertSays(await refused(t, ['--no-net', '--keep-fd', '40']), 'descriptor-not-open', '--keep-fd', /40/);
  });

  test('--keep-fd args keeps the pipes that a word of COMMAND names, as a shell makes them', async () => {
    const { cliPath } = await import('../support/paths.ts');
    const script = 'diff "$@" <(echo a) <(echo b)';
    const control = await run('bash', ['-c', 'diff <(echo a) <(echo b)']);
    const result = await run('bash', ['-c', `"$0" --no-net --keep-fd args -- ${script}`, cliPath]);
    assert.deepEqual([result.code, result.stdout, result.stderr], [1, control.stdout, '']);
  });

  test('without it they are closed, and one warning says so', async () => {
    const { cliPath } = await import('../support/paths.ts');
    const result = await run('bash', ['-c', '"$0" --no-net -- cat <(echo a) <(echo b)', cliPath]);
    assert.equal(result.stdout, '');
    const ours = result.stderr.split('\n').filter((line) => line.startsWith('landlock-run: '));
    assert.equal(ours.length, 1, result.stderr);
    assert.match(ours[0] ?? '', /"\/dev\/fd\/\d+".*--keep-fd args/);
  });

  test('--keep-fd args keeps no file: that would go round the policy', async (t) => {
    const fds = [open(t)];
    const words = ['--no-net', '--keep-fd', 'args', '--', 'sh', '-c', 'cd /proc/self/fd && echo *', 'sh', '/dev/fd/3'];
    const result = await sandbox(words, { fds });
    assert.equal(result.stdout, await shellSees(t));
  });

  test('--keep-fd listen keeps what LISTEN_FDS says, and its variables; without it both go', async (t) => {
    const fd = open(t);
    const options = { fds: [fd, fd, fd], env: { LISTEN_FDS: '2', LISTEN_PID: '1', LISTEN_FDNAMES: 'a:b' } };
    const show = ['--', 'sh', '-c', 'echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; cd /proc/self/fd && echo *'];
    const kept = await sandbox(['--no-net', '--keep-fd', 'listen', ...show], options);
    assert.equal(kept.stdout, `2 1 a:b\n${await shellSees(t, 3, 4)}`);
    const gone = await sandbox(['--no-net', ...show], options);
    assert.equal(gone.stdout, `\n${await shellSees(t)}`);
  });

  test('--keep-fd listen refuses a LISTEN_FDS that is no number, and one that promises more than there is', async (t) => {
    const words = ['--no-net', '--keep-fd', 'listen'];
    assertSays(await refused(t, words, { env: { LISTEN_FDS: '2x' } }), 'listen-fds-damaged', '--keep-fd');
    assertSays(await refused(t, words, { env: { LISTEN_FDS: '30' } }), 'descriptor-not-open', '--keep-fd');
  });
});

describe('--status-fd', () => {
  /** Runs with descriptor 3 as the status descriptor. Out: what arrived there, and how the run ended. */
  async function status(
    t: TestContext,
    words: readonly string[],
  ): Promise<[told: string, code: number | null, stderr: string]> {
    const file = join(fixture(t), 'status');
    const descriptor = openSync(file, 'w');
    const result = await sandbox(['--status-fd', '3', ...words], { fds: [descriptor] });
    closeSync(descriptor);
    return [readFileSync(file, 'utf8'), result.code, result.stderr];
  }

  test('says nothing where COMMAND runs, and COMMAND does not inherit it', async (t) => {
    const [told, code, stderr] = await status(t, ['--no-net', '--', 'sh', '-c', 'echo x >&3']);
    assert.equal(told, '');
    assert.notEqual(code, 0);
    assert.match(stderr, /3: Bad file descriptor/);
  });

  const ROWS: readonly [title: string, words: string[], code: number, event: object][] = [
    [
      'a policy that cannot be read',
      ['--policy', '/nowhere', '--', 'true'],
      125,
      { event: 'refused', code: 'policy-unreadable' },
    ],
    ['a value', ['--net-bind', 'x', '--', 'true'], 125, { event: 'refused', code: 'port-invalid' }],
    ['the core', ['--no-net', '--chdir', '/nowhere', '--', 'true'], 125, { event: 'refused', code: 'chdir-failed' }],
    ['not found', ['--no-net', '--', '/nowhere'], 127, { event: 'exec-failed', code: 'command-not-found', exit: 127 }],
    [
      'not executable',
      ['--no-net', '--', '/'],
      126,
      { event: 'exec-failed', code: 'command-not-executable', exit: 126 },
    ],
  ];
  for (const [title, words, exit, event] of ROWS) {
    test(`says why COMMAND did not start: ${title}`, async (t) => {
      const [told, code] = await status(t, words);
      assert.match(told, /^[^\n]+\n$/);
      assert.deepEqual([JSON.parse(told), code], [{ v: 1, ...event }, exit]);
    });
  }

  test('so a supervisor can tell a 125 of ours from one of COMMAND', async (t) => {
    const [told, code] = await status(t, ['--no-net', '--', 'sh', '-c', 'exit 125']);
    assert.deepEqual([told, code], ['', 125]);
  });

  test('that is not open is refused', async (t) => {
    assertSays(await refused(t, ['--no-net', '--status-fd', '40']), 'descriptor-not-open', '--status-fd', /40/);
  });
});

describe('--chdir', () => {
  test('is the working directory of COMMAND; grants start from the caller’s', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'a/x': 'in a', 'b/a/x': 'in b/a' });
    const result = await sandbox(['--ro', 'a', '--chdir', 'b', '--', 'sh', '-c', 'pwd; cat ../a/x; cat a/x'], {
      cwd: root,
    });
    assert.deepEqual([result.code, result.stdout], [1, `${root}/b\nin a`]);
  });

  test('to a directory that is not there, or is a file, is refused', async (t) => {
    const root = fixture(t, { file: '' });
    assertSays(await refused(t, ['--no-net', '--chdir', `${root}/none`]), 'chdir-failed', '--chdir', /ENOENT/);
    assertSays(await refused(t, ['--no-net', '--chdir', `${root}/file`]), 'chdir-failed', '--chdir', /ENOTDIR/);
  });
});
