/** bin/landlock-run starts the right Node with nothing of the caller's, from wherever it is called, and gives everything back. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath, projectFile, projectRoot } from '../support/paths.ts';
import { type RunResult, run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { requireCapability } from '../support/who.ts';

const ECHO = ['--no-net', '--', 'echo', 'ran'];

/** An installation of its own: what a run needs, without the link to Node. */
function install(t: TestContext, at: string): string {
  const root = join(fixture(t), at);
  for (const path of ['bin', 'dist', 'package.json', 'native/build/Release/landlock_run.node']) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(projectRoot, path), join(root, path), { recursive: true, verbatimSymlinks: true });
  }
  rmSync(join(root, 'dist/node'));
  return root;
}

/** A Node that is recognised by its output, and could be anybody's. */
const FAKE_NODE = { content: '#!/bin/sh\necho planted\n', mode: 0o755 };

test('it is the static front', () => {
  assert.equal(readFileSync(cliPath).toString('latin1', 0, 4), '\x7fELF');
});

test('it works through a link, a link to a link, a relative path, from any directory, with spaces and odd bytes in its path', async (t) => {
  const root = fixture(t, { 'bin/x': '', 'with space/x': '' });
  symlinkSync(cliPath, join(root, 'bin/landlock-run'));
  symlinkSync('../bin/landlock-run', join(root, 'with space/link'));
  for (const [program, cwd] of [
    [join(root, 'bin/landlock-run'), '/'],
    ['./with space/link', root],
    ['../bin/landlock-run', join(root, 'with space')],
    ['bin/landlock-run', projectRoot],
  ] as const) {
    const result = await run(program, ECHO, { cwd });
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', ''], program);
  }
  const moved = install(t, 'a place, \u00fc');
  symlinkSync(process.execPath, join(moved, 'dist/node'));
  const result = await run(join(moved, 'bin/landlock-run'), ECHO, { cwd: '/' });
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
});

test('it is found through PATH as npm links it', async (t) => {
  const root = fixture(t, { 'node_modules/.bin/x': '' });
  symlinkSync(cliPath, join(root, 'node_modules/.bin/landlock-run'));
  const env = { PATH: `${root}/node_modules/.bin:${process.env['PATH']}` };
  const result = await run('landlock-run', ECHO, { env });
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
});

test('it works where /proc is not mounted', async (t) => {
  if (!requireCapability(t, 'CAP_SYS_ADMIN')) return;
  const script = 'mount -t tmpfs none /proc 2>/dev/null || exit 77; exec "$@"';
  const result = await run('unshare', ['--mount', 'sh', '-c', script, 'sh', cliPath, ...ECHO]);
  if (result.code === 77) return t.skip('mounts are not allowed here');
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
});

test('nothing of the environment means anything to its own Node, and COMMAND gets it untouched', async (t) => {
  const root = fixture(t, { 'hook.js': 'require("fs").writeFileSync("hooked", "")', 'cnf/openssl.cnf': 'nonsense [' });
  const env = {
    NODE_OPTIONS: '--require=./hook.js',
    NODE_PATH: root,
    NODE_EXTRA_CA_CERTS: '/dev/full',
    NODE_V8_COVERAGE: join(root, 'coverage'),
    NODE_DEBUG: 'module',
    NODE_PENDING_DEPRECATION: '1',
    NODE_REDIRECT_WARNINGS: join(root, 'warnings'),
    NODE_ICU_DATA: '/nonexistent',
    OPENSSL_CONF: join(root, 'cnf/openssl.cnf'),
    SSL_CERT_FILE: '/nonexistent',
    LD_PRELOAD: '',
    LD_DEBUG: '',
    FORCE_COLOR: '1',
    UV_THREADPOOL_SIZE: 'x',
  };
  const { LD_DEBUG, ...shown } = env;
  const result = await sandbox(['--no-net', '--', 'env'], { env: shown, cwd: root });
  assert.deepEqual([result.code, result.stderr], [0, '']);
  for (const [name, value] of Object.entries(shown))
    assert.ok(result.stdout.split('\n').includes(`${name}=${value}`), name);
  for (const path of ['hooked', 'coverage', 'warnings']) assert.equal(existsSync(join(root, path)), false, path);
  assert.equal(LD_DEBUG, '');
});

