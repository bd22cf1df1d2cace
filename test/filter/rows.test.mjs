// Every row of docs/filter.md, for every architecture, by an interpreter: the call, what a near miss of it gets, and
// that nothing happens where the feature is off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARCH, run, unreachable } from './bpf.mjs';
import { calls, machines, number } from './numbers.mjs';
import { ALL, readPrograms, temporaryDirectory } from './programs.mjs';
import { FASTOPEN, INET, MPTCP, O_TRUNC, rows, TCP } from './rows.mjs';

const programs = readPrograms(temporaryDirectory());
for (const [machine, architectures] of Object.entries(machines))
  for (const architecture of architectures)
    test(`every row on ${architecture}`, () => {
      let tried = 0;
      for (const [features, call, args, expected] of rows) {
        const nr = number(architecture, call);
        if (nr === undefined) continue;
        tried++;
        const got = run(programs[machine][features], { arch: ARCH[architecture], nr, args });
        assert.equal(got, expected, `features ${features}: ${call}(${args.map((a) => `0x${a.toString(16)}`)})`);
      }
      assert.ok(tried > 450, `only ${tried} rows tried`);
    });

test('a call that no row names is allowed whatever its arguments', () => {
  for (const [machine, architectures] of Object.entries(machines))
    for (const architecture of architectures) {
      const named = new Set(calls.map((call) => number(architecture, call)));
      for (let nr = 0; nr < 1000; nr++) {
        if (named.has(nr) || (architecture === 'x86-64' && nr >= 512 && nr < 548)) continue;
        for (const args of [
          [0, 0, 0, 0],
          [1, 0x5412, MPTCP, FASTOPEN],
          [INET, TCP, 31, O_TRUNC],
        ])
          assert.equal(
            run(programs[machine][ALL], { arch: ARCH[architecture], nr, args }),
            'allow',
            `${architecture} ${nr}`,
          );
      }
    }
});

test('x32 numbers are ENOSYS with any features, with and without their bit', () => {
  for (let features = 1; features <= ALL; features++)
    for (const nr of [0x40000000, 0x40000000 + 41, 0x40000000 + 514, 0x7fffffff, 512, 514, 547, 0x80000000, -2])
      assert.equal(
        run(programs['x86-64'][features], { arch: ARCH['x86-64'], nr, args: [INET] }),
        'ENOSYS',
        `${features} ${nr}`,
      );
});

test('a call that a tracer skips keeps the result that the tracer gave', () => {
  for (const [machine, architectures] of Object.entries(machines))
    for (const architecture of architectures)
      assert.equal(run(programs[machine][ALL], { arch: ARCH[architecture], nr: -1 }), 'allow');
});

test('calls around the x32 ones are ordinary', () => {
  for (const nr of [511, 548, 0x3fffffff])
    assert.equal(run(programs['x86-64'][ALL], { arch: ARCH['x86-64'], nr }), 'allow');
});

test('an architecture that is not the machine’s own pair is killed', () => {
  const foreign = { 'x86-64': [ARCH.arm64, ARCH.arm], arm64: [ARCH['x86-64'], ARCH.i386] };
  for (const machine of Object.keys(machines))
    for (const arch of [...foreign[machine], 0, 0xffffffff, 0x800000b7, 0x3e])
      for (let features = 0; features <= ALL; features++)
        assert.equal(run(programs[machine][features], { arch, nr: 0 }), 'kill');
});

test('every set of features makes a program without dead instructions, small enough for 8-bit jumps', () => {
  for (const machine of Object.keys(machines))
    for (const [features, program] of programs[machine].entries()) {
      assert.ok(program.length > 0 && program.length <= 256, `${machine} ${features}: ${program.length}`);
      assert.deepEqual(unreachable(program), [], `${machine} ${features}`);
    }
});

test('no features: everything of the machine’s own architectures is allowed', () => {
  for (const [machine, architectures] of Object.entries(machines))
    for (const architecture of architectures)
      for (const call of calls)
        assert.equal(
          run(programs[machine][0], {
            arch: ARCH[architecture],
            nr: number(architecture, call) ?? 0,
            args: [2, 0x5412, 262, FASTOPEN],
          }),
          'allow',
        );
});

test('a feature added never allows what was refused without it', () => {
  const probes = rows.map(([, call, args]) => [call, args]);
  for (const [machine, architectures] of Object.entries(machines))
    for (const architecture of architectures)
      for (const [call, args] of probes) {
        const nr = number(architecture, call);
        if (nr === undefined) continue;
        const denied = Array.from(
          { length: ALL + 1 },
          (_, f) => run(programs[machine][f], { arch: ARCH[architecture], nr, args }) !== 'allow',
        );
        for (let features = 0; features <= ALL; features++)
          for (let bit = 1; bit <= ALL; bit <<= 1)
            if (denied[features] && !denied[features | bit])
              assert.fail(`${call}(${args}): ${features} refuses, with ${bit} it does not`);
      }
});
