/** What happens where this kernel cannot do what the plan asks for. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { buildPlan, FLAGS, FS, FS_ALL, KIND } from './plan-builder.mjs';
import { addon, addonPath, root, runPlan } from './run-plan.mjs';

const folder = mkdtempSync(join(tmpdir(), 'landlock-run-'));
after(() => rmSync(folder, { recursive: true }));
const wrapper = join(folder, 'without-landlock');
execFileSync(process.env.CC ?? 'cc', [
  '-Wall',
  '-Wextra',
  '-Werror',
  join(root, 'test', 'native', 'without-landlock.c'),
  '-o',
  wrapper,
]);

const CREATE_RULESET = 444;
const RESTRICT_SELF = 446;
const CLOSE_RANGE = 436;
const [DROP, WARN, REFUSE] = [0, 1, 2];
const STATED = 1;
const STRICTER = 2;
const without = (call, errno) => ({ before: [wrapper, String(call), String(errno)] });

const { abi, fs } = addon.probe();
/* A bit that this kernel does not take; RESOLVE_UNIX needs ABI 9. */
const lacking = 1n << 16n;
const skip = (fs & lacking) === 0n ? false : 'this kernel has every right that the format knows';
const net = { kind: KIND.NET, bits: 2n, flags: STATED };

test('a requirement that refuses ends the run with its own words', { skip }, () => {
  const plan = {
    status: 4,
    requirements: [
      net,
      {
        kind: KIND.FS,
        bits: lacking,
        action: REFUSE,
        origin: '--unix',
        code: 'right-missing',
        text: 'cannot restrict "x"',
        remedy: 'drop it',
      },
    ],
  };
  const result = runPlan(plan, ['echo', 'ran']);
  assert.deepEqual([result.status, result.stdout], [125, '']);
  assert.equal(
    result.stderr,
    `landlock-run: --unix: cannot restrict "x" (this kernel has Landlock ABI ${abi}); drop it\n`,
  );
  assert.equal(result.extra, '{"v":1,"event":"refused","code":"right-missing"}\n');
});

test('every refusal is told, and no warning beside it', { skip }, () => {
  const row = { kind: KIND.FS, bits: lacking };
  const plan = {
    requirements: [
      { ...row, action: WARN, text: 'warned' },
      { ...row, text: 'first' },
      { ...row, text: 'second' },
    ],
  };
  const lines = runPlan(plan, ['true']).stderr.trim().split('\n');
  assert.deepEqual(
    lines.map((line) => line.split(' ')[1]),
    ['first', 'second'],
  );
});

test('one that warns is dropped behind its line, one that drops is silent', { skip }, () => {
  const plan = {
    requirements: [
      net,
      { kind: KIND.FS, bits: lacking, action: WARN, origin: 'p.yaml:1:1', remedy: '' },
      { kind: KIND.FS, bits: lacking, action: DROP },
    ],
  };
  const result = runPlan(plan, ['echo', 'ran']);
  assert.deepEqual([result.status, result.stdout], [0, 'ran\n']);
  assert.equal(
    result.stderr,
    `landlock-run: p.yaml:1:1: cannot do what the test asks (this kernel has Landlock ABI ${abi})\n`,
  );
});

test('one bit that is lacking does not take the others along', { skip }, () => {
  const plan = {
    requirements: [
      { kind: KIND.FS, bits: FS_ALL },
      { kind: KIND.FS, bits: lacking, action: DROP },
    ],
  };
  assert.equal(runPlan(plan, ['/bin/true']).status, 126);
});

test('an alternative filter stands in', { skip }, () => {
  const UNIX_NONE = 64n;
  const plan = { requirements: [{ kind: KIND.FS, bits: lacking, alternative: UNIX_NONE, flags: STATED }] };
  const code = "require('net').connect('/x').on('error', (error) => console.log(error.code))";
  const result = runPlan(plan, [process.execPath, '-e', code]);
  assert.deepEqual([result.stdout, result.stderr], ['EAFNOSUPPORT\n', '']);
});

test('where nothing that is stated can be enforced, nothing runs; what is merely stricter does not count', {
  skip,
}, () => {
  const row = { kind: KIND.FS, bits: lacking, action: DROP };
  const nothing = runPlan(
    {
      requirements: [
        { ...row, flags: STATED },
        { ...net, flags: 0 },
      ],
    },
    ['echo', 'ran'],
  );
  assert.deepEqual([nothing.status, nothing.stdout], [125, '']);
  assert.match(nothing.stderr, /can enforce nothing of what was asked for/);
  assert.equal(runPlan({ requirements: [{ ...row, flags: STATED }, net] }, ['true']).status, 0);
  assert.equal(runPlan({ requirements: [{ ...row, flags: STATED | STRICTER }] }, ['true']).status, 0);
});

test('an ABI that this kernel has not refuses', () => {
  const ask = (bits) => runPlan({ requirements: [{ kind: KIND.ABI, bits, text: 'too old' }] }, ['true']);
  assert.equal(ask(BigInt(abi)).status, 0);
  assert.equal(ask(BigInt(abi) + 1n).status, 125);
});

