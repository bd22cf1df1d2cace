/** Contract, section 5: limits, by prlimit(1)'s names. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RESOURCE_LIMITS } from '../../src/kernel/resource-limits.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertSays, refused } from './refused.ts';

/** The line of /proc/PID/limits that tells of each name (proc(5)). */
const TITLES: Readonly<Record<string, string>> = {
  as: 'Max address space',
  core: 'Max core file size',
  cpu: 'Max cpu time',
  data: 'Max data size',
  fsize: 'Max file size',
  memlock: 'Max locked memory',
  msgqueue: 'Max msgqueue size',
  nice: 'Max nice priority',
  nofile: 'Max open files',
  nproc: 'Max processes',
  rtprio: 'Max realtime priority',
  rttime: 'Max realtime timeout',
  sigpending: 'Max pending signals',
  stack: 'Max stack size',
};

/** Soft and hard limit in a text of /proc/PID/limits. */
function readLimit(text: string, name: string): [soft: string, hard: string] {
  const line = text.split('\n').find((one) => one.startsWith(TITLES[name] ?? '?')) ?? '';
  const words = line.slice(TITLES[name]?.length).trim().split(/ +/);
  return [words[0] ?? '', words[1] ?? ''];
}

async function limitUnder(
  words: readonly string[],
  name: string,
  under: readonly string[] = [],
): Promise<[string, string]> {
  const result = await sandbox(['--no-net', ...words, '--', 'cat', '/proc/self/limits'], { under });
  assert.deepEqual([result.code, result.stderr], [0, '']);
  return readLimit(result.stdout, name);
}

/** A value at or below the hard limit of the test itself, under which cat still works. */
const VALUES: Readonly<Record<string, bigint>> = {
  as: 1n << 33n,
  cpu: 60n,
  data: 1n << 33n,
  fsize: 1n << 33n,
  memlock: 4096n,
  msgqueue: 4096n,
  nofile: 64n,
  nproc: 1000n,
  rttime: 1_000_000n,
  sigpending: 5n,
  stack: 1n << 20n,
};

describe('every limit can be set by its name', () => {
  for (const name of Object.keys(TITLES)) {
    test(`--limit ${name}`, async () => {
      const value = VALUES[name] ?? 0n;
      assert.deepEqual(await limitUnder(['--limit', `${name}=${value}`], name), [String(value), String(value)]);
    });
  }

  test('there are no others', () => {
    const names = Object.keys(RESOURCE_LIMITS).filter((name) => RESOURCE_LIMITS[name]?.ignored === undefined);
    assert.deepEqual(names.sort(), Object.keys(TITLES).sort());
  });
});

describe('forms', () => {
  test('SOFT:HARD, SOFT: and :HARD', async () => {
    assert.deepEqual(await limitUnder(['--limit', 'nofile=50:60'], 'nofile'), ['50', '60']);
    const lower = ['bash', '-c', 'ulimit -Sf 100; exec "$@"', 'bash'];
    const outside = await run('cat', ['/proc/self/limits'], { under: lower });
    const [soft, hard] = readLimit(outside.stdout, 'fsize');
    assert.equal(soft, '102400');
    assert.deepEqual(await limitUnder(['--limit', 'fsize=5:'], 'fsize', lower), ['5', hard]);
    assert.deepEqual(await limitUnder(['--limit', 'fsize=:204800'], 'fsize', lower), [soft, '204800']);
  });

  test('sizes take K, M, G, T, powers of 1024', async () => {
    assert.deepEqual(await limitUnder(['--limit', 'fsize=3K'], 'fsize'), ['3072', '3072']);
    assert.deepEqual(await limitUnder(['--limit', 'fsize=1m:2M'], 'fsize'), ['1048576', '2097152']);
    assert.deepEqual(await limitUnder(['--limit', 'data=4G'], 'data'), ['4294967296', '4294967296']);
  });

  test('unlimited, where the hard limit is', async (t) => {
    const { stdout } = await run('cat', ['/proc/self/limits']);
    if (readLimit(stdout, 'cpu')[1] !== 'unlimited') return t.skip('the hard limit of cpu is not unlimited here');
    assert.deepEqual(await limitUnder(['--limit', 'cpu=10:unlimited'], 'cpu'), ['10', 'unlimited']);
    assert.deepEqual(await limitUnder(['--limit', 'cpu=unlimited'], 'cpu'), ['unlimited', 'unlimited']);
    return undefined;
  });

  test('a policy file says the same, numbers and texts', async () => {
    const stdin = 'net: none\nlimits: {nofile: 50, fsize: 3K, core: "0:0"}\n';
    const result = await sandbox(['--policy', '-', '--', 'cat', '/proc/self/limits'], { stdin });
    assert.equal(result.code, 0, result.stderr);
    const shown = ['nofile', 'fsize', 'core'].map((name) => readLimit(result.stdout, name)[0]);
    assert.deepEqual(shown, ['50', '3072', '0']);
  });
});

describe('a limit that would not be kept is refused', () => {
  for (const [name, instead] of [
    ['rss', /cgroup/],
    ['locks', /leave it out/],
  ] as const) {
    test(`${name}, which the kernel ignores`, async (t) => {
      assertSays(
        await refused(t, ['--no-net', '--limit', `${name}=1`]),
        'limit-ignored',
        '--limit',
        /ignores it/,
        instead,
      );
    });
  }

  test('an unknown name', async (t) => {
    assertSays(
      await refused(t, ['--no-net', '--limit', 'nofiles=1']),
      'limit-unknown',
      '--limit',
      /did you mean nofile\?/,
    );
    assertSays(await refused(t, ['--no-net', '--limit', '__proto__=1']), 'limit-unknown', '--limit');
  });

  for (const value of ['', 'x', '1.5', '1KK', '5:4:3', ':', '0x10', '99999999999999999999', '16777216T']) {
    test(`data=${value}`, async (t) => {
      assertSays(await refused(t, ['--no-net', '--limit', `data=${value}`]), 'limit-invalid', '--limit');
    });
  }

  test('a size of what is no size', async (t) => {
    assertSays(await refused(t, ['--no-net', '--limit', 'nofile=1K']), 'limit-invalid', '--limit');
  });

  test('soft above hard', async (t) => {
    assertSays(await refused(t, ['--no-net', '--limit', 'nofile=20:10']), 'limit-soft-above-hard', '--limit');
  });

  test('above the hard limit', async (t) => {
    const under = ['bash', '-c', 'ulimit -f 1024; exec "$@"', 'bash'];
    const refusal = await refused(t, ['--no-net', '--limit', 'fsize=2M'], { under });
    assertSays(refusal, 'limit-refused', '--limit', /fsize/, /EPERM/, /hard limit/);
    const control = await sandbox(['--no-net', '--limit', 'fsize=1M', '--', 'true'], { under });
    assert.equal(control.code, 0);
  });
});

test('COMMAND is held to its limits', async () => {
  const script = 'ulimit -n; exec 9</dev/null && echo nine; exec 12</dev/null';
  const result = await sandbox(['--no-net', '--limit', 'nofile=10', '--', 'bash', '-c', script]);
  assert.equal(result.stdout, '10\nnine\n');
  assert.match(result.stderr, /12: Bad file descriptor/);
});
