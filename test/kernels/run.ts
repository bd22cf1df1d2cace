/**
 * Boots every kernel of the matrix, tries every claim on it, and prints the matrix.
 *
 *   node build/test/kernels/run.js DIRECTORY [WORD...]
 *
 * DIRECTORY holds SERIES.vmlinuz (scripts/kernels-fetch.sh); words choose columns by name. Exits with 1 if a cell is not as claims.ts has
 * it. What cannot be booted here is skipped with the reason. Called by scripts/kernels.sh.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeKernel } from '../support/fake-abi.ts';
import { liveAbi } from '../support/kernel.ts';
import { cliPath, projectFile } from '../support/paths.ts';
import { boot, collect, type Report } from './boot.ts';
import type { Claim } from './claim.ts';
import { CLAIMS } from './claims.ts';
import { judgeAll, type Verdict } from './compare.ts';
import { GUEST, helpers, makeImage, makeTree } from './image.ts';
import { type LauncherOf, type Planned, planTrials } from './plan-trials.ts';
import { renderMatrix } from './render-matrix.ts';
import { TARGETS, type Target } from './targets.ts';
import { type Assignment, fillWords, portsFrom } from './trial.ts';

/** Guests at the same time: each keeps one processor busy. */
const GUESTS = 2;

/** The ABI that brought audit records. */
const AUDIT_SINCE = 7;

/** A kernel's column: its cells, or why it has none. */
export interface Column {
  readonly target: Target;
  readonly report: Report | undefined;
  readonly verdicts: readonly Verdict[];
  readonly skipped: string | undefined;
}

const [directory = '', ...words] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const inGuest = {
  command: GUEST.command,
  deed: GUEST.deed,
  terminal: GUEST.terminal,
  place: GUEST.place,
  abstract: 'landlock-run-kernels',
  ports: portsFrom(20080),
};

const assignmentOf = (target: Target): string => `/guest/${target.name.replaceAll(' ', '-')}.json`;
const vmlinuz = (target: Target): string => join(directory, `${target.series}.vmlinuz`);

/** Why a column cannot be had here. */
function obstacle(target: Target): string | undefined {
  if (target.fake !== undefined) {
    return liveAbi() < target.fake
      ? `the live kernel has ABI ${liveAbi()}, too little to act as ABI ${target.fake}`
      : undefined;
  }
  if (!existsSync(vmlinuz(target))) return `no kernel of series ${target.series} could be fetched`;
  try {
    execFileSync('qemu-system-x86_64', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'qemu-system-x86_64 does not start: apt-get install qemu-system-x86';
  }
}

/** Compiles the policy of each claim to a launcher, and to one of best effort where that differs on some kernel with Landlock. */
function compileLaunchers(tree: string): LauncherOf {
  const pathOf = (claim: Claim, suffix: string): string => `${GUEST.launchers}/${claim.id}${suffix}`;
  const compile = (claim: Claim, suffix: string, more: readonly string[]): void => {
    const words = [
      '--json',
      ...fillWords(claim.options, inGuest),
      ...more,
      '--compile',
      join(tree, pathOf(claim, suffix)),
    ];
    execFileSync(cliPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  const differs = (claim: Claim): boolean => claim.bestEffort.some(([since]) => since > 0);
  mkdirSync(join(tree, GUEST.launchers), { recursive: true });
  for (const claim of CLAIMS) {
    compile(claim, '', []);
    if (differs(claim)) compile(claim, '-best-effort', ['--best-effort']);
  }
  return (claim, level) => {
    if (level === 'strict') return pathOf(claim, '');
    return differs(claim) ? pathOf(claim, '-best-effort') : undefined;
  };
}

async function onGuest(target: Target, image: string): Promise<Report> {
  return await boot(vmlinuz(target), image, [GUEST.node, GUEST.script, assignmentOf(target)], target.append);
}

/** The same trials on this machine, whose kernel answers like another one; of landlock-run it takes the copy that the guests have. */
async function onFake(target: Target, planned: readonly Planned[], tree: string, scratch: string): Promise<Report> {
  const place = join(scratch, `place-${target.fake}`);
  mkdirSync(place);
  const assignment: Assignment = {
    command: join(tree, GUEST.command),
    deed: helpers.deed(),
    terminal: helpers.terminal(),
    place,
    abstract: `landlock-run-kernels-${process.pid}-${target.fake}`,
    ports: portsFrom(21000 + ((process.pid * 8 + (target.fake ?? 0) * 800) % 11_000)),
    trials: planned.map(({ trial }) => trial),
  };
  const file = join(scratch, `fake-${target.fake}.json`);
  writeFileSync(file, JSON.stringify(assignment));
  const [program = '', ...more] = fakeKernel(target.fake ?? 0);
  return await collect(
    program,
    [...more, process.execPath, projectFile('build/test/kernels/guest.js'), file],
    () => undefined,
  );
}

/** Runs jobs, so many at a time; results keep the order of the jobs. */
async function inParallel<T>(limit: number, jobs: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const waiting = [...jobs.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results[next[0]] = await next[1]();
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}

async function main(): Promise<number> {
  const began = performance.now();
  const scratch = mkdtempSync('/tmp/landlock-run-kernels-');
  try {
    const targets = TARGETS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
    if (targets.length === 0) throw new Error(`no kernel of the matrix is called ${words.join(', ')}`);
    const tree = join(scratch, 'tree');
    const launcherOf = compileLaunchers(tree);
    const plans = new Map(
      targets.map((target) => [target, planTrials(target, target.fake === undefined ? launcherOf : () => undefined)]),
    );
    const assignments = [...plans].map(([target, planned]): [string, string] => [
      assignmentOf(target),
      JSON.stringify({
        ...inGuest,
        ...(target.abi >= AUDIT_SINCE && { fence: `${GUEST.launchers}/audit` }),
        trials: planned.map(({ trial }) => trial),
      } satisfies Assignment),
    ]);
    makeTree(tree, Object.fromEntries(assignments));
    const image = join(scratch, 'disk');
    makeImage(tree, image);
    const jobs = [...plans].map(([target, planned]) => async (): Promise<Column> => {
      const skipped = obstacle(target);
      if (skipped !== undefined) return { target, report: undefined, verdicts: [], skipped };
      const report = await (target.fake === undefined
        ? onGuest(target, image)
        : onFake(target, planned, tree, scratch));
      const verdicts = judgeAll(target, planned, report);
      const wrong = verdicts.filter((verdict) => verdict.wrong !== undefined).length;
      say(
        `${target.name}: ${report.kernel?.release ?? 'did not start'}, ${verdicts.length - wrong} as expected, ${wrong} not, ${(report.milliseconds / 1000).toFixed(1)} s`,
      );
      return { target, report, verdicts, skipped: undefined };
    });
    const columns = await inParallel(GUESTS, jobs);
    say(renderMatrix(columns, (performance.now() - began) / 1000));
    return columns.some(({ verdicts }) => verdicts.some(({ wrong }) => wrong !== undefined)) ? 1 : 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await main();
