/** Contract, section 5: the environment, in the order mode, unset, set; what is kept and passed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { type RunOptions, run, type Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

const CALLER = { A: '1', AWS_REGION: 'r', GITHUB_TOKEN: 't', LC_ALL: 'C', PLAIN: 'p', my_secret_word: 's' };

/** The environment that COMMAND gets from the caller's own small one, as lines in order. */
async function environmentOf(words: readonly Word[], options: RunOptions = {}): Promise<string[]> {
  const result = await sandbox(['--no-net', ...words, '--', 'env'], { emptyEnv: true, env: CALLER, ...options });
  assert.deepEqual([result.code, result.stderr], [0, '']);
  return result.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('PATH='));
}

function lines(variables: Record<string, string>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}

describe('modes', () => {
  test('inherit: the environment arrives untouched, in its order', async () => {
    assert.deepEqual(await environmentOf([]), lines(CALLER));
  });

  test('NODE_*, LD_* and the like reach COMMAND untouched', async () => {
    const env = { NODE_OPTIONS: '--no-warnings', LD_LIBRARY_PATH: '/nowhere', NODE_ENV: 'x', BASH_ENV: '/nowhere' };
    assert.deepEqual(await environmentOf([], { env }), lines(env));
  });

  test('--env-clear takes everything away, PATH too', async () => {
    const result = await sandbox(['--no-net', '--env-clear', '--', 'env'], { env: CALLER });
    assert.deepEqual([result.code, result.stdout], [0, '']);
  });

  test('--env-scrub takes away what looks like a credential, whatever its case, and nothing else', async () => {
    assert.deepEqual(await environmentOf(['--env-scrub']), ['A=1', 'LC_ALL=C', 'PLAIN=p']);
    const kept = { HOME: '/', LANG: 'C', TERM: 'xterm', EDITOR: 'vi', CI: '1', SSH_TTY: 'x', PWD: '/', OLDPWD: '/' };
    assert.deepEqual(await environmentOf(['--env-scrub'], { env: kept }), lines(kept));
    const names = [
      'NPM_TOKEN',
      'DB_PASSWORD',
      'client_secret',
      'OPENAI_API_KEY',
      'SSH_AUTH_SOCK',
      'KUBECONFIG',
      'GH_PAT',
    ];
    const secrets = Object.fromEntries(names.map((name) => [name, 'x']));
    assert.deepEqual(await environmentOf(['--env-scrub'], { env: secrets }), []);
  });

  test('--env-keep survives any mode', async () => {
    assert.deepEqual(await environmentOf(['--env-clear', '--env-keep', 'LC_*', '--env-keep', '?']), [
      'A=1',
      'LC_ALL=C',
    ]);
    assert.deepEqual(await environmentOf(['--env-scrub', '--env-keep', 'GITHUB_*']), [
      'A=1',
      'GITHUB_TOKEN=t',
      'LC_ALL=C',
      'PLAIN=p',
    ]);
  });

  test('--env-keep compares case, as names do', async () => {
    assert.deepEqual(await environmentOf(['--env-clear', '--env-keep', 'plain']), []);
  });
});

describe('unset, then set', () => {
  test('--env-unset takes away by glob, in any mode', async () => {
    assert.deepEqual(await environmentOf(['--env-unset', 'AWS_*', '--env-unset', '*_*']), ['A=1', 'PLAIN=p']);
    assert.deepEqual(
      await environmentOf(['--env-clear', '--env-keep', '*', '--env-unset', '*A*', '--env-unset', 'G??HUB*']),
      ['my_secret_word=s'],
    );
  });

  test('--env NAME=VALUE sets after mode and unset, and keeps the place of what it replaces', async () => {
    const set = await environmentOf(['--env', 'PLAIN=new', '--env', 'LAST=', '--env-unset', 'PLAIN', '--env', 'B=x=y']);
    const rest = lines(CALLER).filter((line) => !line.startsWith('PLAIN'));
    assert.deepEqual(set.sort(), [...rest, 'PLAIN=new', 'LAST=', 'B=x=y'].sort());
    assert.deepEqual((await environmentOf(['--env', 'A=2']))[0], 'A=2');
    assert.deepEqual(await environmentOf(['--env-clear', '--env', 'ONLY=this']), ['ONLY=this']);
  });

  test("--env NAME hands the caller's value on through mode and unset", async () => {
    const words = ['--env-clear', '--env', 'GITHUB_TOKEN', '--env-unset', 'GITHUB_TOKEN', '--env', 'UNKNOWN'];
    assert.deepEqual(await environmentOf(words), ['GITHUB_TOKEN=t']);
  });

  test('--tmp sets TMPDIR, TMP and TEMP, and --env wins over it', async (t) => {
    if (!requireAbi(t, 3)) return;
    const tmp = `${fixture(t)}/tmp`;
    const result = await sandbox(['--tmp', tmp, '--env-clear', '--env', 'TMP=mine', '--', 'env']);
    assert.deepEqual(
      result.stdout.trim().split('\n').sort(),
      ['TEMP', 'TMP', 'TMPDIR'].map((name) => `${name}=${name === 'TMP' ? 'mine' : tmp}`),
    );
  });

  test('a policy file says the same', async () => {
    const policy =
      'net: none\nenv: {mode: scrub, keep: [PATH, "GITHUB_*"], unset: ["A*"], pass: [AWS_REGION], set: {CI: "1"}}\n';
    const result = await sandbox(['--policy', '-', '--', 'env'], { stdin: policy, emptyEnv: true, env: CALLER });
    const shown = result.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('PATH='));
    assert.deepEqual(shown, ['AWS_REGION=r', 'GITHUB_TOKEN=t', 'LC_ALL=C', 'PLAIN=p', 'CI=1']);
  });
});

