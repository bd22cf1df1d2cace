/** Little memory, few descriptors, closed or full standard descriptors: COMMAND starts as confined as ever, or not at all. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { liveAbi } from '../../build/test/support/kernel.js';
import { cliPath } from '../../build/test/support/paths.js';
import { makePlace, makeScenarios } from './scenarios.mjs';
import { weaker } from './verdict.mjs';

const skip = liveAbi() >= 6 ? false : 'the plans need ABI 6';
const place = makePlace();
after(() => rmSync(place, { recursive: true, force: true }));

const scenario = makeScenarios(place)['a rich policy, COMMAND looked up in PATH'];

/** Runs a program through the shell, which first does as it is told: `ulimit`, redirections. */
function through(prelude, program, { env = scenario.env, stdio } = {}) {
  const result = spawnSync('/bin/sh', ['-c', `${prelude}; exec "$@" ${stdio ?? ''}`, 'sh', ...program], {
    cwd: place,
    env,
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'pipe', openSync('/dev/null', 'r'), 'pipe'],
  });
  if (result.error) throw result.error;
  return result;
}

/** What stands on a line of its own in every witness's words: it has run to its end. */
const STATE = /^directory /m;

/** A limit shows in COMMAND's own state: those lines are left out. */
const without = (text, names) =>
  text
    .split('\n')
    .filter((line) => !names.some((name) => line.startsWith(name)))
    .join('\n');

/** Either COMMAND ran as confined as in the undisturbed run, or it did not start, and that was told by an exit status. */
function assertSound(result, undisturbed, what) {
  if (STATE.test(result.stdout)) {
    const [before, now] = [undisturbed.stdout, result.stdout].map((text) => without(text, ['nofile', 'descriptors']));
    assert.deepEqual(weaker(before, now, scenario.env.PATH), [], what);
    return 'started';
  }
  assert.equal(result.stdout, '', what);
  assert.notEqual(result.status, 0, what);
  return result.status;
}

test('with little address space the core starts nothing unconfined', { skip }, () => {
  const undisturbed = through(':', scenario.program);
  const seen = new Set();
  for (let kib = 1024; kib <= 16384; kib += 256)
    seen.add(assertSound(through(`ulimit -v ${kib}`, scenario.program), undisturbed, `${kib} KiB`));
  assert.ok(seen.has('started') && seen.size > 1, [...seen].join(' '));
});

test('with few descriptors the core starts nothing unconfined', { skip }, () => {
  const undisturbed = through(':', scenario.program);
  const seen = new Set();
  for (let count = 4; count <= 16; count++)
    seen.add(assertSound(through(`ulimit -n ${count}`, scenario.program), undisturbed, `${count}`));
  assert.ok(seen.has('started') && seen.has(125), [...seen].join(' '));
});

const options = [
  '--rw',
  `${place}/in`,
  '--ro',
  `${place}/bin`,
  '--net-bind',
  '0',
  '--limit',
  'core=0',
  '--chdir',
  `${place}/in`,
];
const landlockRun = [cliPath, ...options, '--', `${place}/bin/witness`, `${place}/in/file`, `${place}/out/secret`];
const env = { PATH: process.env.PATH };

test('with few descriptors or little memory landlock-run starts nothing unconfined', { skip }, () => {
  const undisturbed = through(':', landlockRun, { env });
  assert.match(undisturbed.stdout, STATE, undisturbed.stderr);
  for (const count of [5, 10, 15, 18, 20, 22, 25, 30])
    assertSound(through(`ulimit -n ${count}`, landlockRun, { env }), undisturbed, `${count}`);
  for (const mib of [50, 200, 400, 600, 800, 1000]) {
    assertSound(through(`ulimit -v ${mib * 1024}; ulimit -c 0`, landlockRun, { env }), undisturbed, `${mib} MiB`);
  }
});

const CLOSED = ['<&-', '>&-', '2>&-', '<&- >&-', '<&- 2>&-', '>&- 2>&-', '<&- >&- 2>&-'];

for (const closed of CLOSED) {
  test(`a refusal stays one, and is written nowhere else, with ${closed}`, { skip }, () => {
    const policy = `${place}/policy.yaml`;
    writeFileSync(policy, 'nett: none\n');
    const result = through(':', [cliPath, '--policy', policy, '--', 'touch', `${place}/out/ran`], {
      env,
      stdio: closed,
    });
    assert.deepEqual([result.status, result.stdout], [125, '']);
    if (closed.includes('2>&-')) assert.equal(result.stderr, '');
    else assert.match(result.stderr, /^landlock-run: [^\n]*\n$/);
    assert.equal(readFileSync(policy, 'latin1'), 'nett: none\n');
    assert.ok(!existsSync(`${place}/out/ran`));
  });

  test(`COMMAND starts as confined as ever with ${closed}`, { skip }, () => {
    const report = `${place}/in/report`;
    const script = `"${place}/bin/witness" "${place}/in/file" "${place}/out/secret" >"${report}"`;
    const program = [cliPath, ...options, '--', '/bin/sh', '-c', script];
    assert.equal(through(':', program, { env, stdio: '' }).status, 0);
    const undisturbed = readFileSync(report, 'latin1');
    rmSync(report);
    const result = through(':', program, { env, stdio: closed });
    assert.equal(result.status, 0, result.stderr);
    const state = readFileSync(report, 'latin1');
    assert.deepEqual(weaker(without(undisturbed, ['descriptors']), without(state, ['descriptors']), env.PATH), []);
    for (const [number, word] of [
      [0, '<&-'],
      [2, '2>&-'],
    ]) {
      const open = / (\d+)/g;
      const descriptors = [.../^descriptors(.*)$/m.exec(state)[1].matchAll(open)].map(([, digits]) => Number(digits));
      assert.equal(descriptors.includes(number), !closed.split(' ').includes(word), `descriptor ${number}`);
    }
  });
}

test('a full disk behind standard error changes no exit status', { skip }, () => {
  const full = { env, stdio: '2>/dev/full' };
  assert.equal(through(':', [cliPath, '--no-such-option', '--', 'true'], full).status, 125);
  assert.equal(through(':', [cliPath, '--require-paths', '--ro', `${place}/missing`, '--', 'true'], full).status, 125);
  assert.equal(through(':', [cliPath, '--no-net', '--', `${place}/missing`], full).status, 127);
  const warned = [cliPath, '--rw', `${place}/missing`, ...options, '--', '/bin/sh', '-c', 'exit 7'];
  assert.equal(through(':', warned, full).status, 7, 'a warning that nobody receives');
});

test('a full disk behind standard output: a report that could not be written is no success', { skip }, () => {
  for (const words of [
    ['--explain', '--no-net'],
    ['--print-policy', '--no-net'],
    ['--check', '--no-net'],
    ['--help'],
    ['--version'],
  ]) {
    const result = through(':', [cliPath, ...words], { env, stdio: '>/dev/full' });
    assert.notEqual(result.status, 0, words.join(' '));
    assert.match(result.stderr, /^landlock-run: [^\n]*ENOSPC[^\n]*\n$/, words.join(' '));
  }
});
