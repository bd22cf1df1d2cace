/**
 * What a restricted spawn costs over child_process.spawn: spawns of `true` until their end, of every kind in turn, so that whatever else the machine does meets
 * all of them alike. The policy has 18 paths and 2 ports, and the system profile.
 *
 *   node scripts/bench-library.mjs [ROUNDS] [--write]      (500 if absent; needs a build)
 *
 * Prints medians in milliseconds, and ratios to child_process.spawn: median over median, with the range that 95 % of resampled runs fall into; with --write
 * also into docs/performance.md. Exits with 1 where prepared spawns are over 1.10.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePolicy, prepare, spawn as restricted } from '../dist/index.mjs';
import { buildFloor, FILTER_OF_TCP } from './bench-floor.mjs';

const GOAL = 1.1;
const words = process.argv.slice(2).filter((word) => word !== '--write');
const rounds = Number(words[0] ?? 500);
if (words.length > 1 || !Number.isInteger(rounds) || rounds < 1) throw new Error('bench-library: ROUNDS is one number');
const TRUE = existsSync('/usr/bin/true') ? '/usr/bin/true' : '/bin/true';
/** 18 paths beside those of the system profile, which let `true` start at all. */
const PATHS = Array.from({ length: 18 }, (_, number) => mkdtempSync(join(tmpdir(), `bench-${number}-`)));

const folder = mkdtempSync(join(tmpdir(), 'bench-floor-'));
const floor = buildFloor(fileURLToPath(new URL('..', import.meta.url)), folder);
const policy = parsePolicy({
  fs: { ro: PATHS.slice(0, 12), rw: PATHS.slice(12) },
  net: { connect: [443], bind: [8080] },
});
const sandbox = await prepare(policy);
/** The same directories and capabilities; but what only a seccomp filter can enforce is left out. */
const unfiltered = await prepare({
  fs: { ro: PATHS.slice(0, 12), rw: PATHS.slice(12) },
  scope: { signal: false, terminal: false },
});
if (unfiltered.enforcement.filter.length > 0) throw new Error(`a filter: ${unfiltered.enforcement.filter}`);

const options = { stdio: 'ignore' };
const kinds = {
  'child_process.spawn': () => spawn(TRUE, [], options),
  'a prepared sandbox': () => sandbox.spawn(TRUE, [], options),
  'a prepared sandbox that needs no filter': () => unfiltered.spawn(TRUE, [], options),
  'the least: child_process.spawn of a program that installs this filter and becomes `true`': () =>
    spawn(floor, [FILTER_OF_TCP, '--', TRUE], options),
  'the least without a filter: one that becomes `true`': () => spawn(floor, ['0', '--', TRUE], options),
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
unfiltered.close();
for (const path of [...PATHS, folder]) rmSync(path, { recursive: true });

const bare = times['child_process.spawn'];
const day = new Date().toISOString().slice(0, 10);
const machine = `${cpus().length} x ${cpus()[0].model.trim()}, Linux ${release().split('-')[0]}, Node ${process.versions.node}, ${day}`;
const lines = [
  `${machine}; ${rounds} spawns of each kind, in turn.`,
  '',
  '| what | ms | x child_process.spawn | 95 % |',
  '|---|---|---|---|',
  ...Object.entries(times).map(([name, values]) => {
    const [low, high] = range(values, bare);
    const ratio = (median(values) / median(bare)).toFixed(2);
    return `| ${name} | ${median(values).toFixed(2)} | ${ratio} | ${low.toFixed(2)} to ${high.toFixed(2)} |`;
  }),
];
console.log(lines.join('\n'));
if (process.argv.includes('--write')) write(lines.join('\n'));
process.exit(median(times['a prepared sandbox']) / median(bare) <= GOAL ? 0 : 1);

function write(text) {
  const file = new URL('../docs/performance.md', import.meta.url);
  const document = readFileSync(file, 'utf8');
  const [begin, end] = [
    '<!-- bench-library: made by node scripts/bench-library.mjs --write -->\n',
    '<!-- bench-library: end -->',
  ];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error('bench-library: docs/performance.md has lost its marks');
  writeFileSync(file, `${document.slice(0, from + begin.length)}\n${text}\n\n${document.slice(to)}`);
}
