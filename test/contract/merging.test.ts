/** Contract, section 5: files after their extends, then flags; grants unite, claims hold, single values go by rank. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { sandbox } from '../support/sandbox.ts';
import { merged } from './merged.ts';
import { assertSays, refused } from './refused.ts';

describe('grants', () => {
  test('of files, what they extend, and flags unite', async (t) => {
    const root = fixture(t, {
      'a.yaml': 'extends: [./base.yaml]\nfs: {ro: [/a]}\nnet: {connect: [1]}\n',
      'base.yaml': 'fs: {ro: [/base], rw: [/w]}\nnet: {connect: [2, 3], bind: [9]}\nprofiles: [git]\n',
      'b.yaml': 'fs: {ro: [/b, /base]}\n',
    });
    const words = [
      '--policy',
      'a.yaml',
      '--policy',
      'b.yaml',
      '--ro',
      '/flag',
      '--net-connect',
      '4',
      '--profile',
      'tty',
    ];
    assert.deepEqual(await merged(words, { cwd: root }), {
      version: 1,
      profiles: ['git', 'tty'],
      fs: { ro: ['/a', '/base', '/b', '/flag'], rw: ['/w'] },
      net: { connect: ['1-4'], bind: [9] },
    });
  });

  test('absent < list < any, for each direction', async () => {
    assert.deepEqual((await merged(['--net-connect', '1']))['net'], { connect: [1], bind: [] });
    assert.deepEqual((await merged(['--net-connect', '1', '--net-connect', 'any']))['net'], {
      connect: 'any',
      bind: [],
    });
    const stdin = 'net: {connect: any}\n';
    assert.deepEqual((await merged(['--policy', '-', '--net-bind', '5'], { stdin }))['net'], {
      connect: 'any',
      bind: [5],
    });
  });

  test('fs: any widens what another source restricts', async () => {
    const stdin = 'fs: any\nnet: none\n';
    assert.equal((await merged(['--policy', '-', '--ro', '/usr'], { stdin }))['fs'], 'any');
  });
});

describe('claims hold against every source, and both are named', () => {
  const ROWS: readonly [policy: string, words: string[], origin: string, claim: RegExp][] = [
    ['net: none\n', ['--net-connect', '443'], '--net-connect', /TCP connect.*stdin:1:1 denies all network/],
    ['net: none\n', ['--udp-connect', '53'], '--udp-connect', /UDP connect.*stdin:1:1/],
    ['net: none\n', ['--other-net', 'any'], '--other-net', /stdin:1:1/],
    ['net: {connect: [443]}\n', ['--no-net'], 'stdin:1:17', /--no-net denies all network/],
    ['net: {connect: none}\n', ['--net-connect', '443'], '--net-connect', /stdin:1:7 denies TCP connect/],
    ['net: {connect: none}\n', ['--net-connect', 'any'], '--net-connect', /stdin:1:7/],
    ['udp: none\n', ['--udp-bind', '53'], '--udp-bind', /stdin:1:1 denies UDP bind/],
    ['other_net: none\n', ['--other-net', 'any'], '--other-net', /stdin:1:1/],
    ['fs: {unix: [/run/s]}\n', ['--no-unix'], 'stdin:1:13', /--no-unix/],
    ['profiles: [worker]\n', ['--net-connect', '443'], '--net-connect', /profile worker/],
  ];
  for (const [stdin, words, origin, claim] of ROWS) {
    test(`${stdin.trim()} and ${words.join(' ')}`, async (t) => {
      assertSays(await refused(t, ['--policy', '-', ...words], { stdin }), 'claim-broken', origin, claim);
    });
  }

  test('none beside a list of the other direction is no contradiction', async () => {
    const stdin = 'net: {connect: none}\n';
    assert.deepEqual((await merged(['--policy', '-', '--net-bind', '80'], { stdin }))['net'], {
      connect: [],
      bind: [80],
    });
  });
});

describe('single values', () => {
  const FILES = {
    'a.yaml': 'extends: [./base.yaml]\nfs: {}\nchdir: /a\n',
    'b.yaml': 'fs: {}\nchdir: /b\n',
    'base.yaml': 'chdir: /base\nlimits: {nofile: 5}\nenv: {set: {A: base}, mode: scrub}\nmin_abi: 6\naudit: command\n',
    'other.yaml': 'chdir: /other\n',
  };

  test('flag > file > what it extends', async (t) => {
    const cwd = fixture(t, FILES);
    const file = await merged(['--policy', 'a.yaml'], { cwd });
    assert.deepEqual(
      [file['chdir'], file['limits'], file['env']],
      ['/a', { nofile: '5' }, { mode: 'scrub', set: { A: 'base' } }],
    );
    const words = [
      '--policy',
      'a.yaml',
      '--chdir',
      '/f',
      '--limit',
      'nofile=6',
      '--env',
      'A=f',
      '--env-clear',
      '--audit',
      'all',
    ];
    const flag = await merged(words, { cwd });
    assert.deepEqual([flag['chdir'], flag['limits'], flag['audit']], ['/f', { nofile: '6' }, 'all']);
    assert.deepEqual(flag['env'], { mode: 'clear', set: { A: 'f' } });
  });

  test('equals that differ are refused, both named', async (t) => {
    const cwd = fixture(t, FILES);
    const refusal = await refused(t, ['--policy', 'a.yaml', '--policy', 'b.yaml'], { cwd });
    assertSays(refusal, 'conflict', 'b.yaml:2:1', /"\/b" here and "\/a" at a\.yaml:3:1/);
  });

  test('equals that differ are refused among what is extended too', async (t) => {
    const cwd = fixture(t, { ...FILES, 'c.yaml': 'extends: [./base.yaml, ./other.yaml]\nfs: {}\n' });
    const refusal = await refused(t, ['--policy', 'c.yaml'], { cwd });
    assertSays(refusal, 'conflict', `${cwd}/other.yaml:1:1`, /base\.yaml:1:1/);
  });

  test('equals that agree are one', async (t) => {
    const cwd = fixture(t, { ...FILES, 'c.yaml': 'fs: {}\nchdir: /x/../a\n', 'd.yaml': 'fs: {}\nchdir: /a/\n' });
    assert.equal((await merged(['--policy', 'a.yaml', '--policy', 'd.yaml'], { cwd }))['chdir'], '/a');
  });

  test('min_abi is the greatest, wherever it stands', async (t) => {
    const cwd = fixture(t, FILES);
    assert.equal((await merged(['--policy', 'a.yaml', '--min-abi', '3'], { cwd }))['min_abi'], 6);
    assert.equal((await merged(['--policy', 'a.yaml', '--min-abi', '7'], { cwd }))['min_abi'], 7);
  });

  test('a flag can turn off by name what a file turns on', async () => {
    const stdin = 'fs: {}\nscope: {signal: on}\n';
    assert.deepEqual((await merged(['--policy', '-', '--no-scope', 'signal'], { stdin }))['scope'], { signal: 'off' });
  });
});

describe('--print-policy', () => {
  test('prints the merged intent: profiles by name, paths absolute, and reads back the same', async (t) => {
    const cwd = fixture(t, {
      'a$b.yaml': 'fs: {ro: [./x, "./$$HOME"], rw: [{path: ./y, optional: true}]}\nprofiles: [dev]\n',
    });
    const words = [
      '--policy',
      'a$b.yaml',
      '--tmp',
      't',
      '--grant',
      'read,make_sock:z',
      '--env-scrub',
      '--limit',
      'nofile=3:4',
    ];
    const first = await sandbox(['--print-policy', ...words], { cwd });
    assert.equal(first.code, 0, first.stderr);
    assert.doesNotMatch(first.stdout, /gitconfig/);
    assert.match(first.stdout, new RegExp(`ro:\\n +- ${cwd}/x\\n +- ${cwd}/\\$\\$HOME\\n`));
    const second = await sandbox(['--print-policy', '--policy', '-'], { cwd: '/', stdin: first.stdout });
    assert.deepEqual([second.code, second.stdout], [0, first.stdout]);
  });
});
