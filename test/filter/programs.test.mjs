// Ordinary programs do under the filter what they do without it.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ALL, build, F, temporaryDirectory } from './programs.mjs';

const directory = temporaryDirectory();
const act = build('act.c', directory);
const NO_NET = F.TCP | F.UDP_NONE | F.OTHER_NET_NONE | F.INET_NONE;
const usual = F.TERMINAL | F.PRLIMIT;
const isThere = (name) => {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`]);
    return true;
  } catch {
    return false;
  }
};

/** Runs a command under the features; returns what it wrote. Throws where it fails. */
async function run(features, command, ...args) {
  const { stdout } = await promisify(execFile)(act, [String(features), 'exec', command, ...args], { cwd: directory });
  return stdout.trim();
}

const local = {
  bash: ['bash', ['-c', 'set -e; echo one > bash.txt; cat < bash.txt | tr a-z A-Z; exec 3<&0; ulimit -c 0'], 'ONE'],
  python3: [
    'python3',
    [
      '-c',
      'import json, subprocess, socket; a, b = socket.socketpair(); a.send(b"x"); print(json.dumps(subprocess.check_output(["echo", "two"]).decode().strip() + b.recv(1).decode()))',
    ],
    '"twox"',
  ],
  node: [
    process.execPath,
    [
      '-e',
      'console.log(require("child_process").execFileSync("echo", ["three"]).toString().trim(), require("fs").readdirSync("/").length > 0)',
    ],
    'three true',
  ],
  tar: ['sh', ['-c', 'mkdir -p t && echo four > t/file && tar cf t.tar t && tar xf t.tar && cat t/file'], 'four'],
};
for (const [name, [command, args, expected]] of Object.entries(local))
  test(`${name} under every feature`, { skip: isThere(command) ? false : `${command} is not installed` }, async () => {
    assert.equal(await run(0, command, ...args), expected, 'without the filter');
    assert.equal(await run(ALL, command, ...args), expected);
  });

test('git under every feature', { skip: isThere('git') ? false : 'git is not installed' }, async () => {
  for (const features of [0, ALL]) {
    const repository = join(directory, `repository-${features}`);
    mkdirSync(repository);
    const git = (...args) =>
      run(features, 'git', '-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args);
    await git('init', '-q');
    await run(features, 'sh', '-c', `echo x > ${repository}/file`);
    await git('add', 'file');
    await git('commit', '-q', '-m', 'first');
    assert.match(await git('log', '--oneline'), /^[0-9a-f]+ first$/);
  }
});

const fetches = {
  curl: (url) => ['curl', ['-sS', '--noproxy', '*', url]],
  python3: (url) => [
    'python3',
    ['-c', `import urllib.request as r; print(r.build_opener(r.ProxyHandler({})).open("${url}").read().decode())`],
  ],
  node: (url) => [process.execPath, ['-e', `fetch("${url}").then(answer => answer.text()).then(console.log)`]],
};
for (const [name, words] of Object.entries(fetches))
  test(`${name} talks TCP where TCP is mentioned, and fails at once under --no-net`, {
    skip: name !== 'node' && !isThere(name) && `${name} is not installed`,
  }, async (t) => {
    const server = createServer((_, response) => response.end('served'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const [command, args] = words(`http://127.0.0.1:${server.address().port}/`);
    const features = usual | F.TCP | F.UDP_NONE | F.OTHER_NET_NONE | F.UNIX_NONE | F.TRUNCATE;
    assert.equal(await run(features, command, ...args), 'served');
    await assert.rejects(
      run(usual | NO_NET, command, ...args),
      (error) => typeof error.code === 'number' && error.signal == null,
    );
  });

test('a program that asks for MPTCP first falls back on TCP', {
  skip: isThere('python3') ? false : 'python3 is not installed',
}, async () => {
  const program = [
    'import socket',
    'try: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); print("mptcp")',
    'except OSError as error: print(error.strerror); socket.socket(socket.AF_INET, socket.SOCK_STREAM); print("tcp")',
  ].join('\n');
  assert.equal(await run(F.TCP, 'python3', '-c', program), 'Protocol not supported\ntcp');
});
