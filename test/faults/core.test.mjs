/** No system call of the core can fail so that COMMAND starts all the same, but those that matter to nobody. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { after, test } from 'node:test';
import { liveAbi } from '../../build/test/support/kernel.js';
import { disturb, summary } from './disturb.mjs';
import { errnoNumber } from './errnos.mjs';
import { inject } from './inject.mjs';
import { makePlace, makeScenarios } from './scenarios.mjs';

const skip = liveAbi() >= 6 ? false : 'the plans need ABI 6';
const place = makePlace();
const scenarios = makeScenarios(place);
after(() => {
  rmSync(place, { recursive: true, force: true });
  process.stdout.write(`faults: ${summary()}\n`);
});

const list = (scenario) => inject(scenario, [['list']]);

for (const [title, scenario] of Object.entries(scenarios)) {
  test(`undisturbed: ${title}`, { skip }, () => {
    const [result] = list(scenario).results;
    assert.equal(result.started, scenario.fate === 'starts', result.stderr);
    assert.equal(result.exit, scenario.fate === 'starts' ? 0 : scenario.fate, result.stderr);
  });
  test(`every call fails once: ${title}`, { skip }, () => {
    assert.deepEqual(disturb({ ...scenario, status: true }), []);
  });
}

test('the witness sees a fence: what the verdict compares is not empty', { skip }, () => {
  const [result] = list(scenarios['a rich policy, COMMAND looked up in PATH']).results;
  for (const line of [
    'write-inside ok',
    'read-outside 13',
    'bind-granted ok',
    'bind-denied 13',
    'connect-denied 13',
    'signal-parent 1',
  ]) {
    assert.match(result.stdout, new RegExp(`^${line}$`, 'm'));
  }
  for (const line of [
    'terminal-input 1',
    'multipath 93',
    'no_new_privs 1',
    'seccomp 2',
    'descriptors 0 1 2 3',
    'core 0 0',
  ]) {
    assert.match(result.stdout, new RegExp(`^${line}$`, 'm'));
  }
});

/** What the core does instead where a call is not there: each with the scenario that has it. */
const FALLBACKS = [
  ['close_range', 'ENOSYS', 'a rich policy, COMMAND looked up in PATH', 'getdents64'],
  ['landlock_create_ruleset', 'EINVAL', 'a rich policy, COMMAND looked up in PATH', 'landlock_create_ruleset'],
  ['openat2', 'EAGAIN', 'a rich policy, COMMAND looked up in PATH', 'openat2'],
  ['faccessat2', 'ENOSYS', 'COMMAND is denied', 'faccessat'],
  ['write', 'EAGAIN', 'a required path is missing', 'ppoll'],
];

for (const [call, error, title, instead] of FALLBACKS) {
  test(`every call fails once, after ${call} has failed with ${error}`, { skip }, () => {
    const scenario = { ...scenarios[title], status: true };
    const site = list(scenario).sites.find(
      (one) => one.call === call && !(call === 'landlock_create_ruleset' && one.args[2] !== 0),
    );
    const before = [site.index, errnoNumber(error)];
    const { sites } = inject(scenario, [['list', ...before]]);
    assert.ok(
      sites.slice(site.index + 1).some((one) => one.call === instead),
      `${instead} is called`,
    );
    assert.deepEqual(disturb(scenario, before), []);
  });
}

test('a path that is renamed for ever under our hands ends the run', { skip }, () => {
  const scenario = scenarios['a rich policy, COMMAND looked up in PATH'];
  const site = list(scenario).sites.find((one) => one.call === 'openat2');
  const [result] = inject(scenario, [[site.index, errnoNumber('EAGAIN'), 'forever']]).results;
  assert.deepEqual([result.started, result.exit], [false, 125]);
  assert.match(result.stderr, /cannot open the path to grant it .*EAGAIN/);
});

test('no run has left anything behind but the directory that it was told to make, with mode 0700', { skip }, () => {
  const left = readdirSync(`${place}/in`).sort();
  assert.deepEqual(
    left.filter((name) => name !== 'made'),
    ['deep', 'file'],
  );
  const [result] = list(scenarios['a rich policy, COMMAND looked up in PATH']).results;
  assert.equal(result.started, true);
  assert.equal(statSync(`${place}/in/made`).mode & 0o7777, 0o700);
  assert.deepEqual(readdirSync(`${place}/in/made`), []);
  assert.deepEqual(readdirSync(`${place}/in/deep`), ['file']);
  assert.deepEqual(readdirSync(`${place}/out`), ['secret']);
});