test('a variable may be called as something that every object of JavaScript has', async () => {
  const stdin = 'net: none\nenv: {mode: clear, set: {constructor: a, __proto__: b, prototype: c, toString: d}}\n';
  const result = await sandbox(['--policy', '-', '--', 'env'], { stdin });
  assert.equal(result.stdout.split('\n').sort().join(' '), ' __proto__=b constructor=a prototype=c toString=d');
});

/** Starts a program with an environment that no shell can make: exactly these entries, in this order. */
const ODD_ENVIRONMENT = `
import os, sys
entries = [bytes.fromhex(word) for word in sys.argv[1].split(',')]
import ctypes
libc = ctypes.CDLL(None)
words = [word.encode('utf-8', 'surrogateescape') for word in sys.argv[2:]]
argv = (ctypes.c_char_p * (len(words) + 1))(*words, None)
envp = (ctypes.c_char_p * (len(entries) + 1))(*entries, None)
libc.execve(words[0], argv, envp)
sys.exit(99)
`;

describe('entries that are no ordinary ones', () => {
  const ENTRIES = ['PATH=/usr/bin:/bin', 'TWICE=1', 'no-equals', '=begins', 'TWICE=2', '', 'odd=\xff\n\xfe', '\xe9=x'];

  /** Runs landlock-run with these very entries. Out: the entries that COMMAND gets, one string for each. */
  async function through(words: readonly string[]): Promise<string[] | string> {
    const { cliPath } = await import('../support/paths.ts');
    const hex = ENTRIES.map((entry) => Buffer.from(entry, 'latin1').toString('hex')).join(',');
    const command = ['--', 'cat', '/proc/self/environ'];
    const program = [cliPath, '--no-net', ...words, ...command];
    const direct = ['/usr/bin/env', ...command.slice(1)];
    const result = await run('/usr/bin/python3', [
      '-c',
      ODD_ENVIRONMENT,
      hex,
      ...(words[0] === 'env' ? direct : program),
    ]);
    if (result.code !== 0) return result.stderr;
    return result.stdoutBytes.toString('latin1').split('\0').slice(0, -1);
  }

  test('duplicates, entries without = and bytes that are not UTF-8 arrive as they were', async (t) => {
    if ((await run('/usr/bin/python3', ['--version']).catch(() => undefined))?.code !== 0)
      return t.skip('/usr/bin/python3 is missing');
    assert.deepEqual(await through([]), ENTRIES);
    return undefined;
  });

  test('each is edited by its name: all that is before the first =', async (t) => {
    if ((await run('/usr/bin/python3', ['--version']).catch(() => undefined))?.code !== 0)
      return t.skip('/usr/bin/python3 is missing');
    const unset = await through(['--env-unset', 'TWICE', '--env-unset', 'no-*']);
    assert.deepEqual(
      unset,
      ENTRIES.filter((entry) => !/^(TWICE|no-)/.test(entry)),
    );
    const set = await through(['--env', 'TWICE=3']);
    assert.deepEqual(
      set,
      ENTRIES.filter((entry) => entry !== 'TWICE=2').map((entry) => entry.replace('TWICE=1', 'TWICE=3')),
    );
    return undefined;
  });
});
