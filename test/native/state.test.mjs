/** Descriptors, signals, limits and capabilities that COMMAND gets. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildPlan, FLAGS, KIND } from './plan-builder.mjs';
import { addonPath, runPlan } from './run-plan.mjs';

const netPlan = (more = {}) => ({ requirements: [{ kind: KIND.NET, bits: 2n }], ...more });
const openDescriptors = (plan, options) => {
  const result = runPlan(
    netPlan(plan),
    ['/bin/sh', '-c', 'for n in 0 1 2 3 4 5 6 7 8 9 20 64; do [ -e /proc/$$/fd/$n ] && printf "%s " $n; done; true'],
    options,
  );
  return { status: result.status, open: result.stdout.trim(), stderr: result.stderr };
};

test('descriptors 0 to 2 are inherited, and no other', () => {
  assert.deepEqual(openDescriptors({}, { redirect: '5</dev/null 7</dev/null' }), {
    status: 0,
    open: '0 1 2',
    stderr: '',
  });
});

test('a descriptor above those that Node marks does not leak', () => {
  const driver = 'exec 20</dev/null 64</dev/null; exec "$@"';
  const result = spawnSync(
    '/bin/bash',
    [
      '-c',
      driver,
      'bash',
      process.execPath,
      '-e',
      `
    require(${JSON.stringify(addonPath)})
      .run(new Uint8Array(Buffer.from(process.argv[1], 'base64')), ['/bin/bash', '-c', 'ls /proc/$$/fd; true']);`,
      Buffer.from(buildPlan(netPlan())).toString('base64'),
    ],
    { encoding: 'latin1' },
  );
  assert.equal(result.stderr, '');
  const seen = result.stdout
    .trim()
    .split('\n')
    .filter((name) => name !== '255');
  assert.deepEqual(seen, ['0', '1', '2']);
});

test('a descriptor to keep is kept', () => {
  assert.deepEqual(openDescriptors({ keep: [5, 7] }, { redirect: '5</dev/null 7</dev/null 8</dev/null' }), {
    status: 0,
    open: '0 1 2 5 7',
    stderr: '',
  });
});

test('a descriptor to keep that is not open ends the run', () => {
  const result = runPlan(netPlan({ keep: [999], status: 4 }), ['echo', 'ran']);
  assert.deepEqual([result.status, result.stdout], [125, '']);
  assert.equal(
    result.stderr,
    'landlock-run: the descriptor to keep is not open (999); open it in the caller, or drop the option\n',
  );
  assert.equal(result.extra, '{"v":1,"event":"refused","code":"descriptor-not-open"}\n');
});

test('the status descriptor is not inherited, and silent when COMMAND runs', () => {
  const result = runPlan(netPlan({ status: 4 }), ['/bin/sh', '-c', 'echo x >&4']);
  assert.equal(result.extra, '');
  assert.match(result.stderr, /Bad file descriptor/i);
});

test('a status descriptor that is not open ends the run', () => {
  assert.equal(runPlan(netPlan({ status: 999 }), ['true']).status, 125);
});

test('a word that names a descriptor which is closed is one warning', () => {
  const result = runPlan(netPlan(), ['echo', '/dev/fd/8', '--x=/proc/self/fd/8', '/dev/fd/1', '/dev/fd/'], {
    redirect: '8</dev/null',
  });
  assert.equal(result.stdout, '/dev/fd/8 --x=/proc/self/fd/8 /dev/fd/1 /dev/fd/\n');
  assert.equal(
    result.stderr,
    'landlock-run: the command names a descriptor that it does not inherit "/dev/fd/8"; keep it by its number, or where it is a pipe with --keep-fd args\n',
  );
});

test('pipes that words name are kept on request, files are not', () => {
  const pipe = runPlan(netPlan({ flags: FLAGS.KEEP_FD_ARGS }), ['cat', '/dev/fd/8'], {
    redirect: '8<<E\nfrom a pipe\nE',
  });
  assert.deepEqual([pipe.status, pipe.stdout, pipe.stderr], [0, 'from a pipe\n', '']);
  const file = runPlan(netPlan({ flags: FLAGS.KEEP_FD_ARGS }), ['echo', '/dev/fd/8'], { redirect: '8</etc/passwd' });
  assert.match(file.stderr, /does not inherit/);
});

test('listening descriptors are kept as LISTEN_FDS says, and nothing else is read from it', () => {
  const open = (value, flags) =>
    openDescriptors({ flags }, { env: { LISTEN_FDS: value }, redirect: '5</dev/null' }).open;
  assert.equal(open('0', FLAGS.KEEP_FD_LISTEN), '0 1 2');
  assert.equal(open('2', FLAGS.KEEP_FD_LISTEN), '0 1 2 3 4');
  assert.equal(open('2', 0), '0 1 2');
  for (const value of ['x', '-1', '1x', '99999999999', '']) {
    const result = openDescriptors({ flags: FLAGS.KEEP_FD_LISTEN }, { env: { LISTEN_FDS: value } });
    assert.equal(result.status, 125, value);
    assert.match(result.stderr, /LISTEN_FDS does not hold a number/);
  }
});

/** A record as native/core/record.h has it. */
function record({
  ignored = 0n,
  mask = 0n,
  soft = 256n,
  hard = 1024n,
  nonblocking = 0,
  open = [0, 1, 2],
  version = 1,
} = {}) {
  const bytes = Buffer.alloc(176);
  bytes.writeUInt32LE(version, 0);
  bytes.writeUInt32LE(176, 4);
  for (const [index, value] of [ignored, mask, soft, hard].entries()) bytes.writeBigUInt64LE(value, 8 + index * 8);
  bytes.writeUInt32LE(nonblocking, 40);
  for (const descriptor of open) bytes[48 + (descriptor >> 3)] |= 1 << (descriptor & 7);
  return bytes;
}