test('a library named by LD_PRELOAD is loaded into COMMAND alone', async () => {
  const result = await sandbox(['--no-net', '--', 'sh', '-c', 'echo ran'], {
    env: { LD_PRELOAD: '/nonexistent/planted.so' },
  });
  assert.equal(result.stdout, 'ran\n');
  assert.equal(result.stderr.match(/planted\.so/g)?.length, 1);
});

test('a run cannot plant what the next run loads', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, {});
  const env = { NODE_OPTIONS: '--require=./hook.js' };
  const plant = `echo 'require("fs").writeFileSync("${root}/escaped", "")' > hook.js`;
  assert.equal((await sandbox(['--rw', '.', '--', 'sh', '-c', plant], { cwd: root, env })).code, 0);
  const next = await sandbox(['--rw', '.', '--', 'true'], { cwd: root, env });
  assert.deepEqual([next.code, next.stderr, existsSync(join(root, 'escaped'))], [0, '', false]);
});

/** Sends SIGUSR1 to a Node that has started, and asks its debugger on loopback where it is to be reached. Out: status and answer. */
async function askDebugger(t: TestContext, program: string, words: readonly string[]): Promise<[number, string]> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGUSR1');
  const [told] = await once(child.stderr, 'data');
  assert.match(String(told), /^(?:Debugger listening on|Starting inspector on)/);
  if (/address already in use/.test(String(told))) return [0, ''];
  const response = await fetch('http://127.0.0.1:9229/json/list');
  const answer = await response.text();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return [response.status, answer];
}

test('a SIGUSR1 while Node starts opens a debugger whose address nobody is told', async (t) => {
  const root = install(t, 'app');
  symlinkSync(process.execPath, join(root, 'dist/node'));
  const entry = join(root, 'dist/front.cjs');
  writeFileSync(entry, 'require("node:fs").writeSync(1, "started"); setInterval(() => {}, 1000);\n//end\n');
  const [plain, address] = await askDebugger(t, process.execPath, [entry]);
  if (plain === 0) return t.skip('another debugger has the port');
  assert.equal(plain, 200);
  assert.match(address, /webSocketDebuggerUrl/);
  assert.deepEqual(await askDebugger(t, join(root, 'bin/landlock-run'), ECHO), [404, '']);
});

test('words of the user that look like the record, or like options of Node, are words', async () => {
  const record = '01'.repeat(176);
  for (const word of [record, '--no-rehash-snapshot', '--require=/nonexistent.js', '-e', '--inspect']) {
    const refused = await sandbox([word, '--no-net', '--', 'true']);
    assert.notEqual(refused.code, 0);
    const passed = await sandbox(['--no-net', '--', 'printf', '%s\\n', word]);
    assert.deepEqual([passed.code, passed.stdout], [0, `${word}\n`]);
  }
});

test('a record of another release ends the run: 125', async () => {
  const front = projectFile('dist/front.cjs');
  for (const record of ['', '00', '01'.repeat(176), 'zz']) {
    const result = await run(process.execPath, [front, record, ...ECHO]);
    assert.deepEqual([result.code, result.stdout], [125, ''], record);
    assert.match(result.stderr, /^landlock-run: the record of the process state is of another version; [^\n]+\n$/);
  }
});

