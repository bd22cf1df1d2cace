/** Contract, section 5: the policy file, each key by what it does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { sandboxOn } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertSays, refused } from './refused.ts';

/** Runs a shell script under a policy on stdin, in a directory. */
async function under(
  policy: string,
  script: string,
  cwd: string,
): Promise<[code: number | null, stdout: string, stderr: string]> {
  const result = await sandbox(['--policy', '-', '--', 'sh', '-c', script], { stdin: policy, cwd });
  return [result.code, result.stdout, result.stderr];
}

/** Every key in its canonical order, as the contract prints them; paths made to fit a fixture. */
const ALL_KEYS = `version: 1
extends: [./base.yaml]
profiles: [git]
bare: false
fs:
  ro: [./app, {path: ./etc, required: true}]
  rw: [./proj, {path: ./build, optional: true}]
  rwfile: [/dev/null]
  grant: [{path: ./data, access: [read_file, read_dir]}]
  unix: [./run/socket]
tmp: ./tmp
net:
  connect: [443, "8000-8100"]
  bind: []
udp: any
other_net: none
scope: {signal: on, abstract-unix-socket: on}
audit: off
compatibility: strict
min_abi: 4
require_paths: false
env: {mode: scrub, keep: [PATH, "LC_*"], unset: ["AWS_*"], set: {CI: "1"}}
limits: {data: 2G, nofile: 256, cpu: 60}
chdir: ./proj
keep_fd: [3]
no_unix: false
keep_caps: false
keep_path: false
discover: [{config: ./config.yaml, keys: {ro: [serve.tls.cert]}}]
$schema: ./policy.schema.json
x-note: what begins with x- is mine
`;

const FILES = {
  'policy/all.yaml': ALL_KEYS,
  'policy/base.yaml': 'fs: {ro: [./base]}\n',
  'policy/config.yaml': 'serve: {tls: {cert: tls/cert.pem}}\n',
  'policy/tls/cert.pem': 'certificate',
  'policy/app/x': 'app',
  'policy/etc/x': 'etc',
  'policy/data/x': 'data',
  'policy/base/x': 'base',
  'policy/run/x': '',
  'policy/proj/x': 'proj',
  'policy/other/x': 'other',
} as const;

describe('a policy file', () => {
  test('takes all keys together, in their canonical order, $schema and x-* too', async (t) => {
    if (!requireAbi(t, 6)) return;
    const root = fixture(t, FILES);
    const { closeSync, openSync } = await import('node:fs');
    const fd = openSync('/dev/null', 'r');
    t.after(() => closeSync(fd));
    const script =
      'pwd; cat ../app/x ../etc/x ../data/x ../base/x ../tls/cert.pem x; echo $CI $TMPDIR; ulimit -n; cat ../other/x';
    const result = await sandbox(['--policy', 'policy/all.yaml', '--', 'sh', '-c', script], { cwd: root, fds: [fd] });
    const expected = `${root}/policy/proj\nappetcdatabasecertificateproj1 ${root}/policy/tmp\n256\n`;
    assert.deepEqual([result.code, result.stdout], [1, expected], result.stderr);
    assert.match(result.stderr, /^cat: \.\.\/other\/x: Permission denied\n$/);
  });

  test('may be JSON', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'a/x': 'json', 'b/x': '' });
    const policy = JSON.stringify({ version: 1, fs: { ro: ['./a'] }, env: { set: { A: '"' } } }, undefined, 2);
    const [code, stdout] = await under(policy, 'cat a/x; echo $A; cat b/x', root);
    assert.deepEqual([code, stdout], [1, 'json"\n']);
  });

  test('paths are relative to the file, on stdin to the working directory', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, {
      'p/policy.yaml': 'fs: {ro: [../data, ./own]}\n',
      'p/own/x': 'own',
      'data/x': 'data',
      'w/x': 'w',
    });
    const words = ['--', 'sh', '-c', `cat ${root}/data/x ${root}/p/own/x; cat ${root}/w/x`];
    const named = await sandbox(['--policy', '../p/policy.yaml', ...words], { cwd: join(root, 'w') });
    assert.deepEqual([named.code, named.stdout], [1, 'dataown']);
    const stdin = readFileSync(join(root, 'p/policy.yaml'));
    const piped = await sandbox(['--policy', '-', ...words], { cwd: join(root, 'w'), stdin });
    assert.deepEqual([piped.code, piped.stdout], [1, 'data']);
  });

  test("paths in a shell's process substitution are relative to the working directory", async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'in/x': 'in', 'out/x': 'out' });
    const script = '"$0" --policy <(echo "fs: {ro: [./in]}") -- sh -c "cat in/x; cat out/x"';
    const result = await run('bash', ['-c', script, cliPath], { cwd: root });
    assert.deepEqual([result.code, result.stdout], [1, 'in'], result.stderr);
  });

  test('anchors, aliases, block and flow style mean what they mean in YAML 1.2', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'a/x': '1', 'b/x': '2' });
    const policy = 'x-dirs: &dirs\n- ./a\n- "./b"\nfs:\n  ro: *dirs\nenv: {set: {NO: "no", YES: yes}}\n';
    const [code, stdout] = await under(policy, 'cat a/x b/x; echo $NO $YES', root);
    assert.deepEqual([code, stdout], [0, '12no yes\n']);
  });
});

