/** Contract, section 1: one grammar, no subcommands. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { run } from '../support/run.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { assertSays, refused } from './refused.ts';

describe('the grammar of a run', () => {
  test('COMMAND replaces this process: it has the pid that was started, and the same parent', async () => {
    const script = 'echo $$ $PPID';
    const direct = await run('sh', ['-c', script]);
    const under = await sandbox(['--no-net', '--', 'sh', '-c', script]);
    assert.equal(under.stdout, `${under.pid} ${process.pid}\n`);
    assert.equal(direct.stdout, `${direct.pid} ${process.pid}\n`);
  });

  test('options end at --', async () => {
    const result = await sandbox(['--no-net', '--', 'echo', '--rw', '--', '--json', '-h']);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, '--rw -- --json -h\n', '']);
  });

  test('options end at the first word that is not an option, and nothing after it is read as ours', async () => {
    const result = await sandbox(['--no-net', 'echo', '--no-such-option', '--check', '--rw', '--version', '--']);
    assert.deepEqual(
      [result.code, result.stdout, result.stderr],
      [0, '--no-such-option --check --rw --version --\n', ''],
    );
  });

  for (const name of ['compile', 'check', 'run', 'help', 'explain']) {
    test(`a program called ${name} is run, not taken for a subcommand`, async (t) => {
      const root = fixture(t, { [`bin/${name}`]: { content: '#!/bin/sh\necho ran "$@"\n', mode: 0o755 } });
      const result = await sandbox(['--no-net', name, 'x'], { env: { PATH: `${root}/bin:/usr/bin:/bin` } });
      assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran x\n', '']);
    });
  }

  test('an option takes one value and may be repeated', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'a/x': '1', 'b/x': '2', 'c/x': '3' });
    const result = await shell(['--ro', 'a', '--ro', 'b'], 'cat a/x b/x; cat c/x', [], { cwd: root });
    assert.deepEqual([result.code, result.stdout], [1, '12']);
    assert.match(result.stderr, /c\/x: Permission denied/);
  });

  test('--option=VALUE is --option VALUE', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'a=b/x': 'content' });
    const result = await sandbox([`--ro=${root}/a=b`, '--', 'cat', `${root}/a=b/x`]);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'content', '']);
  });

  test('landlock-run --rw ./proj -- bash -c cmd works as written, and keeps to ./proj', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'proj/a': 'a', outside: 'o' });
    const script = 'sort proj/a >proj/b && cat proj/b && cp outside proj/c';
    const control = await run('bash', ['-c', script], { cwd: root });
    assert.equal(control.code, 0);
    const result = await sandbox(['--rw', './proj', '--', 'bash', '-c', script], { cwd: root });
    assert.deepEqual([result.code, result.stdout], [1, 'a\n']);
    assert.match(result.stderr, /outside.*Permission denied/);
  });
});

describe('a COMMAND that begins with -', () => {
  test('comes after --', async (t) => {
    const root = fixture(t, { '-dash': { content: '#!/bin/sh\necho dash "$@"\n', mode: 0o755 } });
    const env = { PATH: `${root}:/usr/bin:/bin` };
    const result = await sandbox(['--no-net', '--', '-dash', '-x'], { env });
    assert.deepEqual([result.code, result.stdout], [0, 'dash -x\n']);
  });

  test('is refused where it stands for an option', async (t) => {
    assertSays(await refused(t, ['--no-net'], {}, ['-5']), 'command-dash', undefined, /"-5"/, /--/);
    assertSays(await refused(t, ['--no-net'], {}, ['-']), 'command-dash', undefined);
    assertSays(await refused(t, ['--no-net'], {}, ['-x', 'y']), 'option-unknown', undefined, /-x/);
  });
});

describe('values', () => {
  const unset = [
    [['--ro', '', '--no-net'], 'option-value-empty', '--ro'],
    [['--ro', '--no-net'], 'option-value-dash', '--ro'],
    [['--ro=', '--no-net'], 'option-value-empty', '--ro'],
    [['--ro=-x', '--no-net'], 'option-value-dash', '--ro'],
    [['--policy', '--no-net'], 'option-value-dash', '--policy'],
    [['--policy', '-x'], 'option-value-dash', '--policy'],
    [['--net-connect', '-1', '--no-net'], 'option-value-dash', '--net-connect'],
    [['--no-net', '--ro', '--'], 'option-value-dash', '--ro'],
  ] as const;
  for (const [words, code, origin] of unset) {
    test(`${words.join(' ')} is refused: no value is empty or begins with -`, async (t) => {
      assertSays(await refused(t, words), code, origin);
    });
  }

  test('an option at the end without its value is refused', async (t) => {
    assertSays(await refused(t, ['--no-net', '--ro'], {}, []), 'option-value-missing', '--ro');
  });

  test('a switch takes no value', async (t) => {
    assertSays(await refused(t, ['--no-net=1']), 'option-value-unexpected', undefined, /--no-net takes no value/);
  });

  const contradictions = [
    ['--chdir', '/usr', '/bin'],
    ['--audit', 'command', 'all'],
    ['--tmp', '/tmp/one', '/tmp/two'],
    ['--status-fd', '7', '8'],
    ['--color', 'always', 'never'],
    ['--limit', 'nofile=100', 'nofile=101'],
    ['--env', 'A=1', 'A=2'],
  ] as const;
  for (const [option, one, other] of contradictions) {
    test(`${option} twice with different values is refused`, async (t) => {
      const refusal = await refused(t, ['--no-net', option, one, option, other]);
      assertSays(refusal, 'conflict', option, new RegExp(other.replace(/^\w+=/, '')));
    });
  }

  test('a single-valued option twice with the same value is taken', async () => {
    const words = [
      '--chdir',
      '/usr',
      '--chdir',
      '/usr/',
      '--env',
      'A=1',
      '--env',
      'A=1',
      '--color',
      'never',
      '--color',
      'never',
    ];
    const result = await sandbox(['--no-net', ...words, '--', 'sh', '-c', 'pwd; echo $A']);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, '/usr\n1\n', '']);
  });

  for (const [one, other] of [
    ['--env-scrub', '--env-clear'],
    ['--scope', '--no-scope'],
  ] as const) {
    test(`${one} and ${other} of one thing contradict each other`, async (t) => {
      const value = one === '--scope' ? ['signal'] : [];
      assertSays(await refused(t, ['--no-net', one, ...value, other, ...value]), 'conflict', other);
    });
  }
});

describe('modes are flags, and a call has one', () => {
  test('two modes are refused', async (t) => {
    const refusal = await refused(t, ['--no-net', '--check', '--print-policy'], {}, []);
    assertSays(refusal, 'modes-many', undefined, /--check and --print-policy/);
  });

  test('--probe is an alias of --check', async () => {
    const [probe, check] = await Promise.all([sandbox(['--no-net', '--probe']), sandbox(['--no-net', '--check'])]);
    assert.deepEqual([probe.code, probe.stdout], [check.code, check.stdout]);
    const both = await sandbox(['--no-net', '--check', '--probe']);
    assert.equal(both.code, check.code);
  });

  test('a run without COMMAND is refused', async (t) => {
    assertSays(await refused(t, ['--no-net'], {}, []), 'command-missing', undefined);
    assertSays(await refused(t, ['--no-net'], {}, ['--']), 'command-missing', undefined);
    assertSays(await refused(t, [], {}, []), 'command-missing', undefined);
  });

  test('--print-policy takes no COMMAND', async (t) => {
    assertSays(await refused(t, ['--no-net', '--print-policy']), 'command-unwanted', undefined);
  });

  test('--help and --version are answered on stdout with 0', async () => {
    for (const word of ['--help', '-h']) {
      const help = await sandbox([word]);
      assert.deepEqual([help.code, help.stderr], [0, '']);
      assert.match(help.stdout, /^Usage: landlock-run \[options\] \[--\] COMMAND \[ARG\.\.\.\]\n/);
    }
    for (const word of ['--version', '-V']) {
      const version = await sandbox([word]);
      assert.match(version.stdout, /^landlock-run \d+\.\d+\.\d+\n$/);
      assert.deepEqual([version.code, version.stderr], [0, '']);
    }
  });
});

describe('options that we do not have', () => {
  test('an unknown option is answered with the nearest of ours', async (t) => {
    assertSays(
      await refused(t, ['--no-nett']),
      'option-unknown',
      undefined,
      /unknown option --no-nett; did you mean --no-net\?/,
    );
    assertSays(await refused(t, ['--enf-keep', 'X']), 'option-unknown', undefined, /did you mean --env-keep\?/);
    for (const word of ['-h-json', '-V-json', '-h-no-net', '-hV']) {
      assertSays(await refused(t, [word]), 'option-unknown', undefined, new RegExp(`unknown option ${word}`));
    }
    assertSays(await refused(t, ['--zzzzzzzzzzzzzz']), 'option-unknown', undefined, /--help/);
  });

  const foreign = [
    ['--rox', 'landrun', /--ro PATH, which includes execute here/],
    ['--connect-tcp', 'landrun', /--net-connect PORT/],
    ['--ro-bind', 'bwrap', /--ro PATH/],
    ['--unshare-net', 'bwrap', /--no-net/],
    ['--private', 'firejail', /--rw DIR/],
    ['--whitelist', 'firejail', /--rw PATH or --ro PATH/],
    ['--landlock-rule', 'setpriv', /--grant RIGHTS:PATH/],
    ['--reuid', 'setpriv', /before landlock-run/],
  ] as const;
  for (const [option, tool, answer] of foreign) {
    test(`${option} is known as an option of ${tool}, and answered`, async (t) => {
      const refusal = await refused(t, [option, '/usr']);
      assertSays(refusal, 'option-foreign', undefined, new RegExp(`^${option} is an option of ${tool}, `), answer);
      assertSays(await refused(t, [`${option}=/usr`]), 'option-foreign', undefined, answer);
    });
  }
});

test('the marker of the tests that refuse appears where nothing is refused', async (t) => {
  const root = fixture(t);
  const { telltale } = await import('./refused.ts');
  const { existsSync } = await import('node:fs');
  const result = await sandbox(['--no-net', ...telltale(join(root, 'started'))]);
  assert.deepEqual([result.code, result.stdout, existsSync(join(root, 'started'))], [0, 'started\n', true]);
});
