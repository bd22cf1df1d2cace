/** Where a limit of the process leaves no room for Node, the front says so; where Node starts all the same, it starts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileC } from '../support/compile-c.ts';
import { cliPath } from '../support/paths.ts';
import { type RunResult, run } from '../support/run.ts';
import { requireCapability } from '../support/who.ts';

/** The front under limits that a shell sets, with words of the user's that a trial must not run. */
const under = (limits: string, program = cliPath): Promise<RunResult> =>
  run('bash', ['-c', `${limits}; exec "$0" --no-net -- echo ran`, program]);

function assertStarved(result: RunResult, why: RegExp, about: string): void {
  assert.deepEqual([result.code, result.stdout], [125, ''], `${about}: ${result.stderr}`);
  assert.match(result.stderr, /^landlock-run: Node cannot start under the limits of this process [^\n]+\n$/, about);
  assert.match(result.stderr, why, about);
  assert.match(result.stderr, /--compile/, about);
}

test('too few descriptors are 125 with one line, whatever Node makes of them', async () => {
  for (const limit of [4, 5, 8, 10, 12, 14, 16, 17])
    assertStarved(await under(`ulimit -n ${limit}`), /descriptors that RLIMIT_NOFILE leaves: \d+,/, String(limit));
  assertStarved(await under('exec 3<&0 4<&0 5<&0; ulimit -n 20'), /RLIMIT_NOFILE leaves: 14,/, 'open ones count');
  assertStarved(await under('ulimit -n 0'), /\(descriptors that RLIMIT_NOFILE leaves: 0,[^\n]+: EMFILE /, '0');
});

test('a soft limit of descriptors is no limit for Node, and is again one for COMMAND', async () => {
  for (const limit of [0, 4, 18]) {
    const limits = `ulimit -S -n ${limit}`;
    const result = await run('bash', ['-c', `${limits}; exec "$0" --no-net -- echo ran`, cliPath]);
    if (limit >= 4) assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
    else assert.doesNotMatch(result.stderr, /^landlock-run/, 'what fails is the loader of COMMAND');
  }
  const seen = await run('bash', ['-c', 'ulimit -S -n 18; exec "$0" --no-net -- bash -c "ulimit -S -n"', cliPath]);
  assert.deepEqual([seen.code, seen.stdout, seen.stderr], [0, '18\n', '']);
});

test('too little memory is 125 with one line, and Node ends by no signal and hangs nowhere', async () => {
  for (const limit of [300_000, 500_000])
    assertStarved(await under(`ulimit -v ${limit}`), new RegExp(`RLIMIT_AS is ${limit} KiB,`), String(limit));
  assertStarved(await under('ulimit -d 12000'), /RLIMIT_DATA is 12000 KiB,/, 'data');
});

test('a limit that is low and enough refuses nothing, and COMMAND runs once', async () => {
  for (const limits of ['ulimit -n 30', 'ulimit -v 3000000', 'ulimit -d 1500000', 'ulimit -s 900', 'ulimit -u 200']) {
    const result = await under(`trap "" CHLD ALRM; ${limits}`);
    if (/fork|EAGAIN/.test(result.stderr)) continue; // this user has more processes than that
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', ''], limits);
  }
});

test('memory that may not become executable is 125 with one line', async (t) => {
  const program = compileC('no-new-code', ['test/launcher/no-new-code.c']);
  const plain = await run(program, ['/bin/echo', 'ran']);
  if (plain.code === 77) return t.skip('PR_SET_MDWE needs Linux 6.3');
  assert.equal(plain.stdout, 'ran\n');
  const words = [cliPath, '--no-net', '--', 'echo', 'ran'];
  assertStarved(await run(program, words), /\(memory may not be made executable /, 'MDWE');
});

test('too few processes for the threads of Node are 125 with one line', async (t) => {
  if (!requireCapability(t, 'CAP_SETUID')) return;
  // A user whom nobody else is, so that the count is known.
  const user = ['--reuid', '1948372', '--clear-groups', '--inh-caps=-all', '--bounding-set=-all'];
  const start = (limit: number): Promise<RunResult> =>
    run('setpriv', [...user, 'bash', '-c', `ulimit -u ${limit}; exec "$0" --no-net -- echo ran`, cliPath]);
  const enough = await start(100);
  assert.deepEqual([enough.code, enough.stdout, enough.stderr], [0, 'ran\n', '']);
  for (const limit of [1, 3]) assertStarved(await start(limit), /RLIMIT_NPROC is \d,/, String(limit));
});
