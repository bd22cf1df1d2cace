/** Runs a program with one system call failing, as often as asked: see inject.c. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { compileC } from '../../build/test/support/compile-c.js';
import { projectFile } from '../../build/test/support/paths.js';

const core = readdirSync(projectFile('native/core'))
  .filter((name) => name.endsWith('.c'))
  .sort()
  .map((name) => `native/core/${name}`);

const here = (name) => `test/faults/${name}`;

/** The program that traces and injects. */
export const injector = () => compileC('inject', ['inject.c', 'tracee.c', 'call.c'].map(here));

/** The COMMAND that tells what it finds. Static, so that it needs nothing but itself. */
export const witness = () => compileC('witness', ['test/faults/witness.c'], ['-static']);

/** The core in a program of its own, which runs plans; in one that is the spawn helper; and in one that runs checks. */
export const runCore = () => compileC('run-core', ['run-core.c', 'read-file.c'].map(here).concat(core));
export const spawnCore = () => compileC('spawn-core', ['run-spawn.c', 'read-file.c'].map(here).concat(core));
export const checkCore = () => compileC('check-core', ['test/native/core-main.c', ...core]);

/**
 * In: what to run (`object`, `command`, `program` with its arguments, `env`, `children`) and requests, each a list of
 * words as inject.c reads them: `[site, errno]`, `['list']`. Out: one result for each request; `sites` is what `list` printed.
 */
export function inject({ object, command, program, env = {}, cwd, children = false }, requests) {
  const lines = requests.map((words) => words.join(' '));
  const output = execFileSync(
    injector(),
    [...(children ? ['-c'] : []), object ?? basename(program[0]), command, ...program],
    {
      cwd,
      env,
      input: `${lines.join('\n')}\n`,
      encoding: 'latin1',
      maxBuffer: 1 << 30,
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  ).split('\n');
  const results = output.filter((line) => line.startsWith('run ')).map(readResult);
  if (results.length !== lines.length) throw new Error(`${lines.length} requests, ${results.length} results`);
  return { results, sites: output.filter((line) => line.startsWith('site ')).map(readSite) };
}

function readSite(line, index) {
  const [, call, ...words] = line.split(' ');
  return { index, call, args: words.slice(0, 6).map(Number), path: words.slice(6).join(' ') };
}

function readResult(line) {
  const [, exit, signal, started, hit, orphans, ...outputs] = line.split(' ');
  const [stdout, stderr, status] = outputs.map((hex) => Buffer.from(hex.slice(1), 'hex').toString('latin1'));
  return {
    exit: Number(exit),
    signal: Number(signal),
    started: started === '1',
    hit: Number(hit),
    orphans: Number(orphans),
    stdout,
    stderr,
    status,
  };
}

/** `openat "/usr"`, `fcntl 3 2`: how a report calls a site. */
export const describeSite = ({ index, call, args, path }) =>
  `#${index} ${call} ${path === '' ? args.slice(0, 3).join(' ') : JSON.stringify(path)}`;
