/** Contract, section 4: exit codes. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type FakeKernel, sandboxOn } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

describe("COMMAND's own exit status is the exit status", () => {
  for (const status of [0, 1, 2, 42, 124, 125, 126, 127, 128, 137, 255]) {
    test(`${status}, with nothing on stderr`, async () => {
      const result = await sandbox(['--no-net', '--', 'sh', '-c', `exit ${status}`]);
      assert.deepEqual([result.code, result.signal, result.stdout, result.stderr], [status, null, '', '']);
    });
  }

  for (const signal of ['SIGTERM', 'SIGKILL', 'SIGSEGV', 'SIGHUP', 'SIGPIPE', 'SIGXFSZ'] as const) {
    test(`death by ${signal} is death by ${signal}: it is this process`, async () => {
      const script = `kill -${signal.slice(3)} $$`;
      const control = await run('sh', ['-c', script]);
      assert.deepEqual([control.code, control.signal], [null, signal]);
      const result = await sandbox(['--no-net', '--limit', 'core=0', '--', 'sh', '-c', script]);
      assert.deepEqual([result.code, result.signal, result.stderr], [null, signal, '']);
    });
  }
});

describe('125 is landlock-run itself', () => {
  const ROWS: readonly [why: string, words: string[], kernel?: FakeKernel][] = [
    ['usage', ['--no-such-option', '--', 'true']],
    ['policy', ['--policy', '/nowhere', '--', 'true']],
    ['a policy that restricts nothing', ['--', 'true']],
    ['kernel', ['--no-scope', 'terminal', '--ro', '/usr', '--', 'true'], 'ENOSYS'],
    ['refused at the run', ['--no-net', '--chdir', '/nowhere', '--', 'true']],
  ];
  for (const [why, words, kernel] of ROWS) {
    test(why, async () => {
      const result = await (kernel === undefined ? sandbox(words) : sandboxOn(kernel, words));
      assert.deepEqual([result.code, result.stdout], [125, '']);
      assert.match(result.stderr, /^landlock-run: [^\n]+\n$/);
    });
  }
});

describe('126 is a COMMAND that was found and cannot be executed', () => {
  const FILES = {
    plain: 'no program\n',
    'script-without-interpreter': { content: '#!/nowhere/interpreter\n', mode: 0o755 },
    'script-crlf': { content: '#!/bin/sh\r\necho x\r\n', mode: 0o755 },
    'directory/x': '',
  };
  const ROWS: readonly [name: string, code: string, says: RegExp][] = [
    ['plain', 'command-not-executable', /EACCES/],
    ['directory', 'command-not-executable', /\(it is a directory\): EACCES/],
    ['script-without-interpreter', 'interpreter-missing', /ENOENT/],
    ['script-crlf', 'interpreter-missing', /ENOENT/],
  ];
  for (const [name, code, says] of ROWS) {
    test(`${name} by its path`, async (t) => {
      const root = fixture(t, FILES);
      const result = await sandbox(['--json', '--no-net', '--', join(root, name)]);
      assert.deepEqual([result.code, result.stdout], [126, ''], result.stderr);
      const told = JSON.parse(result.stderr) as { code: string; message: string };
      assert.equal(told.code, code);
      assert.match(told.message, says);
    });
  }

  test('a program whose loader is missing', async (t) => {
    const root = fixture(t);
    const { readFileSync, writeFileSync } = await import('node:fs');
    const image = readFileSync('/bin/true');
    const at = image.indexOf('/lib');
    image.write('/n0w', at, 'latin1');
    writeFileSync(join(root, 'program'), image, { mode: 0o755 });
    const result = await sandbox(['--no-net', '--', join(root, 'program')]);
    assert.equal(result.code, 126);
    assert.match(result.stderr, /^landlock-run: .*interpreter or loader does not exist.*program.*ENOENT[^\n]*\n$/);
  });

  test('a program that the policy denies; without the policy it runs', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'bin/tool': { content: '#!/bin/sh\necho ran\n', mode: 0o755 }, 'data/x': '' });
    const control = await sandbox(['--no-net', '--', join(root, 'bin/tool')]);
    assert.deepEqual([control.code, control.stdout], [0, 'ran\n']);
    const result = await sandbox(['--ro', join(root, 'data'), '--', join(root, 'bin/tool')]);
    assert.deepEqual([result.code, result.stdout], [126, '']);
    assert.match(result.stderr, /^landlock-run: [^\n]*denie[^\n]*bin\/tool[^\n]*\n$/);
  });

  test('an argument list that is too long for the stack', async () => {
    const words = ['--', 'true', ...Array.from({ length: 4 }, () => 'x'.repeat(60_000))];
    const control = await sandbox(['--no-net', ...words]);
    assert.equal(control.code, 0);
    const result = await sandbox(['--no-net', '--limit', 'stack=128K', ...words]);
    assert.deepEqual([result.code, result.stdout], [126, '']);
    assert.match(result.stderr, /^landlock-run: cannot execute the command "[^"]*true": E2BIG[^\n]*\n$/);
  });
});

describe('127 is a COMMAND that was not found', () => {
  test('in PATH', async () => {
    const result = await sandbox(['--no-net', '--', 'no-such-command-here']);
    assert.deepEqual([result.code, result.stdout], [127, '']);
    assert.match(result.stderr, /^landlock-run: cannot find the command "no-such-command-here"[^\n]*\n$/);
  });

  test('by its path', async () => {
    const result = await sandbox(['--json', '--no-net', '--', '/nowhere/command']);
    assert.deepEqual([result.code, result.stdout], [127, '']);
    assert.equal((JSON.parse(result.stderr) as { code: string }).code, 'command-not-found');
  });

  test('an empty name', async () => {
    const result = await sandbox(['--no-net', '--', '']);
    assert.deepEqual([result.code, result.stdout], [127, '']);
    assert.match(result.stderr, /^landlock-run: cannot find the command ""[^\n]*\n$/);
  });
});

describe('modes', () => {
  test('--check is 0 where a run would be accepted, and 1 where not, with a report either way', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t);
    const yes = await sandbox(['--check', '--rw', root]);
    assert.deepEqual([yes.code, yes.stderr, yes.stdout.startsWith('yes')], [0, '', true], yes.stdout);
    const no = await sandbox(['--check', '--rw', root, '--chdir', '/nowhere']);
    assert.deepEqual([no.code, no.stderr, no.stdout.startsWith('no')], [1, '', true], no.stdout);
  });

  test('--check of a command line that cannot be understood is 125, with stdout empty', async () => {
    const result = await sandbox(['--check', '--rx', '.']);
    assert.deepEqual([result.code, result.stdout], [125, '']);
    assert.match(result.stderr, /^landlock-run: [^\n]+\n$/);
  });

  test('--print-policy is 0 with YAML, and 125 where the policy is refused', async () => {
    const yes = await sandbox(['--print-policy', '--no-net']);
    assert.deepEqual([yes.code, yes.stdout, yes.stderr], [0, 'version: 1\nnet: none\n', '']);
    const no = await sandbox(['--print-policy']);
    assert.deepEqual([no.code, no.stdout], [125, '']);
    assert.match(no.stderr, /^landlock-run: the policy restricts nothing[^\n]*\n$/);
  });
});