describe('keys', () => {
  test('fs: {} grants no files beyond the system profile; bare takes that too', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { x: 'x' });
    assert.deepEqual((await under('fs: {}\n', 'echo ran; cat x', root)).slice(0, 2), [1, 'ran\n']);
    const [code, stdout, stderr] = await under('fs: {}\nbare: true\n', 'echo ran', root);
    assert.deepEqual([code, stdout], [126, '']);
    assert.match(stderr, /^landlock-run: [^\n]+\n$/);
  });

  test('fs: any leaves files alone', async (t) => {
    const root = fixture(t, { x: 'x' });
    assert.deepEqual((await under('fs: any\nnet: none\n', 'cat x', root)).slice(0, 2), [0, 'x']);
  });

  test('required: true is fatal where the path is missing, optional: true silent', async (t) => {
    if (!requireAbi(t, 3)) return;
    const cwd = fixture(t, { 'a/x': '' });
    const stdin = 'fs: {ro: [./a, {path: ./none, required: true}]}\n';
    const refusal = await refused(t, ['--policy', '-'], { cwd, stdin });
    assertSays(refusal, 'path-required', 'stdin:1:17', /none/);
    const silent = await under('fs: {rw: [./a, {path: ./none, optional: true}]}\n', 'echo ran', cwd);
    assert.deepEqual(silent, [0, 'ran\n', '']);
    const told = await under('fs: {rw: [./a, ./none]}\n', 'echo ran', cwd);
    assert.deepEqual(told.slice(0, 2), [0, 'ran\n']);
    assert.match(told[2], /^landlock-run: stdin:1:16: [^\n]*none[^\n]*\n$/);
  });

  test('require_paths makes every stated path required', async (t) => {
    if (!requireAbi(t, 3)) return;
    const cwd = fixture(t, { 'a/x': '' });
    const stdin = 'fs: {ro: [./a, ./none]}\nrequire_paths: true\n';
    assertSays(await refused(t, ['--policy', '-'], { cwd, stdin }), 'path-required', 'stdin:1:16');
  });

  test('compatibility and min_abi', async (t) => {
    if (!requireAbi(t, 6)) return;
    const words = ['--policy', '-', '--', 'echo', 'ran'];
    const strict = await sandboxOn(3, words, { stdin: 'fs: {}\nnet: {connect: [1]}\n' });
    assert.deepEqual([strict.code, strict.stdout], [125, '']);
    const best = await sandboxOn(3, words, { stdin: 'fs: {}\nnet: {connect: [1]}\ncompatibility: best_effort\n' });
    assert.deepEqual([best.code, best.stdout], [0, 'ran\n'], best.stderr);
    const floor = await sandboxOn(3, words, { stdin: 'fs: {}\nmin_abi: 4\n' });
    assert.deepEqual([floor.code, floor.stdout], [125, '']);
    assert.match(floor.stderr, /^landlock-run: stdin:2:1: [^\n]*ABI 4 \(Linux 6\.7\)[^\n]*ABI 3/);
  });

  test('scope: off lifts what is on by itself', async (t) => {
    if (!requireAbi(t, 6)) return;
    const cwd = fixture(t);
    const child = (await import('node:child_process')).spawn('sleep', ['1000']);
    t.after(() => child.kill('SIGKILL'));
    assert.equal((await under('fs: {}\n', `kill -0 ${child.pid}`, cwd))[0], 1);
    assert.equal((await under('fs: {}\nscope: {signal: off}\n', `kill -0 ${child.pid}`, cwd))[0], 0);
    assert.equal((await under('scope: {signal: true}\n', `kill -0 ${child.pid}`, cwd))[0], 1);
  });

  test('no_unix: no UNIX sockets', async (t) => {
    if ((await run('/usr/bin/python3', ['--version']).catch(() => undefined))?.code !== 0)
      return t.skip('/usr/bin/python3 is missing');
    const script = '/usr/bin/python3 -c "import socket; socket.socket(socket.AF_UNIX); print(1)"';
    const cwd = fixture(t);
    assert.deepEqual((await under('net: none\n', script, cwd)).slice(0, 2), [0, '1\n']);
    assert.deepEqual((await under('no_unix: true\n', script, cwd)).slice(0, 2), [1, '']);
    return undefined;
  });

  test('keep_caps keeps the capabilities that are else taken with files', async (t) => {
    const control = await run('grep', ['CapEff', '/proc/self/status']);
    if (/^CapEff:\s+0+$/m.test(control.stdout)) return t.skip('needs a capability');
    if (!requireAbi(t, 3)) return undefined;
    const cwd = fixture(t);
    const script = 'grep CapEff /proc/self/status';
    assert.notEqual((await under('fs: {}\n', script, cwd))[1], control.stdout);
    assert.equal((await under('fs: {}\nkeep_caps: true\n', script, cwd))[1], control.stdout);
    return undefined;
  });

  test('keep_path leaves PATH alone', async (t) => {
    if (!requireAbi(t, 3)) return;
    const cwd = fixture(t);
    const env = { PATH: `${cwd}:/usr/bin:/bin` };
    const words = ['--policy', '-', '--', 'sh', '-c', 'echo $PATH'];
    const edited = await sandbox(words, { stdin: 'fs: {}\n', env });
    assert.equal(edited.stdout, '/usr/bin:/bin\n');
    const kept = await sandbox(words, { stdin: 'fs: {}\nkeep_path: true\n', env });
    assert.equal(kept.stdout, `${env.PATH}\n`);
  });

  test('audit: command needs ABI 7, and is taken there', async (t) => {
    if (!requireAbi(t, 7)) return;
    assert.equal((await under('fs: {}\naudit: command\n', 'echo ran', fixture(t)))[1], 'ran\n');
    const old = await sandboxOn(6, ['--policy', '-', '--', 'true'], { stdin: 'fs: {}\naudit: all\n' });
    assert.equal(old.code, 125);
    assert.match(old.stderr, /^landlock-run: stdin:2:1: [^\n]*audit[^\n]*ABI 7 \(Linux 6\.15\)[^\n]*ABI 6/);
  });
});

