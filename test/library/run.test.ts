/** run(): each fact of its own; whatever COMMAND does, it ends as told, and nothing is left running. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { descendants, isRunning, library } from './host.ts';

const { run, LandlockRunError } = library;
const NET = { net: 'none' } as const;

/** Polls: signals and exits take their time, and no test says how long. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('the result of an ordinary COMMAND', async () => {
  const result = await run(NET, 'sh', ['-c', 'cat; echo err >&2; exit 7'], { input: 'in' });
  const { durationMs, enforcement, pid, processGroup, ...facts } = result;
  assert.deepEqual(facts, {
    exitCode: 7,
    signal: null,
    stdout: 'in',
    stderr: 'err\n',
    timedOut: false,
    aborted: false,
    truncated: { stdout: 0, stderr: 0 },
  });
  assert.ok(durationMs > 0 && pid > 0);
  assert.equal(processGroup, pid);
  assert.deepEqual(enforcement.warnings, []);
  assert.ok(enforcement.filter.includes('inet_none'));
});

test('enforcement names what is denied, and what is missing', async (t) => {
  if (!requireAbi(t, 3)) return;
  const missing = join(fixture(t), 'missing');
  const { enforcement } = await run({ fs: { rw: [missing, fixture(t)] } }, 'true');
  assert.ok(enforcement.fs.includes('truncate'));
  assert.deepEqual(enforcement.net, []);
  assert.deepEqual(
    enforcement.warnings.map(({ code, origin }) => [code, origin]),
    [['path-missing', 'policy.fs.rw[0]']],
  );
});

test('a signal of its own is a signal, and no exit code', async () => {
  const { exitCode, signal, timedOut } = await run(NET, 'sh', ['-c', 'kill -SEGV $$']);
  assert.deepEqual([exitCode, signal, timedOut], [null, 'SIGSEGV', false]);
});

test('exit 124 and 137 are numbers like others: no time was over, nobody killed it', async () => {
  for (const code of [124, 137]) {
    const { exitCode, signal, timedOut } = await run(NET, 'sh', ['-c', `exit ${code}`], { timeout: 100_000 });
    assert.deepEqual([exitCode, signal, timedOut], [code, null, false]);
  }
});

test('a COMMAND that never started is a rejection', async () => {
  await assert.rejects(run(NET, 'no-such-command-here'), (error) => {
    assert.ok(error instanceof LandlockRunError);
    assert.deepEqual([error.code, error.exitCode], ['command-not-found', 127]);
    return true;
  });
});

test('the time is over: COMMAND gets killSignal', async () => {
  const { exitCode, signal, timedOut, aborted } = await run(NET, 'sleep', ['600'], {
    timeout: 50,
    killSignal: 'SIGINT',
  });
  assert.deepEqual([exitCode, signal, timedOut, aborted], [null, 'SIGINT', true, false]);
});

test('COMMAND may end well once its time is over: both are told', async () => {
  const script = 'trap "echo bye; exit 3" TERM; echo ready; while :; do sleep 0.01; done';
  const { exitCode, stdout, timedOut } = await run(NET, 'sh', ['-c', script], { timeout: 300 });
  assert.deepEqual([exitCode, stdout, timedOut], [3, 'ready\nbye\n', true]);
});

test('aborted: COMMAND is ended, and that is a fact', async () => {
  const controller = new AbortController();
  const onOutput = (): void => controller.abort();
  const result = await run(NET, 'sh', ['-c', 'echo go; sleep 600'], { signal: controller.signal, onOutput });
  assert.deepEqual([result.aborted, result.timedOut, result.signal, result.stdout], [true, false, 'SIGTERM', 'go\n']);
});

test('aborted before: nothing starts, and the reason is the cause', async () => {
  const signal = AbortSignal.abort('not today');
  await assert.rejects(run(NET, 'true', [], { signal }), { code: 'aborted', cause: 'not today' });
});

test('a COMMAND that ignores SIGTERM and leaves grandchildren: all of it ends', async () => {
  const script = `
    trap "" TERM
    sleep 601 & echo $!
    sh -c 'trap "" TERM; sleep 602 & echo $!; while :; do sleep 1; done' & echo $!
    setsid -f true; bash -mc 'sleep 603 & echo $!; wait' & echo $!
    echo done; while :; do sleep 1; done`;
  const controller = new AbortController();
  let seen = '';
  const onOutput = (chunk: Buffer, stream: string): void => {
    if (stream === 'stdout') seen += chunk;
    if (seen.split('\n').length > 6) controller.abort();
  };
  const result = await run(NET, 'sh', ['-c', script], { signal: controller.signal, onOutput, killAfter: 100 });
  const pids = result.stdout.match(/\d+/g)?.map(Number) ?? [];
  assert.equal(pids.length, 5);
  assert.deepEqual([result.aborted, result.signal], [true, 'SIGKILL']);
  assert.deepEqual(pids.filter(isRunning), []);
  assert.deepEqual(
    [...descendants().values()].filter((state) => state !== 'Z'),
    [],
  );
});

test('killTree: false ends COMMAND alone; what it left is in its process group', async () => {
  const script = 'sleep 604 >/dev/null 2>&1 & echo $!; sleep 605';
  const controller = new AbortController();
  const onOutput = (): void => controller.abort();
  const options = { signal: controller.signal, onOutput, killTree: false };
  const result = await run(NET, 'sh', ['-c', script], options);
  const left = Number(result.stdout);
  assert.deepEqual([result.signal, isRunning(left)], ['SIGTERM', true]);
  process.kill(-result.processGroup, 'SIGKILL');
  await until(() => !isRunning(left));
});

test('what a COMMAND leaves behind by itself is left alone, and the host can end it by the process group', async () => {
  const result = await run(NET, 'sh', ['-c', 'sleep 606 >/dev/null 2>&1 & echo $!']);
  const left = Number(result.stdout);
  assert.deepEqual([result.exitCode, isRunning(left)], [0, true]);
  const later = await run(NET, 'sh', ['-c', `kill -9 ${left}`]);
  assert.equal(isRunning(left), true, 'a later sandbox cannot');
  assert.notEqual(later.exitCode, 0);
  process.kill(-result.processGroup, 'SIGKILL');
  await until(() => !isRunning(left));
});

for (const way of ['timeout', 'signal'] as const)
  test(`${way} after COMMAND has ended by itself ends what holds its output, and is no fact of COMMAND's`, async () => {
    const controller = new AbortController();
    const options =
      way === 'timeout'
        ? { timeout: 400 }
        : {
            signal: controller.signal,
            onOutput: (chunk: Buffer) => {
              const command = Number(/\d+/.exec(chunk.toString())?.[0]);
              void until(() => !isRunning(command)).then(() => controller.abort());
            },
          };
    const result = await run(NET, 'sh', ['-c', 'echo $$; sleep 610 & echo $!; exit 4'], options);
    const left = Number(result.stdout.split('\n')[1]);
    const { exitCode, signal, timedOut, aborted } = result;
    assert.deepEqual([exitCode, signal, timedOut, aborted], [4, null, false, false]);
    assert.equal(isRunning(left), false);
  });

test('the time is over while the host is busy and COMMAND has long ended: it was not timed out', async () => {
  const pending = run(NET, 'true', [], { timeout: 200 });
  // A timer that is due runs right behind this one, before anything tells of COMMAND's end.
  setTimeout(() => {
    const until = performance.now() + 600;
    while (performance.now() < until);
  });
  const { exitCode, timedOut } = await pending;
  assert.deepEqual([exitCode, timedOut], [0, false]);
});

test('a descendant in another session that holds the output does not hold the result', async () => {
  const result = await run(NET, 'sh', ['-c', 'setsid sleep 607 & echo $!; sleep 608'], { timeout: 100, killAfter: 50 });
  assert.deepEqual([result.timedOut, result.signal], [true, 'SIGTERM']);
  const [left = 0] = [...descendants()].flatMap(([pid, state]) => (state === 'Z' ? [] : [pid]));
  if (left !== 0) process.kill(left, 'SIGKILL');
  const outside = Number(result.stdout);
  if (isRunning(outside)) process.kill(outside, 'SIGKILL');
  await until(() => !isRunning(outside));
});

test('endless output: kept up to the limit, dropped and counted beyond it, told whole', async () => {
  let told = 0;
  const onOutput = (chunk: Buffer, stream: string): void => {
    if (stream === 'stdout') told += chunk.length;
  };
  const result = await run(NET, 'yes', [], { timeout: 200, maxOutput: 1000, onOutput });
  assert.deepEqual([result.stdout, result.timedOut, result.signal], ['y\n'.repeat(500), true, 'SIGTERM']);
  assert.ok(result.truncated.stdout > 0);
  assert.deepEqual([result.truncated.stdout, result.truncated.stderr], [told - 1000, 0]);
});

test('invalid bytes are replaced, a character at the limit is not cut, and buffers are as they came', async () => {
  const script = "printf 'a\\377b\\303'";
  assert.equal((await run(NET, 'sh', ['-c', script])).stdout, 'a\ufffdb\ufffd');
  const raw = await run(NET, 'sh', ['-c', script], { encoding: 'buffer' });
  assert.deepEqual([...raw.stdout], [0x61, 0xff, 0x62, 0xc3]);
  for (const [maxOutput, stdout, dropped] of [
    [3, 'a', 6],
    [4, 'a', 6],
    [5, 'a😀', 2],
    [6, 'a😀', 2],
    [7, 'a😀ü', 0],
  ] as const) {
    const result = await run(NET, 'printf', ['a😀ü'], { maxOutput });
    assert.deepEqual([result.stdout, result.truncated.stdout], [stdout, dropped], `${maxOutput}`);
  }
});

test('UTF-16 is replaced where half of a character is missing, and not cut in the middle of one', async () => {
  const text = async (bytes: string, maxOutput?: number): Promise<unknown[]> => {
    const options = { encoding: 'utf16le', ...(maxOutput === undefined ? {} : { maxOutput }) } as const;
    const { stdout, truncated } = await run(NET, 'printf', [bytes], options);
    return [stdout, truncated.stdout];
  };
  assert.deepEqual(await text('a\\0b\\0'), ['ab', 0]);
  assert.deepEqual(await text('a\\0b'), ['a\ufffd', 0]);
  assert.deepEqual(await text('a\\0b\\0', 3), ['a', 2]);
  assert.deepEqual(await text('a\\0\\75\\330\\0\\336', 4), ['a', 4]);
  assert.deepEqual(await text('a\\0\\75\\330\\0\\336'), ['a😀', 0]);
});

test('an onOutput that throws kills COMMAND and rejects', async () => {
  const onOutput = (): void => {
    throw new Error('of the host');
  };
  await assert.rejects(run(NET, 'sh', ['-c', 'echo x; sleep 609'], { onOutput }), /of the host/);
});

test('an onOutput whose promise is rejected kills COMMAND and rejects, and no host', async () => {
  const onOutput = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error('of the host');
  };
  await assert.rejects(run(NET, 'sh', ['-c', 'echo x; sleep 611'], { onOutput }), /of the host/);
});

test('the result waits for what onOutput promised, and a rejection after the end is not lost', async () => {
  let [give, written] = [(): void => undefined, ''];
  const ready = new Promise<void>((resolve) => {
    give = resolve;
  });
  const late = run(NET, 'echo', ['x'], { onOutput: (chunk) => ready.then(() => (written += chunk)) });
  const lost = run(NET, 'echo', ['x'], { onOutput: () => ready.then(() => Promise.reject(new Error('late'))) });
  const rejected = assert.rejects(lost, /late/);
  await run(NET, 'true');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(written, '');
  give();
  assert.equal((await late).stdout, 'x\n');
  assert.equal(written, 'x\n');
  await rejected;
});

test('input that COMMAND does not read is no error', async () => {
  const { exitCode } = await run(NET, 'true', [], { input: Buffer.alloc(1 << 20) });
  assert.equal(exitCode, 0);
});

for (const [name, value] of Object.entries({
  timeout: -1,
  killAfter: Number.NaN,
  maxOutput: 'much',
  killSignal: 'SIGNOT',
  encoding: 'utf-9',
  onOutput: true,
  killTree: 1,
  signal: {},
  input: 5,
}))
  test(`the option ${name}: ${String(value)} is refused before anything runs`, async () => {
    await assert.rejects(run(NET, 'true', [], { [name]: value }), {
      code: 'option-invalid',
      origin: `options.${name}`,
    });
  });
