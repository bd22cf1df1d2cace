/** Contract, section 3: fail closed, on every kernel. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fakeKernel, sandboxOn } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { liveAbi, requireAbi } from '../support/kernel.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertSays, refused } from './refused.ts';

const RAN = ['--', 'echo', 'ran'];

/** A restriction that some kernels lack, the ABI and mainline kernel that brought it, and how it is called in the message. */
const RESTRICTIONS: readonly [words: string[], abi: number, linux: string, what: RegExp][] = [
  [['--net-connect', '443'], 4, '6.7', /TCP/],
  [['--net-bind', '80'], 4, '6.7', /TCP/],
  [['--no-net', '--scope', 'signal'], 6, '6.12', /signals/],
  [['--no-net', '--scope', 'abstract-unix-socket'], 6, '6.12', /abstract UNIX sockets/],
  [['--ro', '/usr', '--scope', 'device-ioctl'], 5, '6.10', /ioctl/],
  [['--no-net', '--audit', 'command'], 7, '6.15', /audit/],
  [['--ro', '/usr', '--scope', 'pathname-unix-socket'], 9, '7.1', /UNIX sockets/],
  [['--ro', '/usr', '--unix', '/run/x', '--scope', 'pathname-unix-socket'], 9, '7.1', /UNIX sockets/],
  [['--udp-connect', '53'], 10, '7.2', /UDP/],
  [['--udp-bind', '0'], 10, '7.2', /UDP/],
];

describe('strict: what is stated and absent is 125, naming it, the ABI and kernel it needs, and what this one has', () => {
  for (const [words, abi, linux, what] of RESTRICTIONS) {
    const older = Math.min(abi - 1, 7);
    test(`${words.join(' ')} on ABI ${older}`, async (t) => {
      if (!requireAbi(t, older)) return;
      const refusal = await refused(t, words, { under: fakeKernel(older) });
      const needs = new RegExp(`needs Landlock ABI ${abi} \\(Linux ${linux.replace('.', '\\.')}\\)`);
      assertSays(
        refusal,
        'kernel-lacks',
        words.findLast((word) => word.startsWith('--')),
        what,
        needs,
      );
      assertSays(
        refusal,
        'kernel-lacks',
        refusal.origin,
        new RegExp(`this kernel has Landlock ABI ${older}\\b`),
        /--best-effort/,
      );
    });

    if (abi <= 7) {
      test(`${words.join(' ')} is accepted silently on ABI ${abi}`, async (t) => {
        if (!requireAbi(t, abi)) return;
        const result = await sandboxOn(abi, [...words, ...RAN]);
        assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
      });
    }
  }

  for (const abi of [1, 2, 3, 4, 5, 6, 7]) {
    test(`a files policy runs silently on ABI ${abi}, and denies`, async (t) => {
      if (!requireAbi(t, abi)) return;
      const root = fixture(t, { 'in/a': 'in', 'out/b': 'out' });
      const script = 'cat in/a; cat out/b';
      const result = await sandboxOn(abi, ['--rw', 'in', '--', 'sh', '-c', script], { cwd: root });
      assert.deepEqual([result.code, result.stdout], [1, 'in'], result.stderr);
      assert.match(result.stderr, /^cat: out\/b: Permission denied\n$/);
    });
  }

  for (const abi of [1, 2]) {
    test(`a files policy includes truncation: on ABI ${abi} by the filter`, async (t) => {
      if (!requireAbi(t, 3)) return;
      const root = fixture(t, { 'in/a': 'in', 'out/b': 'kept' });
      const control = await sandboxOn(abi, ['--no-unix', '--', 'truncate', '-s', '4', 'out/b'], { cwd: root });
      assert.equal(control.code, 0, control.stderr);
      const result = await sandboxOn(abi, ['--rw', 'in', '--', 'truncate', '-s', '0', 'out/b'], { cwd: root });
      assert.notEqual(result.code, 0);
      const { readFileSync } = await import('node:fs');
      assert.equal(readFileSync(`${root}/out/b`, 'utf8'), 'kept');
    });
  }

  test('what is refused is all told, each in a line', async (t) => {
    if (!requireAbi(t, 3)) return;
    const result = await sandboxOn(3, ['--net-connect', '443', '--scope', 'signal', '--audit', 'all', ...RAN]);
    assert.deepEqual([result.code, result.stdout], [125, '']);
    assert.match(result.stderr, /^(landlock-run: --[a-z-]+: cannot enforce [^\n]+\n){3}$/);
  });
});

