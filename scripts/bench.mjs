/**
 * Measures what landlock-run costs, side by side with what it is compared to.
 *
 *   node scripts/bench.mjs           writes the table into docs/performance.md
 *   node scripts/bench.mjs --smoke   few rounds, writes nothing; exit 1 only where a row is more than twice its bar
 *
 * All rows of a group are started in turn, round by round; a ratio is the median of the rounds' own ratios, and its spread the middle half of them.
 * Needs a build and a C compiler.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { farOff, renderBars } from './bench-bars.mjs';
import { buildFloor, FILTER_OF_TCP } from './bench-floor.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, 'bin', 'landlock-run');
/** npm run build:binary; left out where it was not made. */
const binary = join(root, 'dist', 'landlock-run-linux-x64');
const smoke = process.argv.includes('--smoke');
const folder = mkdtempSync(join(tmpdir(), 'landlock-run-bench-'));
const environment = { PATH: '/usr/bin:/bin', HOME: folder };

/** The program's absolute path, or undefined; a shell's `command -v` would name its own built-in ones. */
const find = (name) =>
  ['/usr/bin', '/bin', '/usr/local/bin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
/** What others cost, where it is there and may run: bwrap is refused in many a container. */
function optional(name, program, args) {
  const command = [find(program), ...args];
  return find(program) && spawnSync(command[0], args).status === 0 ? [{ name, command }] : [];
}

/** Another launcher for Landlock, in Go, with as many paths and ports; --best-effort, as it asks for the newest ABI. It installs no filter. */
function besideLandrun(paths, compiled, bare) {
  const grants = paths.flatMap((path) => ['--rox', path]);
  const options = ['--best-effort', ...grants, '--connect-tcp', '443', '--connect-tcp', '80'];
  const landrun = optional('`landrun`, 18 paths and 2 ports', 'landrun', [...options, bare]);
  const ours = { name: 'compiled launcher, the same policy', bar: 0.33, command: [compiled, bare] };
  return landrun.length === 0
    ? []
    : [{ title: 'a compiled launcher beside landrun', rounds: 400, rows: [...landrun, ours] }];
}

function compilePolicy(name, options) {
  const out = join(folder, name);
  execFileSync(cli, [...options, '--compile', out], { env: environment, stdio: 'inherit' });
  return out;
}

/** That many directories, made. */
function makeDirectories(count) {
  const paths = Array.from({ length: count }, (_, index) =>
    join(folder, 'rules', `${count}`, `${Math.floor(index / 100)}`, `${index}`),
  );
  for (const path of paths) mkdirSync(path, { recursive: true });
  return paths;
}

/** That many directories, as a policy that grants each. */
function policyOf(count) {
  const paths = makeDirectories(count);
  const file = join(folder, `rules-${count}.yaml`);
  writeFileSync(file, `version: 1\nfs:\n  ro:\n${paths.map((path) => `    - ${path}\n`).join('')}`);
  return file;
}

/** The first row of a group is what the others are divided by. For `bar` and `most` see bench-bars.mjs. */
function makeGroups() {
  const bare = find('true');
  const node = process.execPath;
  const empty = join(folder, 'empty.js');
  writeFileSync(empty, '');
  const project = join(folder, 'project');
  mkdirSync(project);
  const yaml = join(folder, 'policy.yaml');
  writeFileSync(yaml, `version: 1\nfs:\n  ro: [/opt]\n  rw: [${project}]\nnet:\n  connect: [443, "8000-8100"]\n`);
  const twenty = policyOf(14);
  const basis = ['/usr', '/lib', '/lib64', '/etc/ld.so.cache'];
  const system = [...basis.flatMap((path) => ['--ro', path]), '--bare'];
  const ports = ['--net-connect', '443', '--net-connect', '80'];
  const floor = buildFloor(root, folder);
  const paths = [...basis, ...makeDirectories(14)];
  const compiled = compilePolicy('twenty', ['--policy', twenty, ...system, ...ports]);
  const withoutFilter = ['--no-scope', 'signal', '--no-scope', 'terminal'];
  const flags = [cli, '--rw', project, '--', bare];
  return [
    {
      title: 'a compiled launcher',
      rounds: 400,
      rows: [
        { name: '`true`', command: [bare] },
        ...optional('`env true`', 'env', [bare]),
        ...optional('`setpriv --no-new-privs true`', 'setpriv', ['--no-new-privs', bare]),
        ...optional('`bwrap --bind / / true`', 'bwrap', ['--bind', '/', '/', bare]),
        { name: 'compiled launcher, network only', command: [compilePolicy('net', ports), bare] },
        {
          name: 'compiled launcher, 18 paths and 2 ports, no system profile',
          bar: 1.25,
          command: [compiled, bare],
        },
        {
          name: 'compiled launcher, 18 paths, no ports, nothing that needs a filter',
          bar: 1.25,
          command: [compilePolicy('unfiltered', ['--policy', twenty, ...system, ...withoutFilter]), bare],
        },
        { name: 'the least: a static program that does nothing but exec', command: [floor, '0', '--', bare] },
        { name: 'the least: the same, and this filter', command: [floor, FILTER_OF_TCP, '--', bare] },
        {
          name: 'the least: the same, and 18 paths and 2 ports',
          command: [floor, FILTER_OF_TCP, ...paths, '--', bare],
        },
        {
          name: 'compiled launcher, the same with the system profile',
          command: [compilePolicy('system', ['--policy', twenty, ...ports]), bare],
        },
      ],
    },
    {
      title: 'a compiled launcher beside the least',
      rounds: 400,
      rows: [
        { name: 'the least: this filter, 18 paths and 2 ports', command: [floor, FILTER_OF_TCP, ...paths, '--', bare] },
        { name: 'compiled launcher, the same policy', bar: 1.1, command: [compiled, bare] },
      ],
    },
    ...besideLandrun(paths, compiled, bare),
    {
      title: 'many rules',
      rounds: 40,
      rows: [
        {
          name: 'compiled launcher, 1,000 paths',
          command: [compilePolicy('thousand', ['--policy', policyOf(1000)]), bare],
        },
        {
          name: 'compiled launcher, 10,000 paths (linear: 10)',
          bar: 11,
          most: 60,
          command: [compilePolicy('myriad', ['--policy', policyOf(10000)]), bare],
        },
      ],
    },
    {
      title: 'the command line tool',
      rounds: 100,
      rows: [
        { name: '`node empty.js`', command: [node, empty] },
        { name: '`landlock-run --rw DIR -- true`', bar: 1.25, command: flags },
        {
          name: 'the same, with NODE_EXTRA_CA_CERTS set',
          bar: 1.25,
          command: ['/usr/bin/env', `NODE_EXTRA_CA_CERTS=${certificates()}`, ...flags],
        },
        { name: '`landlock-run --policy FILE -- true`', bar: 1.4, command: [cli, '--policy', yaml, '--', bare] },
        ...(existsSync(binary)
          ? [{ name: 'the single binary, `--rw DIR -- true`', bar: 1, command: [binary, ...flags.slice(1)] }]
          : []),
        {
          name: 'without the front (bin/plain-node.cjs)',
          command: [node, join(root, 'bin', 'plain-node.cjs'), ...flags.slice(1)],
        },
      ],
    },
  ];
}

/** A file that Node would read for half its start if it were told of it. */
function certificates() {
  const system = '/etc/ssl/certs/ca-certificates.crt';
  return existsSync(system) ? system : join(folder, 'empty.js');
}

function buildTimer() {
  const program = join(folder, 'bench-spawn');
  execFileSync(process.env.CC ?? 'cc', [
    '-std=c11',
    '-O2',
    '-Wall',
    '-Wextra',
    '-Werror',
    join(root, 'scripts', 'bench-spawn.c'),
    '-o',
    program,
  ]);
  return program;
}

function quantile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

function measure(timer, { rounds, rows }) {
  const words = rows.flatMap(({ command }, index) => (index === 0 ? command : ['+', ...command]));
  const text = execFileSync(timer, [`${smoke ? Math.max(7, Math.ceil(rounds / 16)) : rounds}`, ...words], {
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const times = text
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  return rows.map((row, index) => {
    const own = times.map((round) => round[index] / 1e6).sort((a, b) => a - b);
    const ratios = times.map((round) => round[index] / round[0]).sort((a, b) => a - b);
    return {
      ...row,
      time: quantile(own, 0.5),
      ratio: quantile(ratios, 0.5),
      low: quantile(ratios, 0.25),
      high: quantile(ratios, 0.75),
    };
  });
}

function renderGroup(title, rows) {
  const lines = rows.map((row, index) => {
    const { name, time, ratio, low, high } = row;
    const shown = index === 0 ? '1' : `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
    return `| ${name} | ${time.toFixed(2)} | ${shown} | ${renderBars(row)} |`;
  });
  return `| ${title} | ms | ratio (middle half) | bar |\n|---|---|---|---|\n${lines.join('\n')}\n`;
}

function describeMachine() {
  const [processor] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} x ${processor?.model ?? process.arch}, ${memory} GiB, Linux ${release().split('-')[0]}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}.`;
}

function writeDocument(text) {
  const file = join(root, 'docs', 'performance.md');
  const document = readFileSync(file, 'utf8');
  const [begin, end] = ['<!-- bench: made by npm run bench -->\n', '<!-- bench: end -->'];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/performance.md has no place for the table');
  writeFileSync(file, `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`);
}

try {
  const timer = buildTimer();
  const measured = makeGroups().map((group) => ({ title: group.title, rows: measure(timer, group) }));
  const text = [describeMachine(), ...measured.map(({ title, rows }) => renderGroup(title, rows))].join('\n\n');
  console.log(text);
  if (!smoke) writeDocument(text.replaceAll('\n\n\n', '\n\n'));
  const off = measured.flatMap(({ rows }) => rows).flatMap(farOff);
  for (const line of off) console.error(`bench: ${line}`);
  process.exitCode = smoke && off.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}