test('Node from PATH: only absolute directories, none below the working directory, not node_modules/.bin', async (t) => {
  const root = install(t, 'app/lib');
  const planted = fixture(t, {
    'here/node': FAKE_NODE,
    'other/node_modules/.bin/node': FAKE_NODE,
    'other/good/node': FAKE_NODE,
  });
  symlinkSync(join(planted, 'here'), join(planted, 'other/link'));
  const start = (path: string): Promise<string> =>
    run(join(root, 'bin/landlock-run'), ECHO, { cwd: join(planted, 'here'), env: { PATH: path } }).then(
      (result) => result.stdout,
    );
  assert.equal(await start(join(planted, 'other/good')), 'planted\n');
  for (const path of [
    join(planted, 'here'),
    join(planted, 'other/link'),
    `${planted}/other/../here`,
    '.',
    '',
    '../other/good',
    join(planted, 'other/node_modules/.bin'),
    `${join(planted, 'other/node_modules/.bin')}/`,
  ]) {
    assert.notEqual(await start(path), 'planted\n', path);
  }
});

test("Node of the build, then npm's own, come before PATH", async (t) => {
  const root = install(t, 'prefix/lib/node_modules/landlock-run');
  const planted = fixture(t, { node: { content: '#!/bin/sh\necho path\n', mode: 0o755 } });
  const start = (): Promise<string> =>
    run(join(root, 'bin/landlock-run'), ECHO, { cwd: '/', env: { PATH: planted } }).then((result) => result.stdout);
  assert.equal(await start(), 'path\n');
  const npms = join(root, '../../../bin/node');
  mkdirSync(dirname(npms));
  writeFileSync(npms, '#!/bin/sh\necho npm\n', { mode: 0o755 });
  assert.equal(await start(), 'npm\n');
  writeFileSync(join(root, 'dist/node'), '#!/bin/sh\necho build\n', { mode: 0o755 });
  assert.equal(await start(), 'build\n');
});