for (const [errno, words] of [
  [38, 'this kernel has no Landlock'],
  [95, 'off since boot'],
  [1, 'a seccomp filter around this run'],
  [13, 'a seccomp filter around this run'],
]) {
  test(`Landlock absent with errno ${errno}: one line, and nothing runs`, () => {
    const plan = { requirements: [net, { kind: KIND.SCOPE, bits: 1n, action: WARN }] };
    const result = runPlan(plan, ['echo', 'ran'], without(CREATE_RULESET, errno));
    assert.deepEqual([result.status, result.stdout, result.stderr.split('\n').length], [125, '', 2]);
    assert.match(result.stderr, new RegExp(words));
  });
}

test('with consent the run goes on behind one warning, but an ABI floor still refuses', () => {
  const requirements = [net, { kind: KIND.FS, bits: FS_ALL, flags: STATED }];
  const flags = FLAGS.ALLOW_UNSANDBOXED;
  const result = runPlan({ flags, requirements }, ['echo', 'ran'], without(CREATE_RULESET, 38));
  assert.deepEqual([result.status, result.stdout], [0, 'ran\n']);
  assert.match(
    result.stderr,
    /^landlock-run: Landlock is absent: the command runs without its restrictions: ENOSYS [^\n]*\n$/,
  );
  const floor = runPlan(
    { flags, requirements: [...requirements, { kind: KIND.ABI, bits: 1n, text: 'too old' }] },
    ['echo', 'ran'],
    without(CREATE_RULESET, 38),
  );
  assert.deepEqual([floor.status, floor.stdout], [125, '']);
  assert.match(floor.stderr, /too old \(this kernel has no Landlock\)/);
  const filter = runPlan(
    { flags, requirements, filter: 64n },
    [process.execPath, '-e', "require('net').connect('/x').on('error', (error) => console.log(error.code))"],
    without(CREATE_RULESET, 38),
  );
  assert.equal(filter.stdout, 'EAFNOSUPPORT\n');
});

test('consent changes nothing where Landlock is there', () => {
  const result = runPlan({ flags: FLAGS.ALLOW_UNSANDBOXED, requirements: [{ kind: KIND.FS, bits: FS.READ_FILE }] }, [
    '/bin/echo',
    'ran',
  ]);
  assert.deepEqual([result.status, result.stdout], [126, '']);
});

test('a failure that says nothing about a bit does not pass for a kernel without it', () => {
  const plan = {
    requirements: [
      { ...net, action: WARN },
      { kind: KIND.FS, bits: 1n, action: DROP },
    ],
  };
  const result = runPlan(plan, ['echo', 'ran'], without(`${CREATE_RULESET}+`, 24));
  assert.deepEqual([result.status, result.stdout], [125, '']);
  assert.match(result.stderr, /^landlock-run: cannot create the ruleset: EMFILE/);
});

test('a ruleset that cannot be enforced ends the run', () => {
  const result = runPlan({ requirements: [net] }, ['echo', 'ran'], without(RESTRICT_SELF, 1));
  assert.deepEqual([result.status, result.stdout], [125, '']);
  assert.match(result.stderr, /cannot enforce the ruleset: EPERM/);
});

test('a filter that cannot be installed ends the run', () => {
  const seccomp = process.arch === 'x64' ? 317 : 277;
  const result = runPlan({ requirements: [net], filter: 1n }, ['echo', 'ran'], without(seccomp, 38));
  assert.deepEqual([result.status, result.stdout], [125, '']);
  assert.match(result.stderr, /cannot install the seccomp filter/);
});

test('without close_range the descriptors are closed all the same', () => {
  const result = runPlan(
    { requirements: [{ kind: KIND.FS, bits: FS.READ_DIR }], paths: [] },
    ['/bin/sh', '-c', '[ -e /proc/$$/fd/20 ] || [ -e /proc/$$/fd/8 ] || [ -e /proc/$$/fd/4 ] || echo closed'],
    { ...without(CLOSE_RANGE, 38), redirect: '8</dev/null' },
  );
  assert.deepEqual([result.stdout, result.stderr], ['closed\n', '']);
});

test('the 17th layer is told as such', () => {
  const nest = `
    const addon = require(process.argv[1]);
    const depth = Number(process.argv[3]);
    const next = depth === 0 ? ['/bin/echo', 'ran'] : [process.execPath, '-e', process.argv[4], process.argv[1], process.argv[2], String(depth - 1), process.argv[4]];
    addon.run(new Uint8Array(Buffer.from(process.argv[2], 'base64')), next);`;
  const plan = Buffer.from(buildPlan({ requirements: [net] })).toString('base64');
  const layers = (count) =>
    spawnSync(process.execPath, ['-e', nest, addonPath, plan, String(count - 1), nest], { encoding: 'latin1' });
  assert.equal(layers(16).stdout, 'ran\n');
  const result = layers(17);
  assert.deepEqual([result.status, result.stdout], [125, '']);
  assert.match(result.stderr, /^landlock-run: cannot enforce the ruleset: 16 Landlock layers are in force already/);
});

test('probing restricts nobody, and tells what the kernel confirms', () => {
  const probe = addon.probe();
  assert.deepEqual(addon.probe(), probe);
  assert.equal(
    runPlan(
      {
        requirements: [
          { kind: KIND.ABI, bits: BigInt(probe.abi) },
          { kind: KIND.FS, bits: probe.fs, action: REFUSE },
        ],
        paths: [{ path: '/', access: probe.fs }],
      },
      ['true'],
    ).status,
    0,
  );
});
