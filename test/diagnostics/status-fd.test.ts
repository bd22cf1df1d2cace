/** What --status-fd tells: nothing where COMMAND started, else one JSON object a line that says why not. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { nativeMessages } from '../../src/diagnostics/native-messages.ts';
import { type FakeKernel, fakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { sandbox } from '../support/sandbox.ts';

interface Told {
  readonly code: number | null;
  readonly stderr: string;
  readonly status: string;
}

/** Runs with descriptor 3 on a file, and reads what was written there. */
async function told(words: readonly string[], kernel?: FakeKernel): Promise<Told> {
  const directory = mkdtempSync('/tmp/landlock-run-status-');
  const path = join(directory, 'status');
  const descriptor = openSync(path, 'w');
  try {
    const under = kernel === undefined ? [] : fakeKernel(kernel);
    const { code, stderr } = await sandbox(['--status-fd', '3', ...words], { fds: [descriptor], under });
    return { code, stderr, status: readFileSync(path, 'utf8') };
  } finally {
    closeSync(descriptor);
    rmSync(directory, { recursive: true });
  }
}

const codeOf = (stderr: string): string =>
  (JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as { code: string }).code;

describe('a COMMAND that started: nothing, whatever its own exit status', () => {
  for (const status of [0, 1, 125, 126, 127]) {
    test(`${status}`, async () => {
      assert.deepEqual(await told(['--no-net', '--', 'sh', '-c', `exit ${status}`]), {
        code: status,
        stderr: '',
        status: '',
      });
    });
  }

  test('COMMAND does not have the descriptor, so its reader comes to the end', async () => {
    const { status, code } = await told([
      '--no-net',
      '--',
      'sh',
      '-c',
      '{ echo mine >&3; } 2>/dev/null; [ ! -e /proc/self/fd/3 ]',
    ]);
    assert.deepEqual([code, status], [0, '']);
  });
});

describe('refused: the code of the diagnostic, once', () => {
  const ROWS: readonly [title: string, words: readonly string[], code: string, kernel?: FakeKernel][] = [
    ['usage', ['--no-net', '--no-such-option', '--', 'true'], 'option-unknown'],
    ['a mode that takes no COMMAND', ['--why', 'x', '--', 'true'], 'command-unwanted'],
    ['the policy', ['--', 'true'], 'restricts-nothing'],
    ['a contradiction', ['--no-net', '--net-connect', '1', '--', 'true'], 'claim-broken'],
    ['in the core', ['--no-net', '--chdir', '/nowhere', '--', 'true'], 'chdir-failed'],
    ['a path', ['--ro', '/nowhere', '--require-paths', '--', 'true'], 'path-required'],
    ['the kernel lacks a right', ['--net-connect', '1', '--', 'true'], 'kernel-lacks', 3],
    ['the floor', ['--min-abi', '9', '--ro', '/usr', '--', 'true'], 'min-abi-unmet', 3],
    ['no Landlock', ['--ro', '/usr', '--', 'true'], 'landlock-not-built', 'ENOSYS'],
  ];
  for (const [title, words, code, kernel] of ROWS) {
    test(title, async () => {
      const result = await told(['--json', ...words], kernel);
      assert.equal(result.code, 125);
      assert.equal(codeOf(result.stderr), code);
      assert.equal(result.status, `{"v":1,"event":"refused","code":"${code}"}\n`);
    });
  }
});

describe('exec failed: the code, and the exit status', () => {
  const ROWS: readonly [title: string, command: string, code: string, exit: number][] = [
    ['not found', 'no-such-program', 'command-not-found', 127],
    ['a directory', '@', 'command-not-executable', 126],
    ['no interpreter', '@/granted/script', 'interpreter-missing', 126],
    ['denied', '@/denied', 'command-denied', 126],
  ];
  for (const [title, command, code, exit] of ROWS) {
    test(title, async (t) => {
      const root = fixture(t, {
        'granted/script': { content: '#!/no/interpreter\n', mode: 0o755 },
        denied: { content: '#!/bin/sh\n', mode: 0o755 },
      });
      const result = await told(['--json', '--ro', `${root}/granted`, '--', command.replace('@', root)]);
      assert.equal(result.code, exit);
      assert.equal(codeOf(result.stderr), code);
      assert.equal(result.status, `{"v":1,"event":"exec-failed","code":"${code}","exit":${exit}}\n`);
    });
  }

  test('each code that an exec can fail with has its exit status', () => {
    const exits = nativeMessages.filter(({ exit }) => exit === 126 || exit === 127).map(({ code }) => code);
    assert.deepEqual(exits, ['command-not-found', 'command-denied', 'command-not-executable', 'interpreter-missing']);
  });
});

describe('what is no place to report to is left alone', () => {
  for (const value of ['1', '2', '0', 'x', '3x']) {
    test(`--status-fd ${value}`, async () => {
      const { code, stdout, stderr } = await sandbox(['--status-fd', value, '--no-net', '--', 'true']);
      assert.deepEqual([code, stdout], [125, '']);
      assert.match(stderr, /^landlock-run: --status-fd: [^\n]*\n$/);
    });
  }

  test("a word of COMMAND's own is not ours, though the command line is refused", async () => {
    const { status, stderr } = await told(['--no-such-option', 'cmd', '--json']);
    assert.match(stderr, /^landlock-run: unknown option/);
    assert.equal(status, '{"v":1,"event":"refused","code":"option-unknown"}\n');
    const directory = mkdtempSync('/tmp/landlock-run-status-');
    const descriptor = openSync(join(directory, 'status'), 'w');
    await sandbox(['--no-such-option', 'cmd', '--status-fd', '3'], { fds: [descriptor] });
    assert.equal(readFileSync(join(directory, 'status'), 'utf8'), '');
    closeSync(descriptor);
    rmSync(directory, { recursive: true });
  });
});