const signal = (number) => 1n << BigInt(number - 1);
const statusOf = (plan, options) => {
  const result = runPlan(netPlan(plan), ['/bin/cat', '/proc/self/status'], options);
  assert.deepEqual([result.status, result.stderr], [0, '']);
  return Object.fromEntries(
    result.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/:\s+/)),
  );
};
const mask = (text) => BigInt(`0x${text}`);

test('without a record SIGPIPE and SIGXFSZ are back to default', () => {
  const ignored = mask(statusOf({}).SigIgn);
  assert.equal(ignored & (signal(13) | signal(25)), 0n);
});

test('with a record ignored signals and the mask are as recorded', () => {
  const given = record({ ignored: signal(1) | signal(13) | signal(34), mask: signal(10) });
  const status = statusOf({}, { record: given });
  assert.deepEqual([mask(status.SigIgn), mask(status.SigBlk)], [signal(1) | signal(13) | signal(34), signal(10)]);
});

test('with a record RLIMIT_NOFILE is as recorded', () => {
  const result = runPlan(netPlan(), ['/bin/sh', '-c', 'ulimit -Sn; ulimit -Hn'], { record: record() });
  assert.equal(result.stdout, '256\n1024\n');
});

test('a standard descriptor that was closed is closed again', () => {
  assert.equal(openDescriptors({}, { record: record({ open: [1, 2] }) }).open, '1 2');
});

test("a descriptor that Node opened is not given out as the caller's", () => {
  const result = openDescriptors({ keep: [5] }, { record: record(), redirect: '5</dev/null' });
  assert.equal(result.status, 125);
  assert.match(result.stderr, /not open \(5\)/);
  assert.equal(
    openDescriptors({ keep: [5] }, { record: record({ open: [0, 1, 2, 5] }), redirect: '5</dev/null' }).open,
    '0 1 2 5',
  );
});

test('a record of another version, or size, ends the run', () => {
  for (const bytes of [record({ version: 2 }), Buffer.alloc(8), record().subarray(1)]) {
    const result = runPlan(netPlan(), ['echo', 'ran'], { record: bytes });
    assert.deepEqual([result.status, result.stdout], [125, '']);
    assert.match(result.stderr, /of another version/);
  }
});

test('O_NONBLOCK is cleared where the record says that it was clear, and left alone elsewhere', () => {
  const nonblocking = (options) => {
    const result = runPlan(netPlan(), ['/bin/cat', '/proc/self/fdinfo/0'], { ...options, touch: true });
    return (Number.parseInt(/flags:\s+(\d+)/.exec(result.stdout)[1], 8) & 0o4000) !== 0;
  };
  assert.equal(nonblocking({}), true);
  assert.equal(nonblocking({ record: record() }), false);
  assert.equal(nonblocking({ record: record({ nonblocking: 1 }) }), true);
});

test('limits are set, soft, hard or both', () => {
  const result = runPlan(
    netPlan({
      limits: [
        { resource: 7, which: 3, soft: 100n, hard: 200n },
        { resource: 4, which: 1, soft: 0n },
        { resource: 7, which: 1, soft: 99n },
      ],
    }),
    ['/bin/sh', '-c', 'ulimit -Sn; ulimit -Hn; ulimit -Sc'],
  );
  assert.equal(result.stdout, '99\n200\n0\n');
});

test('a limit that the kernel refuses ends the run and is named', () => {
  const result = runPlan(netPlan({ limits: [{ resource: 7, which: 3, soft: 300n, hard: 200n }] }), ['echo', 'ran']);
  assert.deepEqual([result.status, result.stdout], [125, '']);
  assert.match(result.stderr, /^landlock-run: cannot set the limit \(nofile\): EINVAL/);
});

test('capabilities of the mask are gone for good, the others stay', {
  skip:
    (mask(/^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) & (1n << 21n)) === 0n &&
    'needs CAP_SYS_ADMIN',
}, () => {
  const lost = (1n << 21n) | (1n << 39n); // SYS_ADMIN, BPF
  const before = statusOf({});
  const after = statusOf({ capabilities: lost });
  for (const set of ['CapPrm', 'CapEff']) {
    assert.equal(mask(after[set]), mask(before[set]) & ~lost, set);
    assert.notEqual(mask(before[set]) & lost, 0n, 'the control holds them');
  }
  assert.equal(mask(after.CapInh) & lost, 0n);
  assert.equal(after.NoNewPrivs, '1');
});
