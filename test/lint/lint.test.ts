/** Each warning of the lint: a policy where it fires, and its neighbour where it does not. --check tells the same, and no verdict changes. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { lintMessages } from '../../src/diagnostics/messages-lint.ts';
import { compileC } from '../support/compile-c.ts';
import { sandboxOn } from '../support/fake-abi.ts';
import { type Entry, fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath, projectRoot } from '../support/paths.ts';
import { type RunOptions, run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

interface Told {
  readonly code: string;
  readonly level: string;
  readonly origin?: string;
  readonly message: string;
}

/** A machine with no terminal, no display and no agent, unless a test says otherwise. */
const QUIET = {
  DISPLAY: undefined,
  SSH_AUTH_SOCK: undefined,
  XDG_RUNTIME_DIR: '/nowhere',
  HOME: '/nowhere',
  PATH: '/usr/bin:/bin',
};

/** What --explain and --check tell, which must be the same. */
async function lintOf(words: readonly string[], options: RunOptions = {}): Promise<Told[]> {
  const whole = { ...options, env: { ...QUIET, ...options.env } };
  const explained = JSON.parse((await sandbox(['--explain', '--json', ...words], whole)).stdout) as { lint: Told[] };
  const checked = await sandbox(['--check', '--json', ...words], whole);
  const report = JSON.parse(checked.stdout) as { lint: Told[]; accepted: boolean; diagnostics: Told[] };
  assert.deepEqual(report.lint, explained.lint);
  assert.equal(report.accepted, true, checked.stdout);
  assert.equal(checked.code, 0);
  for (const { level } of report.lint) assert.equal(level, 'warning');
  return report.lint;
}

type Words = readonly string[];

/** A lint by its code: words where it fires and words where it does not, `@` for a fixture; and what it names. */
interface LintRow {
  readonly fires: Words;
  readonly quiet: Words;
  readonly names: RegExp;
  readonly env?: (root: string) => Readonly<Record<string, string>>;
}

const FILES: Readonly<Record<string, Entry>> = {
  'dir/tool': { content: '#!/bin/sh\n', mode: 0o755 },
  'live/cert.pem': { link: '../archive/cert-1.pem' },
  'archive/cert-1.pem': 'one',
  'archive/cert-2.pem': 'two',
  home: { directory: true },
};

const ROWS: Readonly<Record<string, LintRow>> = {
  'lint-renewed-link': {
    fires: ['--ro', '@/live/cert.pem'],
    quiet: ['--ro', '@/archive/cert-1.pem'],
    names: /live\/cert\.pem" is a link to ".*archive\/cert-1\.pem"/,
  },
  'lint-writable-path': {
    fires: ['--rw', '@/dir', '--', 'true'],
    quiet: ['--ro', '@/dir', '--', 'true'],
    names: /on PATH: "[^"]*\/dir"/,
    env: (root) => ({ PATH: `${root}/dir:/usr/bin:/bin` }),
  },
  'lint-writable-command': {
    fires: ['--rw', '@/dir', '--', '@/dir/tool'],
    quiet: ['--ro', '@/dir', '--', '@/dir/tool'],
    names: /\/dir\/tool", is writable by the grant of ".*\/dir"/,
  },
  'lint-no-null': {
    fires: ['--bare', '--ro', '/usr', '--', 'bash'],
    quiet: ['--bare', '--ro', '/usr', '--rwfile', '/dev/null', '--', 'bash'],
    names: /cannot write \/dev\/null/,
  },
  'lint-wide-write': {
    fires: ['--rw', '@/home'],
    quiet: ['--rw', '@/dir'],
    names: /\/home" is granted with write/,
    env: (root) => ({ HOME: `${root}/home` }),
  },
  'lint-adds-nothing': {
    fires: ['--rw', '@', '--rw', '@/dir'],
    quiet: ['--rw', '@/home', '--rw', '@/dir'],
    names: /\/dir" adds nothing to "/,
  },
  'lint-trusted-writable': {
    fires: ['--rw', projectRoot],
    quiet: ['--rw', '@'],
    names: /bin\/landlock-run", a part of landlock-run, is writable by COMMAND/,
  },
};

const withCode = (told: readonly Told[], code: string): Told[] => told.filter((one) => one.code === code);

