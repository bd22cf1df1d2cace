import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import type { RunOptions, RunResult, Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

interface Bed {
  readonly root: string;
  readonly out: string;
  learn(words: readonly Word[], options?: RunOptions): Promise<RunResult>;
  yaml(): string;
  policy(): Record<string, unknown>;
}

/** A directory with files, and a policy file outside of what is learned. */
function bed(t: TestContext, files: Parameters<typeof fixture>[1] = {}): Bed | undefined {
  if (!requireAbi(t, 4)) return undefined;
  if (!existsSync('/usr/bin/strace')) {
    t.skip('needs /usr/bin/strace: apt-get install strace');
    return undefined;
  }
  const root = fixture(t, files);
  const out = join(root, 'policy', 'out.yaml');
  mkdirSync(join(root, 'policy'));
  mkdirSync(join(root, 'home'));
  const yaml = (): string => readFileSync(out, 'utf8');
  return {
    root,
    out,
    learn: (words, options = {}) =>
      sandbox(['--learn', out, ...words], { cwd: root, ...options, env: { HOME: join(root, 'home'), ...options.env } }),
    yaml,
    policy: () => parse(yaml().replaceAll(root, 'ROOT')) as Record<string, unknown>,
  };
}

const shell = (script: string, ...args: string[]): string[] => ['--', 'bash', '--norc', '-c', script, 'bash', ...args];

test('reads, listings, executions, writes and creations come to grants, each with its reason', async (t) => {
  const it = bed(t, {
    'data/in.txt': 'in\n',
    'listed/a': '',
    'tool/run': { content: '#!/bin/sh\necho ran\n', mode: 0o755 },
    'made/keep': '',
    device: '',
  });
  if (it === undefined) return;
  const script =
    'cat data/in.txt; ls listed; tool/run; echo x > made/new; mkdir -p made/deep/er; mv made/new made/deep; rm -r made/deep';
  const result = await it.learn(shell(script));
  assert.equal(result.code, 0, result.stderr);
  assert.equal(result.stdout, 'in\na\nran\nin\na\nran\n');
  assert.deepEqual(it.policy(), {
    version: 1,
    fs: {
      ro: ['ROOT/tool/run'],
      rw: ['ROOT/made'],
      grant: [
        { path: 'ROOT/data/in.txt', access: ['read'] },
        { path: 'ROOT/listed', access: ['read_dir'] },
      ],
    },
    net: 'none',
    no_unix: true,
  });
  assert.match(it.yaml(), /made # bash, mkdir, mv, rm: .*make directory.*remove.*write/);
  assert.match(it.yaml(), /in.txt, access: \[read\]\} # cat: read/);
  assert.match(it.yaml(), /# State: proven/);
});

test('both runs are announced before they begin, and --help says that there are two', async (t) => {
  const it = bed(t);
  if (it === undefined) return;
  const { stderr } = await it.learn(['--', 'true']);
  const [first, second] = [stderr.indexOf('now without any restriction'), stderr.indexOf('runs again, under')];
  assert.ok(first > 0 && second > first, stderr);
  assert.match((await sandbox(['--help'])).stdout, /run COMMAND twice: first without any restriction/);
});

test('failed look-ups do not become grants', async (t) => {
  const it = bed(t);
  if (it === undefined) return;
  await it.learn(shell('cat nothing/here; cat missing.conf; ls absent; true'));
  assert.deepEqual(it.policy()['fs'], {});
});

test('learning twice gives the same file, byte for byte', async (t) => {
  const it = bed(t, { 'in/a': 'a', 'out/keep': '' });
  if (it === undefined) return;
  const command = shell('cp in/a out/b; mktemp >/dev/null; cat out/b');
  assert.equal((await it.learn(command)).code, 0);
  const before = it.yaml();
  const again = await it.learn(command);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /grants all of them already; nothing was changed/);
  assert.equal(it.yaml(), before);
});

test('learning into a file that exists merges, keeps what its owner wrote, and shows the difference', async (t) => {
  const it = bed(t, { 'a/1': '', 'b/keep': '' });
  if (it === undefined) return;
  writeFileSync(
    it.out,
    `# Mine.\nversion: 1\nx-team: web\nfs:\n  grant:\n    - {path: ${it.root}/a/1, access: [read]} # by hand\n    - {path: ${it.root}/b, access: [read]}\nlimits: {nofile: 100}\n`,
  );
  const result = await it.learn(shell('cat a/1; echo x > b/2'));
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(it.policy(), {
    version: 1,
    'x-team': 'web',
    fs: { grant: [{ path: 'ROOT/a/1', access: ['read'] }], rw: ['ROOT/b'] },
    limits: { nofile: 100 },
  });
  assert.match(it.yaml(), /^# Learned by landlock-run from: bash.*\n# State: proven.*\n\n# Mine\.\n/);
  assert.match(it.yaml(), /# by hand/);
  assert.match(result.stderr, /- fs\.grant: .*\/b;/);
  assert.match(result.stderr, /\+ fs\.rw: .*\/b;/);
});

test('options that are given are part of the result, and are proven with it', async (t) => {
  const it = bed(t, { 'given/a': 'a', 'other/b': 'b' });
  if (it === undefined) return;
  const result = await it.learn([
    '--rw',
    'given',
    '--limit',
    'nofile=64',
    '--profile',
    'tty',
    ...shell('cat given/a other/b'),
  ]);
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(it.policy(), {
    version: 1,
    profiles: ['tty'],
    fs: { rw: ['ROOT/given'], grant: [{ path: 'ROOT/other/b', access: ['read'] }] },
    net: 'none',
    no_unix: true,
    limits: { nofile: '64' },
  });
});

test('what the system profile grants is left out', async (t) => {
  const it = bed(t);
  if (it === undefined) return;
  await it.learn(['--', 'bash', '-c', 'cat /etc/passwd /proc/self/status > /dev/null; ls /usr >/dev/null']);
  assert.deepEqual(it.policy(), { version: 1, fs: {}, net: 'none', no_unix: true });
});

test('temporary files go where TMPDIR says, and the policy says it too', async (t) => {
  const it = bed(t);
  if (it === undefined) return;
  const result = await it.learn(shell('f=$(mktemp) && echo x > "$f" && rm "$f"'));
  assert.equal(result.code, 0, result.stderr);
  assert.equal(it.policy()['tmp'], './out.tmp');
  assert.deepEqual(it.policy()['fs'], {});
  const without = bed(t);
  await without?.learn(['--', 'true']);
  assert.equal(existsSync(join(without?.root ?? '', 'policy', 'out.tmp')), false);
});

test('neither the root, a home directory, nor what lies directly below the root is ever granted', async (t) => {
  const it = bed(t);
  if (it === undefined) return;
  const result = await it.learn(
    shell(
      'ls / /etc "$HOME" >/dev/null; echo x > "$HOME/.history"; rm -f "$HOME/gone"; touch "$HOME/gone"; rm "$HOME/gone"',
    ),
  );
  const { fs } = parse(it.yaml()) as { fs: Record<string, unknown> };
  assert.deepEqual(fs, { rwfile: ['~/.history'] });
  assert.match(result.stderr, /"\/etc" is not granted: .*too wide/);
  assert.match(result.stderr, /\/home\/gone" is not granted: .*too wide/);
});

test('COMMAND fails: its policy is written, marked unproven, and the status is 1', async (t) => {
  const it = bed(t, { 'in/a': '' });
  if (it === undefined) return;
  const result = await it.learn(shell('cat in/a; exit 3'));
  assert.equal(result.code, 1);
  assert.match(result.stderr, /COMMAND ended with status 3 without any restriction/);
  assert.match(it.yaml(), /# State: unproven, COMMAND ended with status 3/);
  assert.match(it.yaml(), /in\/a/);
});

test('the proof fails: what was denied is listed, the file is marked, and the status is 1', async (t) => {
  const it = bed(t, { 'first/a': '', 'second/b': '' });
  if (it === undefined) return;
  const script =
    'if [ -e work/ran ]; then cat second/b; else cat first/a; fi; status=$?; echo > work/ran; exit $status';
  mkdirSync(join(it.root, 'work'));
  const result = await it.learn(shell(script));
  assert.equal(result.code, 1, result.stderr);
  assert.match(
    result.stderr,
    /denied: cat \(pid \d+\): read ".*second\/b": .*; --grant read:.*second\/b would allow it/,
  );
  assert.match(it.yaml(), /# State: unproven, COMMAND ended with status 1 under it/);
});

test('--no-verify leaves the second run out, and says so in the file', async (t) => {
  const it = bed(t, { 'in/a': 'a\n' });
  if (it === undefined) return;
  const result = await it.learn(['--no-verify', ...shell('cat in/a')]);
  assert.deepEqual([result.code, result.stdout], [0, 'a\n']);
  assert.match(it.yaml(), /# State: unproven, COMMAND was not run under it/);
  assert.equal((await sandbox(['--no-verify', '--no-net', '--', 'true'])).code, 125);
});

test('a policy file that COMMAND could rewrite is not written, unless --allow-overlap consents', async (t) => {
  const it = bed(t);
  if (it === undefined) return;
  const command = shell('echo x > policy/other');
  const refused = await it.learn(command);
  assert.equal(refused.code, 125);
  assert.match(refused.stderr, /was not written: COMMAND writes in ".*policy"/);
  assert.equal(existsSync(it.out), false);
  const allowed = await it.learn(['--allow-overlap', ...command]);
  assert.equal(allowed.code, 0, allowed.stderr);
});

test('ports are listed by direction; a port that the kernel picks is a range to connect to', async (t) => {
  const it = bed(t);
  if (it === undefined || !existsSync('/usr/bin/python3')) return;
  const script = `
import socket
server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen()
client = socket.create_connection(server.getsockname()); server.accept()
fixed = socket.socket(); fixed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); fixed.bind(("127.0.0.1", 18437))
refused = socket.socket(); refused.connect_ex(("127.0.0.1", 18438))
`;
  const result = await it.learn(['--', '/usr/bin/python3', '-I', '-c', script]);
  assert.equal(result.code, 0, result.stderr);
  const { net, udp, other_net } = it.policy();
  assert.deepEqual([net, udp, other_net], [{ connect: ['32768-60999'], bind: [0, 18437] }, 'none', 'none']);
});

test('a claim of the options is not widened: what it denies makes the proof fail', async (t) => {
  const it = bed(t);
  if (it === undefined || !existsSync('/usr/bin/python3')) return;
  const result = await it.learn(['--no-net', '--', '/usr/bin/python3', '-I', '-c', 'import socket; socket.socket()']);
  assert.equal(result.code, 1);
  assert.equal(it.policy()['net'], 'none');
  assert.match(result.stderr, /denied: python3 \(pid \d+\): open a TCP socket/);
});

test('sockets of other programs are granted by path, those of COMMAND itself are not', async (t) => {
  const it = bed(t);
  if (it === undefined || !existsSync('/usr/bin/python3')) return;
  mkdirSync(join(it.root, 'own'));
  const script = `
import os, socket
path = "own/../own/s"
if os.path.exists(path): os.unlink(path)
server = socket.socket(socket.AF_UNIX); server.bind(path); server.listen()
client = socket.socket(socket.AF_UNIX); client.connect("own/s")
`;
  const result = await it.learn(['--', '/usr/bin/python3', '-I', '-c', script]);
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(it.policy()['fs'], { rw: ['ROOT/own'] });
  assert.equal(it.policy()['no_unix'], undefined);
});

test('a command that is not there, words that are not text, a policy on stdin: refused before anything runs', async (t) => {
  const it = bed(t);
  if (it === undefined) return;
  assert.equal((await it.learn(['--', 'no-such-command'])).code, 127);
  assert.equal((await it.learn(['--', 'cat', Buffer.from([0x66, 0xff])])).code, 125);
  assert.equal((await it.learn(['--policy', '-', '--', 'true'], { stdin: 'net: none' })).code, 125);
  assert.equal((await it.learn([])).code, 125);
  assert.equal(existsSync(it.out), false);
});

test('where the policy file cannot be, COMMAND does not run', async (t) => {
  const it = bed(t, { 'ran/keep': '' });
  if (it === undefined) return;
  symlinkSync('nowhere', join(it.root, 'dangling'));
  for (const out of ['missing/out.yaml', 'ran', 'dangling']) {
    const result = await sandbox(['--learn', out, ...shell('echo > ran/it')], { cwd: it.root });
    assert.equal(result.code, 125, out);
    assert.equal(existsSync(join(it.root, 'ran/it')), false);
  }
});

test('strace is taken from directories of PATH that only root can change, and asked for where it is missing', async (t) => {
  const it = bed(t, { 'bin/strace': { content: '#!/bin/sh\ntouch fooled\n', mode: 0o755 } });
  if (it === undefined) return;
  const result = await it.learn(['--', '/bin/true'], { env: { PATH: `${it.root}/bin` } });
  assert.equal(result.code, 125);
  assert.match(result.stderr, /apt-get install strace/);
  assert.equal(existsSync(join(it.root, 'fooled')), false);
});

test('names with blanks, quotes, newlines, dollars and letters beyond ASCII are learned as they are', async (t) => {
  const name = 'a b"c\'d\n$HOME é<>,)';
  const it = bed(t, { [`data/${name}`]: 'found\n' });
  if (it === undefined) return;
  const result = await it.learn(['--', 'cat', `data/${name}`]);
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(it.policy()['fs'], {
    grant: [{ path: `ROOT/data/${name.replace('$', '$$$$')}`, access: ['read'] }],
  });
});

test('stdin that is a file is read from its beginning by both runs', async (t) => {
  const it = bed(t, { 'in.txt': 'line\n' });
  if (it === undefined) return;
  const result = await it.learn(shell('exec "$1" < "$2"', 'cat', 'in.txt'));
  assert.deepEqual([result.code, result.stdout], [0, 'line\nline\n']);
});