test('where the Node of the build is gone, no other takes its place', async (t) => {
  const root = install(t, 'prefix/lib/node_modules/landlock-run');
  const planted = fixture(t, { node: FAKE_NODE, 'prefix/bin/node': FAKE_NODE });
  const start = (): Promise<RunResult> =>
    run(join(root, 'bin/landlock-run'), ECHO, { cwd: '/', env: { PATH: planted } });
  assert.equal((await start()).stdout, 'planted\n', 'without a Node of the build');
  symlinkSync(join(planted, 'gone'), join(root, 'dist/node'));
  const refused = await start();
  assert.deepEqual([refused.code, refused.stdout], [125, '']);
  assert.match(refused.stderr, /^landlock-run: cannot find Node, [^"]+ "[^"]+\/dist\/node"; [^\n]+\n$/);
});

test('below a path that is not UTF-8 it is 125, not a Node that looks elsewhere', async (t) => {
  const root = install(t, 'app');
  symlinkSync(process.execPath, join(root, 'dist/node'));
  const script =
    'cd "$1" && mv app "$(printf "bad\\377")" && exec "$1/$(printf "bad\\377")/bin/landlock-run" --no-net -- echo ran';
  const result = await run('sh', ['-c', script, 'sh', dirname(root)]);
  assert.deepEqual([result.code, result.stdout], [125, '']);
  assert.match(
    result.stderr,
    /^landlock-run: the path of this program is not UTF-8, [^"]+ "[^"]+bad\\xff\/bin[^\n]+\n$/,
  );
});

test('a copy at the root of the file system is told what it lacks', async (t) => {
  if (!requireCapability(t, 'CAP_SYS_ADMIN')) return;
  const root = fixture(t, {});
  cpSync(cliPath, join(root, 'x'));
  const result = await run('chroot', [root, '/x', ...ECHO]);
  assert.deepEqual([result.code, result.stdout], [125, '']);
  assert.match(result.stderr, /^landlock-run: a file [^"]+ "\/dist\/front\.cjs": ENOENT [^\n]+ a link to it is\n$/);
});

test('an installation without its files is 125 with one line', async (t) => {
  const root = install(t, 'app');
  symlinkSync(process.execPath, join(root, 'dist/node'));
  const front = join(root, 'bin/landlock-run');
  assert.equal((await run(front, ECHO)).stdout, 'ran\n');
  const refused = async (what: RegExp): Promise<void> => {
    const result = await run(front, ECHO);
    assert.deepEqual([result.code, result.stdout], [125, '']);
    assert.match(result.stderr, what);
  };
  const mark = `\n//${'0'.repeat(32)}\n`;
  const pack = join(root, 'dist/landlock-run.cjs');
  const whole = readFileSync(pack);
  writeFileSync(pack, `throw new Error("broken\\nin two lines")${mark}`);
  await refused(/^landlock-run: cannot load its own files: broken; [^\n]+\n$/);
  for (const part of ['', whole.subarray(0, whole.length / 2), 'exports.main = async () => 0;']) {
    writeFileSync(pack, part);
    await refused(/^landlock-run: cannot load its own files: [^\n]+\/landlock-run\.cjs is cut off; [^\n]+\n$/);
  }
  rmSync(pack);
  await refused(/^landlock-run: cannot load its own files: ENOENT[^\n]+; [^\n]+\n$/);
  const entry = readFileSync(join(root, 'dist/front.cjs'));
  for (const part of ['', '//end', entry.subarray(0, entry.length / 2), entry.subarray(0, -1)]) {
    writeFileSync(join(root, 'dist/front.cjs'), part);
    await refused(/^landlock-run: a file [^"]+ cannot be used "[^"]+\/dist\/front\.cjs" \(it is cut off\); [^\n]+\n$/);
  }
  rmSync(join(root, 'dist/front.cjs'));
  await refused(
    /^landlock-run: a file that belongs to landlock-run cannot be used "[^"]+\/dist\/front\.cjs": ENOENT [^\n]+\n$/,
  );
});

test('a further file that is missing, or not whole, is 125 with one line, where it is needed alone', async (t) => {
  const root = install(t, 'app');
  symlinkSync(process.execPath, join(root, 'dist/node'));
  const policy = join(fixture(t, { 'p.yaml': 'net: none\n' }), 'p.yaml');
  const programs = [[join(root, 'bin/landlock-run')], [process.execPath, join(root, 'bin/plain-node.cjs')]] as const;
  for (const [name, needs] of [
    ['policy-files.cjs', ['--policy', policy, '--', 'echo', 'ran']],
    ['reports.cjs', ['--explain', '--no-net']],
  ] as const) {
    const pack = join(root, 'dist', name);
    const whole = readFileSync(pack);
    const expectDamage = async ([program, ...first]: readonly string[], what: RegExp): Promise<void> => {
      const result = await run(program ?? '', [...first, '--json', ...needs]);
      assert.deepEqual([result.code, result.stdout], [125, ''], name);
      const told = JSON.parse(result.stderr) as Record<string, string>;
      assert.equal(told['code'], 'installation-damaged');
      assert.match(told['message'] ?? '', what);
    };
    writeFileSync(pack, whole.subarray(0, whole.length / 2));
    await expectDamage(programs[0], /\.cjs is cut off$/);
    rmSync(pack);
    await expectDamage(programs[0], /^cannot load its own files: ENOENT: [^\n]+$/);
    await expectDamage(programs[1], /^cannot load its own files: Cannot find module [^\n]+$/);
    const without = await run(programs[0][0], ECHO);
    assert.deepEqual([without.code, without.stdout, without.stderr], [0, 'ran\n', '']);
    writeFileSync(pack, whole);
  }
});

test('a code cache of another content is not used', async (t) => {
  const root = install(t, 'app');
  symlinkSync(process.execPath, join(root, 'dist/node'));
  const cache = join(root, 'dist/cache', `${process.versions.v8}-${process.arch}`, 'landlock-run.cjs');
  assert.ok(existsSync(cache), 'the build made one');
  for (const content of ['', 'nonsense', readFileSync(cache).subarray(0, 1000)]) {
    writeFileSync(cache, content);
    const result = await run(join(root, 'bin/landlock-run'), ECHO);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
  }
});

test('a code cache of another text is not used, though V8 would take it', async (t) => {
  const root = install(t, 'app');
  symlinkSync(process.execPath, join(root, 'dist/node'));
  const pack = join(root, 'dist/landlock-run.cjs');
  const changed = readFileSync(pack, 'latin1').replaceAll('"--no-net"', '"--no-nex"');
  writeFileSync(pack, changed, 'latin1');
  // The control: under the mark of the old text the old code runs.
  const stale = await run(join(root, 'bin/landlock-run'), ECHO);
  assert.deepEqual([stale.code, stale.stdout, stale.stderr], [0, 'ran\n', '']);
  writeFileSync(pack, changed.replace(/\/\/[0-9a-f]{32}\n$/, `//${'0'.repeat(32)}\n`), 'latin1');
  const fresh = await run(join(root, 'bin/landlock-run'), ECHO);
  assert.deepEqual([fresh.code, fresh.stdout], [125, '']);
  assert.match(fresh.stderr, /^landlock-run: [^\n]*--no-net[^\n]*\n$/);
});

test('a code cache that cannot be read is none', async (t) => {
  const root = install(t, 'app');
  symlinkSync(process.execPath, join(root, 'dist/node'));
  const cache = join(root, 'dist/cache', `${process.versions.v8}-${process.arch}`, 'landlock-run.cjs');
  rmSync(cache);
  mkdirSync(cache);
  const result = await run(join(root, 'bin/landlock-run'), ECHO);
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
});

test('started set-user-ID it is 125', async (t) => {
  if (!requireCapability(t, 'CAP_SETUID')) return;
  const root = install(t, 'app');
  symlinkSync(process.execPath, join(root, 'dist/node'));
  const script = 'chmod 4755 "$1" && exec setpriv --reuid 65534 --clear-groups "$@"';
  const result = await run('sh', ['-c', script, 'sh', join(root, 'bin/landlock-run'), ...ECHO]);
  if (result.stdout === 'ran\n') {
    assert.match(readFileSync('/proc/self/status', 'utf8'), /^NoNewPrivs:\s*1$/m);
    return t.skip('set-user-ID bits have no effect with no_new_privs');
  }
  assert.deepEqual([result.code, result.stdout], [125, '']);
  assert.match(result.stderr, /^landlock-run: refused: this program was started with privileges/);
});

test('where the kernel takes the call but not Node with the marks, it is 125, not a crash', async () => {
  const search = `
    for ((i = 0; i < 3000; i++)); do export "V$i="; done
    block=$(printf '%0100000d' 0)
    call() {
      local words=() left=$2
      for ((; left > 100000; left -= 100000)); do words+=("$block"); done
      words+=("\${block:0:left}")
      "$1" --no-net -- true "\${words[@]}" 2>&1 >/dev/null
    }
    ulimit -S -s 8192
    low=0 high=8000000
    while ((high - low > 1000)); do
      middle=$(((low + high) / 2))
      call "$0" "$middle" >/dev/null
      if [ $? = 126 ]; then high=$middle; else low=$middle; fi
    done
    call "$0" "$low"
    echo "$?"
    call "$0" 1000
    echo "$?"`;
  const result = await run('bash', ['-c', search, cliPath], { emptyEnv: true });
  assert.match(result.stdout, /^landlock-run: cannot execute Node "[^"]+": E2BIG [^\n]+\n125\n0\n$/);
});

test('the longest entry of the environment that passes is a byte shorter than that of the kernel', async () => {
  const script = 'V=$(printf "%0$1d" 0) && export V && exec "$0" --no-net -- true';
  const start = (size: number): Promise<RunResult> => run('bash', ['-c', script, cliPath, String(size - 'V='.length)]);
  const most = await start(131_070);
  assert.deepEqual([most.code, most.stderr], [0, '']);
  const more = await start(131_071);
  assert.equal(more.code, 125);
  assert.match(more.stderr, /^landlock-run: cannot execute Node "[^"]+": E2BIG [^\n]+\n$/);
});

test('the plain Node script does the same without the front', async () => {
  const result = await run(process.execPath, [projectFile('bin/plain-node.cjs'), ...ECHO]);
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
});
