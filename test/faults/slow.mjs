/**
 * The faults that take minutes: every errno that there is in the core, and the built landlock-run with Node around it.
 * `npm run test:faults`.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { liveAbi } from '../../build/test/support/kernel.js';
import { cliPath } from '../../build/test/support/paths.js';
import { disturb, summary } from './disturb.mjs';
import { ALL_ERRNOS, errnoNumber } from './errnos.mjs';
import { inject } from './inject.mjs';
import { makeCheck, makePlace, makeScenarios } from './scenarios.mjs';

const skip = liveAbi() >= 6 ? false : 'the plans need ABI 6';
const place = makePlace();
after(() => {
  rmSync(place, { recursive: true, force: true });
  process.stdout.write(`faults: ${summary()}\n`);
});

/** Every errno for the first call of a kind; the others of it have had the documented ones in the fast tests. */
function everyErrnoOnce() {
  const seen = new Set();
  return ({ call, args, path }) => {
    const kind = `${call} ${path} ${args.slice(0, 2).filter((value) => Math.abs(value) < 4096)}`;
    if (seen.has(kind)) return [];
    seen.add(kind);
    return ALL_ERRNOS;
  };
}

for (const [title, scenario] of Object.entries(makeScenarios(place))) {
  if (scenario.fate !== 'starts') continue;
  test(`a call of each kind fails with every errno: ${title}`, { skip }, () => {
    assert.deepEqual(disturb({ ...scenario, status: true }, [], everyErrnoOnce()), []);
  });
}

const [EIO, EPERM, ENOMEM] = ['EIO', 'EPERM', 'ENOMEM'].map(errnoNumber);

const options = ['--rw', `${place}/in`, '--ro', `${place}/bin`, '--net-bind', '0'];
const command = [`${place}/bin/witness`, `${place}/in/file`, `${place}/out/secret`];
const landlockRun = {
  command: `${place}/bin/witness`,
  env: { PATH: process.env.PATH },
  cwd: place,
  program: [cliPath, ...options, '--status-fd', '4', '--', ...command],
  fate: 'starts',
  status: true,
};

test('every call of the addon fails once in landlock-run', { skip }, () => {
  const scenario = { ...landlockRun, object: 'landlock_run.node' };
  assert.deepEqual(
    disturb(scenario, [], ({ index }) => [index % 2 === 0 ? EPERM : ENOMEM]),
    [],
  );
});

/**
 * A question of the front's that only decides whether Node is tried before it is started (native/launcher/node-limits.c): limits of memory, stack and
 * processes, and a page that becomes executable. Where it is not answered, Node is tried, or started at once; what is enforced is the same.
 */
const isAboutNode = ({ call, args }) =>
  (call === 'prlimit64' && [2, 3, 6, 9].includes(args[1])) ||
  call === 'mprotect' ||
  (['mmap', 'munmap'].includes(call) && args[1] === 4096);

/* The front knows no options, so it has no status descriptor to tell. EBADF of a descriptor that is open would be a lie. */
test('every call of the front fails once in landlock-run', { skip }, () => {
  const scenario = { ...landlockRun, object: 'landlock-run', status: false };
  const isRepeated = ({ call, args }) => call === 'fcntl' && args[0] > 8;
  assert.deepEqual(
    disturb(scenario, [], (site) => (isRepeated(site) || isAboutNode(site) ? [] : [EPERM, ENOMEM])),
    [],
  );
});

test('every call of a compiled launcher fails with each errno that it documents', { skip }, () => {
  const launcher = `${place}/launcher`;
  execFileSync(cliPath, [...options, '--compile', launcher], { cwd: place, env: landlockRun.env });
  const scenario = { ...landlockRun, object: 'launcher', program: [launcher, ...command], status: false };
  assert.deepEqual(disturb(scenario), []);
});

test('a check in which a call fails ends, leaves no process behind, and never crashes', { skip }, () => {
  const check = makeCheck(place);
  const { sites } = inject(check, [['list']]);
  // EPERM is what a filter says, and one that keeps a pipe from being closed keeps its reader waiting
  const errnosOf = ({ call }) => (call === 'close' ? [EIO] : [EPERM, ENOMEM]);
  const faults = sites.flatMap((site) => errnosOf(site).map((error) => [site.index, error]));
  const wrong = inject(check, faults).results.flatMap((result, index) => {
    const sound = result.exit === 0 && /^(0|125|-1) 0 \d+\n/.test(result.stdout);
    const memory = result.exit === 2 && result.stdout === '';
    return (sound || memory) && !result.started
      ? []
      : [{ fault: faults[index], site: sites[faults[index][0]], result }];
  });
  assert.ok(faults.length > 200);
  assert.deepEqual(wrong, []);
});
