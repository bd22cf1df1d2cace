/** Contract, section 1: the built-in profiles grant what programs need and nothing of anyone's data. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { WRITE_RIGHTS } from '../../src/kernel/rights.ts';
import { namedProfiles, SYSTEM } from '../../src/profiles/index.ts';
import { type Entry, fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

const ALL = [SYSTEM, ...namedProfiles()];
const SECRET = /shadow|private|\.key$|_key$|id_[a-z0-9_]+$|credential|token|\.netrc|\.aws|gnupg|\.docker/;

/** Reads each file under a policy and a home directory. Out: the names of those that could be read. */
async function readable(words: readonly string[], home: string, names: readonly string[]): Promise<string[]> {
  const script = 'for one; do cat "$one" >/dev/null 2>&1 && echo "$one"; done; true';
  const result = await sandbox([...words, '--', 'sh', '-c', script, 'sh', ...names], {
    env: { HOME: home },
    cwd: home,
  });
  assert.equal(result.code, 0, result.stderr);
  return result.stdout.split('\n').filter((line) => line !== '');
}

describe('the profiles as data', () => {
  test('system holds nothing of anyone’s data: not /home, /root, /tmp, /var, /srv, nor /etc as a whole', () => {
    for (const { path } of SYSTEM.entries) {
      assert.match(path, /^\/[a-z]/);
      assert.doesNotMatch(path, /^\/(home|root|tmp|var|srv|mnt|media|boot|opt)(\/|$)/);
      assert.doesNotMatch(path, /^\/(etc|dev|run|sys)$/);
    }
  });

  for (const profile of ALL) {
    test(`${profile.name}: no private key, and each entry says which program needs it`, () => {
      for (const { path, because, variable } of profile.entries) {
        assert.doesNotMatch(path, SECRET);
        assert.ok(because.length > 1);
        assert.ok(path !== '' || variable !== undefined);
      }
      assert.notEqual(profile.summary, '');
    });

    test(`${profile.name}: grants write to devices and shared memory only, never to what is executed later`, () => {
      for (const { path, access } of profile.entries) {
        if ((access & WRITE_RIGHTS) !== 0) assert.match(path, /^\/dev\//);
      }
    });
  }

  test('dev is git, toolchains and tty', () => {
    assert.deepEqual(namedProfiles().find((one) => one.name === 'dev')?.includes, ['git', 'toolchains', 'tty']);
  });
});

describe('system', () => {
  test('lets an ordinary program start, and reads what every program reads', async (t) => {
    if (!requireAbi(t, 3)) return;
    const names = [
      '/etc/passwd',
      '/etc/hosts',
      '/etc/resolv.conf',
      '/etc/nsswitch.conf',
      '/proc/self/status',
      '/usr/bin/env',
    ];
    const present = names.filter((name) => existsSync(name));
    assert.deepEqual(await readable(['--ro', fixture(t)], '/', present), present);
  });

  test('does not read shadow, host keys or private keys; without a policy they can be read', async (t) => {
    if (!requireAbi(t, 3)) return;
    const names = [
      '/etc/shadow',
      '/etc/gshadow',
      '/etc/sudoers',
      '/etc/ssl/private/ssl-cert-snakeoil.key',
      '/etc/ssh/ssh_host_ed25519_key',
    ];
    const control = await readable(['--no-net'], '/', names);
    if (control.length === 0) return t.skip('this user cannot read any of them anyway');
    assert.deepEqual(await readable(['--ro', fixture(t)], '/', control), []);
    return undefined;
  });

  test('does not list /etc, /tmp, /var or a home directory', async (t) => {
    if (!requireAbi(t, 3)) return;
    const home = fixture(t, { x: '' });
    const words = [
      'sh',
      '-c',
      'for one; do ls "$one" >/dev/null 2>&1 && echo "$one"; done; true',
      'sh',
      '/etc',
      '/tmp',
      '/var',
      home,
    ];
    const control = await run('sh', words.slice(1));
    assert.deepEqual(control.stdout.trim().split('\n').slice(-3), ['/tmp', '/var', home]);
    const result = await sandbox(['--ro', '/usr', '--', ...words]);
    assert.deepEqual([result.code, result.stdout], [0, '']);
  });

  test('writes to /dev/null and reads /dev/urandom, and makes nothing in /dev', async (t) => {
    if (!requireAbi(t, 3)) return;
    const script = 'echo x >/dev/null && head -c 3 /dev/urandom | wc -c; : >/dev/landlock-run-test';
    const result = await sandbox(['--ro', fixture(t), '--', 'sh', '-c', script]);
    assert.equal(result.stdout.trim(), '3');
    assert.match(result.stderr, /landlock-run-test: Permission denied/);
  });

  test('--bare leaves it out', async (t) => {
    if (!requireAbi(t, 3)) return;
    const words = ['--bare', '--ro', '/usr', '--ro', '/lib', '--ro', '/lib64', '--ro', '/bin'];
    const present = words.filter((word) => word.startsWith('--') || existsSync(word));
    const given = present.filter(
      (word, i) =>
        !(word === '--ro' && present[i + 1]?.startsWith('--')) && !(word === '--ro' && i === present.length - 1),
    );
    assert.deepEqual(await readable(['--ro', fixture(t)], '/', ['/proc/self/status', '/etc/passwd']), [
      '/proc/self/status',
      '/etc/passwd',
    ]);
    const result = await sandbox([...given, '--', 'cat', '/etc/passwd', '/proc/self/status']);
    assert.deepEqual([result.code, result.stdout], [1, '']);
  });
});

const HOME: Readonly<Record<string, Entry>> = {
  '.gitconfig': '[user]\n',
  '.config/git/config': '',
  '.config/git/ignore': '*.o\n',
  '.git-credentials': 'https://user:password@host\n',
  '.config/git/credentials': 'x',
  '.ssh/config': 'Host x\n',
  '.ssh/known_hosts': 'x',
  '.ssh/id_ed25519': 'private',
  '.ssh/id_ed25519.pub': 'public',
  '.ssh/id_rsa': 'private',
  '.pyenv/version': '3',
  '.cargo/bin/cargo': { content: '#!/bin/sh\necho cargo\n', mode: 0o755 },
  '.cargo/credentials.toml': 'token',
  '.npmrc': '//registry/:_authToken=x',
  '.aws/credentials': 'x',
  '.bash_history': 'x',
};

describe('a named profile reads, of a home directory,', () => {
  const GIT = ['.gitconfig', '.config/git/config', '.config/git/ignore'];
  const TOOLS = ['.pyenv/version', '.cargo/bin/cargo'];
  const ROWS: readonly [profile: string, names: string[]][] = [
    ['git', GIT],
    ['toolchains', TOOLS],
    ['ssh', ['.ssh/config', '.ssh/known_hosts', '.ssh/id_ed25519.pub']],
    ['dev', [...GIT, ...TOOLS]],
    ['tty', []],
    ['shm', []],
  ];
  for (const [profile, names] of ROWS) {
    test(`${profile}: ${names.join(', ') || 'nothing'}`, async (t) => {
      if (!requireAbi(t, 3)) return;
      const home = fixture(t, HOME);
      const all = Object.keys(HOME);
      assert.deepEqual(await readable(['--no-net'], home, all), all);
      assert.deepEqual(
        await readable(['--profile', profile], home, all),
        all.filter((name) => names.includes(name)),
      );
    });
  }

  test('and toolchains executes', async (t) => {
    if (!requireAbi(t, 3)) return;
    const home = fixture(t, HOME);
    const options = { env: { HOME: home } };
    const without = await sandbox(['--ro', '/usr', '--', join(home, '.cargo/bin/cargo')], options);
    assert.equal(without.code, 126);
    const result = await sandbox(['--profile', 'toolchains', '--', join(home, '.cargo/bin/cargo')], options);
    assert.deepEqual([result.code, result.stdout], [0, 'cargo\n']);
  });
});

describe('further profiles', () => {
  test('tty opens a new pseudo-terminal, which system alone does not', async (t) => {
    if (!requireAbi(t, 3)) return;
    const script = ': <>/dev/ptmx && echo opened';
    const control = await run('sh', ['-c', script]);
    if (control.stdout !== 'opened\n') return t.skip('/dev/ptmx cannot be opened here');
    const without = await sandbox(['--ro', '/usr', '--', 'sh', '-c', script]);
    assert.equal(without.stdout, '');
    const result = await sandbox(['--ro', '/usr', '--profile', 'tty', '--', 'sh', '-c', script]);
    assert.deepEqual([result.code, result.stdout], [0, 'opened\n']);
    return undefined;
  });

  test('shm makes files in /dev/shm, which system alone does not', async (t) => {
    if (!requireAbi(t, 3)) return;
    const script = 'name=/dev/shm/landlock-run-test-$$; : >$name && rm $name && echo made';
    const control = await run('sh', ['-c', script]);
    if (control.stdout !== 'made\n') return t.skip('/dev/shm is not writable here');
    const without = await sandbox(['--ro', '/usr', '--', 'sh', '-c', script]);
    assert.equal(without.stdout, '');
    const result = await sandbox(['--ro', '/usr', '--profile', 'shm', '--', 'sh', '-c', script]);
    assert.deepEqual([result.code, result.stdout], [0, 'made\n']);
    return undefined;
  });

  test('worker computes: no /proc, no /etc/passwd, no network, no UNIX sockets', async (t) => {
    if (!requireAbi(t, 3)) return;
    assert.deepEqual(
      await readable(['--profile', 'worker'], '/', ['/proc/self/status', '/etc/passwd', '/etc/hosts']),
      [],
    );
    const script =
      'echo $((6 * 7)); (: >/dev/udp/127.0.0.1/9) 2>/dev/null && echo sent; (: >/dev/tcp/127.0.0.1/9) 2>&1';
    const result = await sandbox(['--profile', 'worker', '--', 'bash', '-c', script]);
    assert.match(result.stdout, /^42\n.*unreachable\n/s);
    assert.doesNotMatch(result.stdout, /sent/);
  });

  test('worker runs python3', async (t) => {
    if (!requireAbi(t, 3)) return;
    if (!existsSync('/usr/bin/python3')) return t.skip('/usr/bin/python3 is missing');
    const result = await sandbox([
      '--profile',
      'worker',
      '--',
      '/usr/bin/python3',
      '-c',
      'import json, math; print(math.factorial(5))',
    ]);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, '120\n', '']);
    return undefined;
  });

  test('a profile whose directory is out of reach is skipped silently', async (t) => {
    if (!requireAbi(t, 3)) return;
    const home = fixture(t, HOME);
    chmodSync(join(home, '.config'), 0);
    const result = await sandbox(['--profile', 'git', '--', 'echo', 'ran'], { env: { HOME: home } });
    chmodSync(join(home, '.config'), 0o755);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
    assert.notEqual(readFileSync(join(home, '.gitconfig'), 'utf8'), '');
  });
});
