/**
 * What a restricted spawn costs over child_process.spawn: spawns of `true` until their end, of every kind in turn, so that whatever else the machine does meets
 * all of them alike. The policy has 18 paths and 2 ports, and the system profile.
 *
 *   node scripts/bench-library.mjs [ROUNDS]      (500 if absent; needs a build)
 *
 * Prints medians in milliseconds, and ratios to child_process.spawn: median over median, with the range that 95 % of resampled runs fall into. Exits with 1
 * where prepared spawns are over 1.10.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePolicy, prepare, spawn as restricted } from '../dist/index.mjs';

const GOAL = 1.1;
const rounds = Number(process.argv[2] ?? 500);
const TRUE = existsSync('/usr/bin/true') ? '/usr/bin/true' : '/bin/true';
/** 18 paths beside those of the system profile, which let `true` start at all. */
const PATHS = Array.from({ length: 18 }, (_, number) => mkdtempSync(join(tmpdir(), `bench-${number}-`)));

const policy = parsePolicy({
  fs: { ro: PATHS.slice(0, 12), rw: PATHS.slice(12) },
  net: { connect: [443], bind: [8080] },
});
const sandbox = await prepare(policy);

const options = { stdio: 'ignore' };
const kinds = {
  'child_process.spawn': () => spawn(TRUE, [], options),
  'a prepared sandbox': () => sandbox.spawn(TRUE, [], options),
  'spawn() of a parsed policy': () => restricted(policy, TRUE, [], options),
};

/** Milliseconds from the call to the end of the process. */
function once(start) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = start();
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve(performance.now() - began) : reject(new Error(`exit ${code}`))));
  });
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The same run drawn again, so often: how far chance alone moves the ratio. */
function range(a, b) {
  const draw = (values) => median(values.map(() => values[Math.floor(Math.random() * values.length)]));
  const ratios = Array.from({ length: 400 }, () => draw(a) / draw(b)).toSorted((x, y) => x - y);
  return [ratios[10], ratios[389]];
}

const times = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
for (let round = -20; round < rounds; round++) {
  const names = Object.keys(kinds);
  // Each kind is first as often as the others.
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + round + 21) % names.length];
    const time = await once(kinds[name]);
    if (round >= 0) times[name].push(time);
  }
}
sandbox.close();
for (const path of PATHS) rmSync(path, { recursive: true });

const bare = times['child_process.spawn'];
console.log(`${rounds} spawns of each kind, in turn; Node ${process.versions.node}\n`);
console.log('| what | ms | x child_process.spawn | 95 % |\n|---|---|---|---|');
for (const [name, values] of Object.entries(times)) {
  const [low, high] = range(values, bare);
  const ratio = median(values) / median(bare);
  console.log(
    `| ${name} | ${median(values).toFixed(2)} | ${ratio.toFixed(3)} | ${low.toFixed(2)} to ${high.toFixed(2)} |`,
  );
}
process.exit(median(times['a prepared sandbox']) / median(bare) <= GOAL ? 0 : 1);