describe('what restricts nothing is an error, never a silent run', () => {
  const NOTHING = [
    '{}',
    'version: 1',
    'env: {mode: clear}',
    'limits: {nofile: 5}',
    'net: any',
    'udp: any',
    'fs: any',
    'x-mine: 1',
  ];
  for (const policy of [
    ...NOTHING,
    'net: {connect: any, bind: any}',
    'scope: {signal: off}',
    'audit: command',
    'min_abi: 3',
  ]) {
    test(policy, async (t) => {
      const refusal = await refused(t, ['--policy', '-'], { stdin: `${policy}\n` });
      assert.equal(refusal.code, 'restricts-nothing');
    });
  }

  for (const words of [[], ['--env', 'A=1'], ['--limit', 'nofile=5'], ['--no-scope', 'signal']]) {
    test(`landlock-run ${words.join(' ')}`, async (t) => {
      assert.equal((await refused(t, words)).code, 'restricts-nothing');
    });
  }

  test('--net-connect any alone is no nothing: binding is denied', async () => {
    const result = await sandbox(['--print-policy', '--net-connect', 'any']);
    assert.equal(result.stdout, 'version: 1\nnet:\n  connect: any\n  bind: []\n');
  });

  for (const stdin of ['bare: true\nnet: none\n', 'scope: {device-ioctl: on}\nnet: none\n']) {
    test(`nor may be without files: ${stdin.split('\n')[0]}`, async (t) => {
      assert.match((await refused(t, ['--policy', '-'], { stdin })).code, /^(bare-without-files|scope-needs-files)$/);
    });
  }
});