describe('a lint fires where its cause is, and not beside it', () => {
  for (const [code, row] of Object.entries(ROWS)) {
    test(code, async (t) => {
      if (!requireAbi(t, 1)) return;
      const root = fixture(t, FILES);
      const at = (words: Words): string[] => words.map((word) => word.replaceAll('@', root));
      const options = { env: row.env?.(root) ?? {} };
      const [fired] = withCode(await lintOf(at(row.fires), options), code);
      assert.match(fired?.message ?? '', row.names);
      assert.match(fired?.origin ?? '', /^--(ro|rw)$|^--bare$/);
      assert.deepEqual(withCode(await lintOf(at(row.quiet), options), code), []);
    });
  }

  test('lint-wide-write for the root directory as well', async () => {
    const [fired] = withCode(await lintOf(['--rw', '/']), 'lint-wide-write');
    assert.match(fired?.message ?? '', /^"\/" is granted with write/);
  });

  test("what a profile repeats is nobody's mistake", async () => {
    assert.deepEqual(withCode(await lintOf(['--rw', '/']), 'lint-adds-nothing'), []);
  });

  test('lint-socket-reachable: an agent, until UNIX sockets are closed', async (t) => {
    const root = fixture(t, { plain: '' });
    const server = createServer().listen(join(root, 'agent'));
    t.after(() => server.close());
    const code = 'lint-socket-reachable';
    const ours = (told: readonly Told[]): Told[] => withCode(told, code).filter((one) => one.message.includes(root));
    const options = { env: { SSH_AUTH_SOCK: join(root, 'agent') } };
    assert.match(
      ours(await lintOf(['--no-net'], options))[0]?.message ?? '',
      /\/agent" can be connected to: the ssh agent/,
    );
    assert.deepEqual(ours(await lintOf(['--no-net', '--no-unix'], options)), []);
    assert.deepEqual(ours(await lintOf(['--no-net'], { env: { SSH_AUTH_SOCK: join(root, 'plain') } })), []);
    assert.deepEqual(ours(await lintOf(['--no-net'])), []);
  });

  test('lint-socket-reachable: no more once the scope closes it, unless it is granted', async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t);
    const server = createServer().listen(join(root, 'agent'));
    t.after(() => server.close());
    const options = { env: { ...QUIET, SSH_AUTH_SOCK: join(root, 'agent') } };
    const scoped = ['--explain', '--json', '--ro', '/usr', '--scope', 'pathname-unix-socket'];
    const fires = async (words: readonly string[]): Promise<boolean> => {
      const { stdout } = await sandboxOn(9, words, options);
      return (JSON.parse(stdout) as { lint: Told[] }).lint.some((one) => one.message.includes(`${root}/agent`));
    };
    assert.equal(await fires(scoped), false);
    assert.equal(await fires([...scoped, '--unix', join(root, 'agent')]), true);
  });

  test('lint-display: X11 under the abstract scope', async (t) => {
    if (!requireAbi(t, 6)) return;
    const options = { env: { DISPLAY: ':0' } };
    const fired = withCode(await lintOf(['--no-net'], options), 'lint-display');
    assert.match(fired[0]?.message ?? '', /^DISPLAY is set/);
    assert.deepEqual(
      withCode(await lintOf(['--no-net', '--no-scope', 'abstract-unix-socket'], options), 'lint-display'),
      [],
    );
    assert.deepEqual(withCode(await lintOf(['--no-net']), 'lint-display'), []);
  });

  test('lint-terminal: a terminal that is open and not granted', async (t) => {
    if (!requireAbi(t, 1)) return;
    const fires = async (...words: string[]): Promise<boolean> => {
      const all = ['--explain', '--json', ...words, '--', '/usr/bin/true'];
      const { stdout } = await run(onTerminal(), [cliPath, ...all], { env: QUIET });
      const report = JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1)) as { lint: Told[] };
      return withCode(report.lint, 'lint-terminal').length > 0;
    };
    assert.equal(await fires('--bare', '--ro', '/usr'), true);
    assert.equal(await fires('--bare', '--ro', '/usr', '--rwfile', '/dev/tty'), false);
    assert.equal(await fires('--ro', '/usr'), false);
    assert.deepEqual(withCode(await lintOf(['--bare', '--ro', '/usr']), 'lint-terminal'), []);
  });

  test('every lint has a row or a test here', () => {
    const tested = [...Object.keys(ROWS), 'lint-socket-reachable', 'lint-display', 'lint-terminal'];
    assert.deepEqual(tested.sort(), Object.keys(lintMessages).sort());
  });
});

function onTerminal(): string {
  return compileC('on-terminal', ['test/contract/on-terminal.c']);
}

test('--check without options warns of nothing: it is no policy of the user', async () => {
  const { stdout } = await sandbox(['--check', '--json'], { cwd: projectRoot, env: { HOME: projectRoot } });
  assert.deepEqual((JSON.parse(stdout) as { lint: unknown[] }).lint, []);
});

test('the text of both reports ends with the notes', async () => {
  for (const mode of ['--explain', '--check']) {
    const { stdout } = await sandbox([mode, '--rw', '/'], { env: QUIET });
    assert.match(stdout, /\nnotes\n {2}--rw: "\/" is granted with write: [^\n]*\n/);
  }
});