describe('--best-effort: what this kernel lacks is dropped, one line for each', () => {
  for (const [words, abi, , what] of RESTRICTIONS) {
    const older = Math.min(abi - 1, 7);
    test(`${words.join(' ')} beside files on ABI ${older} is a warning`, async (t) => {
      if (!requireAbi(t, Math.max(older, 3))) return;
      const files = words.includes('--ro') ? [] : ['--ro', '/usr'];
      const result = await sandboxOn(older, ['--best-effort', ...words, ...files, ...RAN]);
      assert.deepEqual([result.code, result.stdout], [0, 'ran\n'], result.stderr);
      const lines = result.stderr.split('\n').slice(0, -1);
      const ours = lines.filter((line) => what.test(line));
      assert.equal(ours.length, 1, result.stderr);
      assert.match(ours[0] ?? '', /^landlock-run: --[a-z-]+: not enforced: [^\n]+ABI \d+[^\n]+(weaker|not logged)/);
    });
  }

  test('what makes it stricter is marked so: renames between directories on ABI 1', async (t) => {
    if (!requireAbi(t, 3)) return;
    const result = await sandboxOn(1, ['--best-effort', '--ro', '/usr', ...RAN]);
    assert.deepEqual([result.code, result.stdout], [0, 'ran\n']);
    assert.match(result.stderr, /^landlock-run: --ro: [^\n]*renames and links[^\n]*ABI 2[^\n]*stricter[^\n]*\n$/);
  });

  test('is still 125 where nothing can be enforced', async (t) => {
    if (!requireAbi(t, 3)) return;
    for (const words of [
      ['--net-connect', '443'],
      ['--net-connect', '443', '--udp-connect', '53'],
      ['--scope', 'abstract-unix-socket'],
    ]) {
      const result = await sandboxOn(3, ['--best-effort', ...words, ...RAN]);
      assert.deepEqual([words.join(' '), result.code, result.stdout], [words.join(' '), 125, '']);
      assert.match(result.stderr, /nothing of what was asked for/);
    }
  });

  test('is 125 where Landlock is absent', async (t) => {
    assert.equal(
      (await refused(t, ['--best-effort', '--ro', '/usr'], { under: fakeKernel('ENOSYS') })).code,
      'landlock-not-built',
    );
  });

  test('changes nothing where everything is there', async (t) => {
    if (!requireAbi(t, 6)) return;
    const result = await sandbox(['--best-effort', '--ro', '/usr', '--net-connect', '443', ...RAN]);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
  });
});

describe('--min-abi N: a floor, with either level', () => {
  for (const level of [[], ['--best-effort'], ['--allow-unsandboxed']]) {
    test(`refuses below it ${level.join(' ')}`, async (t) => {
      if (!requireAbi(t, 5)) return;
      const refusal = await refused(t, [...level, '--ro', '/usr', '--min-abi', '6'], { under: fakeKernel(5) });
      assertSays(refusal, 'min-abi-unmet', '--min-abi', /ABI 6 \(Linux 6\.12\)/, /this kernel has Landlock ABI 5/);
      const result = await sandboxOn(5, [...level, '--ro', '/usr', '--min-abi', '5', ...RAN]);
      assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
    });
  }

  test('refuses where there is no Landlock, whatever is consented to', async (t) => {
    const words = ['--allow-unsandboxed', '--no-net', '--min-abi', '1'];
    assert.equal((await refused(t, words, { under: fakeKernel('ENOSYS') })).code, 'min-abi-unmet');
  });

  test('may name an ABI that is not known yet', async (t) => {
    if (!requireAbi(t, 3)) return;
    assertSays(await refused(t, ['--ro', '/usr', '--min-abi', '500']), 'min-abi-unmet', '--min-abi', /ABI 500/);
  });
});

describe('an ABI number is no proof', () => {
  test('a kernel that announces 6 and rejects the signal scope: stated it is refused, unstated it is dropped', async (t) => {
    if (!requireAbi(t, 6)) return;
    const refusal = await refused(t, ['--no-net', '--scope', 'signal'], { under: fakeKernel('lying-6') });
    assertSays(refusal, 'kernel-lacks', '--scope', /signals/, /this kernel has Landlock ABI 6/);
    const result = await sandboxOn('lying-6', ['--ro', '/usr', ...RAN]);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
    const abstract = await sandboxOn('lying-6', ['--no-net', '--scope', 'abstract-unix-socket', ...RAN]);
    assert.deepEqual([abstract.code, abstract.stdout], [0, 'ran\n']);
  });

  test('a kernel of the future is used for what it has', async (t) => {
    if (!requireAbi(t, 6)) return;
    const words = ['--ro', '/usr', '--net-connect', '443', '--min-abi', '99', '--udp-connect', '53'];
    const result = await sandboxOn(99, [...words, ...RAN]);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', ''], `live ABI ${liveAbi()}`);
  });
});

describe('any step that fails ends the process before COMMAND starts', () => {
  const STEPS: readonly [title: string, words: string[]][] = [
    ['a path that cannot be opened', ['--ro', `/${'x'.repeat(300)}`]],
    ['a required path that is missing', ['--require-paths', '--ro', '/nowhere']],
    ['every stated path missing', ['--ro', '/nowhere']],
    ['a temporary directory that cannot be made', ['--tmp', '/nowhere/tmp']],
    ['a temporary directory that is a file', ['--tmp', '/usr/bin/env']],
    ['a working directory that is missing', ['--no-net', '--chdir', '/nowhere']],
    ['a descriptor that is not open', ['--no-net', '--keep-fd', '99']],
    ['a limit above the hard limit', ['--no-net', '--limit', 'nofile=1048577']],
  ];
  for (const [title, words] of STEPS) {
    test(title, async (t) => {
      if (!requireAbi(t, 3)) return;
      await refused(t, words);
    });
  }
});

test('no environment variable changes what landlock-run does', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { x: 'x', 'in/y': '' });
  const names = [
    'LANDLOCK_RUN',
    'LANDLOCK_RUN_OPTIONS',
    'LANDLOCK_RUN_POLICY',
    'LL_FS_RO',
    'DEBUG',
    'ALLOW_UNSANDBOXED',
    'CI',
  ];
  const env = Object.fromEntries(names.map((name) => [name, '--allow-unsandboxed /']));
  const result = await sandbox(['--ro', `${root}/in`, '--', 'cat', `${root}/x`], { env });
  assert.deepEqual([result.code, result.stdout], [1, '']);
  assert.match(result.stderr, /^cat: [^\n]*Permission denied\n$/);
});
