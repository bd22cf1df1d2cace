/**
 * Runs inside of a guest (or on this machine, on a fake kernel): does the trials of an Assignment, one after the other, and prints a line for each.
 *
 *   node guest.js ASSIGNMENT.json
 *
 * Imports nothing but node's own modules and trial.js: the guest has no node_modules.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import {
  closeSync,
  constants,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { type Assignment, type Finding, fillWords, type Kernel, MARK, type Trial } from './trial.ts';

/** Files of a trial, below its place. */
const FILES = ['in', 'other', 'out'].flatMap((at) => [`${at}/file`, `${at}/sub/file`, `${at}/sub2/other`]);

function say(what: Finding | Kernel): void {
  writeSync(1, `${MARK}${JSON.stringify(what)}\n`);
}

function listen(address: { port: number; host: string } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', reject);
    server.listen(address, () => resolve());
  });
}

/** Node pads the names of abstract sockets, each version in its own way, so deed listens; it ends with this process. */
function listenAbstract({ deed, abstract }: Assignment): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = spawn(deed, ['unix-serve', `@${abstract}`, 'wait'], { stdio: ['pipe', 'pipe', 'inherit'] });
    server.on('error', reject);
    server.stdout.once('data', (said) =>
      String(said) === 'ok\n' ? resolve() : reject(new Error(`unix-serve: ${said}`)),
    );
    server.on('exit', () => reject(new Error('the abstract server ended')));
  });
}

function receive(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.on('error', reject);
    socket.bind(port, '127.0.0.1', () => resolve());
  });
}

/** Makes the files of a trial anew: an earlier one may have changed them. The sockets of the servers stay. */
function makeFiles({ place, deed: program }: Assignment): void {
  for (const at of ['in', 'other', 'out']) rmSync(join(place, at), { recursive: true, force: true });
  for (const file of FILES) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    writeFileSync(join(place, file), 'content');
  }
  copyFileSync(program, join(place, 'in', 'program'));
}

/** The kernel's log from now on; undefined where it cannot be read. */
function openLog(): number | undefined {
  try {
    const fd = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
    readLog(fd);
    return fd;
  } catch {
    return undefined;
  }
}

/** Reads what the log holds; each read(2) gives one record, EPIPE means that some were overwritten, EAGAIN that there is no more. */
function readLog(fd: number): string {
  const record = Buffer.alloc(8192);
  let text = '';
  for (;;) {
    try {
      text += record.subarray(0, readSync(fd, record)).toString();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return text;
      if (code !== 'EPIPE') throw error;
    }
  }
}

/** Reads the log up to the denial of a file that nothing else asks for. */
function readLogToFence(fd: number, assignment: Assignment): string {
  const { fence, deed, place } = assignment;
  if (fence === undefined) return readLog(fd);
  const [file, cell] = [join(place, 'out', `fence-${fences++}`), new Int32Array(new SharedArrayBuffer(4))];
  writeFileSync(file, '');
  spawnSync(fence, [deed, 'read', file]);
  for (let log = ''; ; Atomics.wait(cell, 0, 0, 20)) {
    log += readLog(fd);
    const end = log.indexOf(`path="${file}"`);
    if (end >= 0) return log.slice(0, log.lastIndexOf('blockers=', end));
  }
}

let fences = 0;

/** `audit: type=1423 ... blockers=fs.read_file path=...` (LANDLOCK_ACCESS, include/uapi/linux/audit.h). */
function blockersIn(log: string): string[] {
  return [...log.matchAll(/type=1423 .*?blockers=(\S+)/g)].map((match) => match[1] ?? '');
}

function codeOf(line: string): string {
  try {
    return (JSON.parse(line) as { code: string }).code;
  } catch {
    return line;
  }
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

function commandLine(assignment: Assignment, trial: Trial): string[] {
  const deed = [assignment.deed, ...trial.deeds.flatMap((one) => one.split(' '))];
  const words =
    trial.launcher !== undefined
      ? [trial.launcher, ...deed]
      : trial.options !== undefined
        ? [assignment.command, '--json', ...trial.options, '--', ...deed]
        : deed;
  return fillWords(trial.terminal ? [assignment.terminal, ...words] : words, assignment);
}

function attempt(assignment: Assignment, trial: Trial): Finding {
  makeFiles(assignment);
  const log = trial.audit ? openLog() : undefined;
  const began = performance.now();
  const [program = '', ...words] = commandLine(assignment, trial);
  const { status, signal, stdout, stderr, error } = spawnSync(program, words, {
    cwd: '/',
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const milliseconds = Math.round(performance.now() - began);
  if (error) throw error;
  // On a terminal descriptor 2 is the terminal too: what is a diagnostic tells itself by its form.
  const isDiagnostic = (line: string): boolean => line.startsWith('{');
  const said = lines(stdout);
  const finding: Finding = {
    id: trial.id,
    exit: signal ?? status ?? -1,
    did: said.filter((line) => !isDiagnostic(line)),
    codes: [...said.filter(isDiagnostic), ...lines(stderr)].map(codeOf),
    milliseconds,
  };
  if (log === undefined) return finding;
  const audited = blockersIn(readLogToFence(log, assignment));
  closeSync(log);
  return { ...finding, audited };
}

function check(assignment: Assignment): unknown {
  const { stdout, stderr } = spawnSync(assignment.command, ['--check', '--json'], {
    cwd: assignment.place,
    encoding: 'utf8',
  });
  try {
    return JSON.parse(stdout);
  } catch {
    return `${stdout}${stderr}`;
  }
}

const assignment = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Assignment;
const { ports } = assignment;
makeFiles(assignment);
mkdirSync(join(assignment.place, 'socks'), { recursive: true });
await Promise.all([
  listen({ port: ports.tcp, host: '127.0.0.1' }),
  listen({ port: ports.otherTcp, host: '127.0.0.1' }),
  listen({ path: join(assignment.place, 'socks', 'named') }),
  listen({ path: join(assignment.place, 'socks', 'other') }),
  listenAbstract(assignment),
  receive(ports.udp),
  receive(ports.otherUdp),
]);
say({ release: release(), check: check(assignment) });
for (const trial of assignment.trials) say(attempt(assignment, trial));
process.exit(0);
