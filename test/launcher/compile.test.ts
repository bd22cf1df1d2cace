/** --compile: a file that applies exactly one policy, or ends with 125 before anything runs. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bytesOfText } from '../../src/base/bytes.ts';
import { Refusal } from '../../src/diagnostics/diagnostic.ts';
import { flagOrigin } from '../../src/diagnostics/origin.ts';
import { readCompiled } from '../../src/host/launcher/read-compiled.ts';
import { compileC } from '../support/compile-c.ts';
import { fakeKernel, sandboxOn } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import { type RunResult, run, type Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { requireCapability } from '../support/who.ts';

const DAMAGED = /^landlock-run: this program is damaged, nothing was opened and nothing ran \([^)]+\); [^\n]+\n$/;
const templatePath = projectFile(`dist/launcher/${process.arch}/template`);

async function compile(path: string, options: readonly Word[], cwd = '/'): Promise<string> {
  const made = await sandbox([...options, '--compile', path], { cwd });
  assert.deepEqual([made.code, made.stdout, made.stderr], [0, '', '']);
  return path;
}

function variant(path: string, change: (bytes: Buffer) => Buffer): string {
  const bytes = change(readFileSync(path));
  writeFileSync(`${path}-variant`, bytes);
  chmodSync(`${path}-variant`, 0o755);
  return `${path}-variant`;
}

const execve = compileC('execve', ['test/launcher/execve.c']);

/** A damaged file, started by the kernel and by nobody else, in a directory of its own. */
function start(path: string): Promise<RunResult> {
  return run(execve, [path, 'echo', 'ran'], { cwd: dirname(path) });
}

const planOffset = (): number => Math.ceil(readFileSync(templatePath).length / 16) * 16;

function plain(t: TestContext): Promise<string> {
  return compile(join(fixture(t), 'launcher'), ['--ro', '/usr']);
}

test('a launcher does what the options said, and nothing else', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { 'proj/a': 'inside\n', 'sibling/b': 'outside\n' });
  const path = await compile(join(root, 'launcher'), ['--rw', 'proj', '--env', 'NEW=1'], root);
  const result = await run(path, ['sh', '-c', 'cat proj/a; echo $NEW; echo x > proj/c; cat sibling/b'], { cwd: root });
  assert.deepEqual([result.code, result.stdout], [1, 'inside\n1\n']);
  assert.match(result.stderr, /^cat: sibling\/b: Permission denied\n$/);
  assert.ok(existsSync(join(root, 'proj/c')));
});

test('it has mode 0755 whatever the umask, and nothing is left beside it', async (t) => {
  const root = fixture(t);
  const made = await run(
    'bash',
    ['-c', 'umask 077; "$@"', 'bash', projectFile('bin/landlock-run'), '--no-net', '--compile', 'x'],
    { cwd: root },
  );
  assert.equal(made.code, 0, made.stderr);
  assert.equal(statSync(join(root, 'x')).mode & 0o7777, 0o755);
  assert.deepEqual(readdirSync(root), ['x']);
});

test('relative paths, variables and the policy file are settled when it is compiled', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { 'proj/a': 'x', 'policy.yaml': 'version: 1\nfs:\n  ro: ["${PROJ}"]\n' });
  const path = join(root, 'launcher');
  const made = await sandbox(['--policy', 'policy.yaml', '--compile', path], {
    cwd: root,
    env: { PROJ: join(root, 'proj') },
  });
  assert.deepEqual([made.code, made.stderr], [0, '']);
  writeFileSync(join(root, 'policy.yaml'), 'nonsense');
  const result = await run(path, ['cat', join(root, 'proj/a')], { cwd: '/', env: { PROJ: '/nonexistent' } });
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'x', '']);
});

test('links are followed when it runs, in a grant with write too', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { '1/a': 'one', '2/a': 'two', current: { link: '1' } });
  const path = await compile(join(root, 'launcher'), ['--rw', 'current'], root);
  const read = (): Promise<RunResult> => run(path, ['sh', '-c', 'cat current/a && echo >>current/a'], { cwd: root });
  assert.deepEqual([(await read()).code, (await read()).stdout], [0, 'one\n']);
  rmSync(join(root, 'current'));
  symlinkSync('2', join(root, 'current'));
  const pointed = await read();
  assert.deepEqual([pointed.code, pointed.stdout, pointed.stderr], [0, 'two', '']);
});

test('every word is COMMAND, but for one leading --', async (t) => {
  if (!requireAbi(t, 3)) return;
  const path = await plain(t);
  const words = ['printf', '<%s>', '--', '--help', '-x'];
  assert.equal((await run(path, words)).stdout, '<--><--help><-x>');
  assert.equal((await run(path, ['--', ...words])).stdout, '<--><--help><-x>');
  const twice = await run(path, ['--', '--', 'true']);
  assert.deepEqual([twice.code, twice.stderr.split(';')[0]], [127, 'landlock-run: cannot find the command "--"']);
  const option = await run(path, ['--no-net', 'true']);
  assert.equal(option.code, 127);
});

test('without COMMAND it is 125, told as the plan says', async (t) => {
  const root = fixture(t);
  for (const words of [[], ['--']]) {
    const text = await run(await compile(join(root, 'text'), ['--no-net']), words);
    assert.deepEqual([text.code, text.stdout], [125, '']);
    assert.match(text.stderr, /^landlock-run: there is no command to run; [^\n]+\n$/);
    const json = await run(await compile(join(root, 'json'), ['--no-net', '--json']), words);
    assert.equal(JSON.parse(json.stderr).code, 'launcher-command-missing');
  }
});

test('no variable and no missing /proc changes what it does', async (t) => {
  if (!requireCapability(t, 'CAP_SYS_ADMIN') || !requireAbi(t, 3)) return;
  const root = fixture(t, { file: 'x', 'sibling/b': 'y' });
  const path = await compile(join(root, 'launcher'), ['--ro', join(root, 'file')]);
  const script = 'mount -t tmpfs none /proc 2>/dev/null || exit 77; exec "$@"';
  const words = ['--mount', 'sh', '-c', script, 'sh', path, 'cat', join(root, 'file'), join(root, 'sibling/b')];
  const result = await run('unshare', words, { env: { LANDLOCK_RUN: '1', NODE_OPTIONS: '--x', LD_DEBUG: '' } });
  if (result.code === 77) return t.skip('mounts are not allowed here');
  assert.deepEqual([result.code, result.stdout], [1, 'x']);
});

test('a launcher cut off anywhere behind its first page is 125 with one line', async (t) => {
  const path = await plain(t);
  const size = statSync(path).size;
  const cuts = [
    1024,
    4096,
    4097,
    8192,
    30000,
    planOffset() - 1,
    planOffset(),
    planOffset() + 24,
    size - 4096,
    size - 9,
    size - 1,
  ];
  for (const cut of cuts) {
    const result = await start(variant(path, (bytes) => bytes.subarray(0, cut)));
    assert.deepEqual([result.code, result.stdout], [125, ''], `${cut} of ${size} bytes`);
    assert.match(result.stderr, DAMAGED);
  }
});

test('a launcher shorter than that is not started by the kernel, or dies', async (t) => {
  const path = await plain(t);
  for (const cut of [1, 64, 200, 300]) {
    const result = await start(variant(path, (bytes) => bytes.subarray(0, cut)));
    assert.notEqual(result.code, 0, `${cut} bytes`);
    assert.equal(result.stdout, '');
  }
});

test('a changed byte is 125 with one line, wherever it is in the plan, and in what is loaded of the code', async (t) => {
  const path = await plain(t);
  const size = statSync(path).size;
  const data = readFileSync(path);
  // Strings of the messages lie in the code segment: a change there breaks no instruction.
  const inMessages = data.indexOf('another version of the format');
  assert.ok(inMessages > 0);
  const places = [
    inMessages,
    ...Array.from({ length: 40 }, (_, step) => planOffset() + Math.floor((step * (size - planOffset())) / 40)),
  ];
  for (const place of places) {
    const changed = variant(path, (bytes) => {
      bytes[place] = (bytes[place] ?? 0) ^ 1;
      return bytes;
    });
    const result = await start(changed);
    assert.deepEqual([result.code, result.stdout], [125, ''], `byte ${place} of ${size}`);
    assert.match(result.stderr, DAMAGED);
  }
});

test('changed headers never start COMMAND', async (t) => {
  const path = await plain(t);
  for (let place = 16; place < 64 + 4 * 56; place++) {
    const changed = variant(path, (bytes) => {
      bytes[place] = (bytes[place] ?? 0) ^ 4;
      return bytes;
    });
    const result = await start(changed);
    assert.equal(result.stdout, '', `byte ${place}`);
    assert.notEqual(result.code, 0, `byte ${place}`);
  }
});

test('the template alone carries no policy: 125', async () => {
  const result = await run(templatePath, ['echo', 'ran']);
  assert.deepEqual([result.code, result.stdout], [125, '']);
  assert.match(result.stderr, /^landlock-run: this program carries no policy; [^\n]+\n$/);
});

test('bytes behind the plan are not covered, and not read', async (t) => {
  if (!requireAbi(t, 3)) return;
  const longer = variant(await plain(t), (bytes) => Buffer.concat([bytes, Buffer.alloc(10, 0xff)]));
  assert.equal((await run(longer, ['echo', 'ran'])).stdout, 'ran\n');
});

test('started set-user-ID it is 125', async (t) => {
  if (!requireCapability(t, 'CAP_SETUID')) return;
  const path = await plain(t);
  const script =
    'cp "$1" "$1-suid" && chmod 4755 "$1-suid" && exec setpriv --reuid 65534 --clear-groups "$1-suid" echo ran';
  const result = await run('sh', ['-c', script, 'sh', path]);
  if (result.stdout === 'ran\n') {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    assert.match(mounts, /nosuid/);
    return t.skip('set-user-ID bits have no effect here');
  }
  assert.deepEqual([result.code, result.stdout], [125, '']);
  assert.match(
    result.stderr,
    /^landlock-run: refused: this program was started with privileges that its caller lacks; [^\n]+\n$/,
  );
});

test('it refuses a COMMAND, a second file, --add-command, and what is not an ordinary file', async (t) => {
  const root = fixture(t, { 'there/x': '' });
  const refused = async (words: readonly Word[]): Promise<string> => {
    const result = await sandbox(words, { cwd: root });
    assert.deepEqual([result.code, result.stdout], [125, '']);
    return result.stderr;
  };
  assert.match(await refused(['--no-net', '--compile', 'out', '--', 'true']), /--compile takes no COMMAND/);
  assert.match(await refused(['--no-net', '--compile', 'out', '--compile', 'other']), /one launcher/);
  assert.match(await refused(['--ro', '/', '--add-command', '--compile', 'out']), /--add-command/);
  assert.match(await refused(['--no-net', '--compile', 'there']), /no ordinary file/);
  assert.match(await refused(['--no-net', '--compile', '/dev/null']), /no ordinary file/);
  assert.match(
    await refused(['--no-net', '--compile', 'missing/out']),
    /cannot write the launcher "\/[^"]*missing\/out": ENOENT/,
  );
  assert.match(await refused(['--compile', 'out']), /restricts nothing/);
  assert.deepEqual(readdirSync(root), ['there']);
});

test('a link to what is no file is not replaced, nor is any below /dev or /proc', async (t) => {
  const root = fixture(t, { dir: { directory: true }, file: 'kept', todir: { link: 'dir' } });
  for (const [name, target] of [
    ['todevice', '/dev/null'],
    ['tofile', 'file'],
    ['tonothing', 'nothing'],
  ] as const)
    symlinkSync(target, join(root, name));
  const links = ['todir', 'todevice', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1', '/proc/self/exe'];
  for (const link of links) {
    const { code, stderr } = await sandbox(['--json', '--no-net', '--compile', link], { cwd: root });
    assert.equal(code, 125, link);
    assert.equal((JSON.parse(stderr) as { code: string }).code, 'compiled-not-file', link);
  }
  // The control: links to a file and to nothing give way.
  for (const link of ['tofile', 'tonothing'])
    assert.ok(lstatSync(await compile(join(root, link), ['--no-net'])).isFile());
  assert.equal(readFileSync(join(root, 'file'), 'utf8'), 'kept');
  assert.ok(!existsSync(join(root, 'nothing')));
});

test('root does not replace /dev/stdout where it is a link to a file', async (t) => {
  if (!requireCapability(t, 'CAP_SYS_ADMIN')) return;
  const out = join(fixture(t), 'out');
  const script =
    'mount -t tmpfs none /dev && ln -s /proc/self/fd/1 /dev/stdout && : >/dev/null || exit 77; "$@" >"$OUT"; echo $?; test -L /dev/stdout; echo $?';
  const words = ['--mount', 'sh', '-c', script, 'sh', projectFile('bin/landlock-run'), '--no-net'];
  const result = await run('unshare', [...words, '--compile', '/dev/stdout'], { env: { OUT: out } });
  if (result.code === 77) return t.skip('mounts are not allowed here');
  assert.equal(result.stdout, '125\n0\n', result.stderr);
});

test('a slash at the end of OUT names a directory: nothing is written', async (t) => {
  const root = fixture(t);
  for (const out of ['new/', 'new/.', 'new//', './new/./']) {
    const { code, stderr } = await sandbox(['--no-net', '--compile', out], { cwd: root });
    assert.equal(code, 125);
    assert.match(
      stderr,
      /^landlock-run: --compile: cannot write the launcher "[^"]+": EISDIR; name a file in it[^\n]*\n$/,
    );
  }
  assert.deepEqual(readdirSync(root), []);
});

test('a name may be as long as the file system takes; one that is longer is told so', async (t) => {
  const root = fixture(t);
  await compile(join(root, 'n'.repeat(255)), ['--no-net']);
  assert.equal(readdirSync(root)[0]?.length, 255);
  const { code, stderr } = await sandbox(['--no-net', '--compile', join(root, 'n'.repeat(256))]);
  assert.equal(code, 125);
  assert.match(stderr, /ENAMETOOLONG; name a file with a shorter name\n$/);
});

test('where room or a limit is in the way, the remedy is about that', async (t) => {
  const out = join(fixture(t), 'out');
  const words = ['-c', 'ulimit -f 1; exec "$@"', 'bash', projectFile('bin/landlock-run'), '--no-net', '--compile', out];
  const { code, stderr } = await run('bash', words);
  assert.equal(code, 125);
  assert.match(stderr, /^landlock-run: --compile: cannot write the launcher "[^"]+": EFBIG; raise the limit [^\n]+\n$/);
  assert.ok(!existsSync(out));
});

test('a value that looks like a secret is written with a warning that names the variable and not the value', async (t) => {
  const root = fixture(t, { 'policy.yaml': 'version: 1\nenv:\n  set:\n    db_password: hush\n' });
  const out = join(root, 'out');
  const options = ['--json', '--no-net', '--env', 'API_KEY=hush', '--env', 'PLAIN=hush', '--policy', 'policy.yaml'];
  const { code, stderr } = await sandbox([...options, '--compile', 'out'], { cwd: root });
  assert.equal(code, 0);
  assert.doesNotMatch(stderr, /hush/);
  const told = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);
  assert.deepEqual(
    told.map((one) => [one['code'], one['level'], /value of "([^"]+)"/.exec(one['message'] ?? '')?.[1]]).sort(),
    [
      ['compiled-secret', 'warning', 'API_KEY'],
      ['compiled-secret', 'warning', 'db_password'],
    ],
  );
  assert.ok(readFileSync(out).includes('API_KEY=hush'));
  // The control: a variable that is handed on has no value in the file.
  await compile(out, ['--no-net', '--env', 'API_KEY', '--env', 'PLAIN=1']);
});

test('below a file nothing can be written: one line, with a stable code', async (t) => {
  const root = fixture(t, { file: '', 'data/kept': '' });
  const { code, stderr } = await sandbox(['--json', '--rw', 'data', '--compile', 'file/out'], { cwd: root });
  assert.equal(code, 125);
  assert.equal((JSON.parse(stderr) as { code: string }).code, 'compiled-unwritable');
});

test('a launcher that COMMAND could rewrite is written with a warning', async (t) => {
  const root = fixture(t);
  const result = await sandbox(['--rw', root, '--compile', join(root, 'out')]);
  assert.equal(result.code, 0);
  assert.match(result.stderr, /^landlock-run: --compile: COMMAND could rewrite the launcher [^\n]+\n$/);
});

test('a launcher that COMMAND could rewrite and that cannot be written is the refusal alone', async (t) => {
  const root = fixture(t, { 'in/there': { directory: true }, 'in/file': '' });
  for (const consent of [[], ['--allow-overlap']]) {
    for (const [out, code] of [
      ['there', 'compiled-not-file'],
      ['missing/launcher', 'compiled-unwritable'],
      ['file/launcher', 'compiled-unwritable'],
    ]) {
      const words = ['--json', ...consent, '--rw', `${root}/in`, '--compile', `${root}/in/${out}`];
      const { code: status, stdout, stderr } = await sandbox(words);
      assert.deepEqual([status, stdout], [125, '']);
      assert.match(stderr, /^[^\n]+\n$/);
      assert.equal((JSON.parse(stderr) as { code: string }).code, code);
    }
  }
  // The control: one that can be written has one line too, the warning.
  const { code, stderr } = await sandbox(['--allow-overlap', '--rw', `${root}/in`, '--compile', `${root}/in/launcher`]);
  assert.equal(code, 0);
  assert.match(stderr, /^landlock-run: --compile: COMMAND could rewrite the launcher [^\n]+\n$/);
});

test('a launcher that is running is replaced, not written into; a link is replaced, not followed', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { target: 'kept' });
  const path = await compile(join(root, 'launcher'), ['--ro', '/usr']);
  const running = run(path, ['sleep', '1']);
  await compile(path, ['--no-net']);
  assert.equal((await running).code, 0);
  symlinkSync('target', join(root, 'link'));
  await compile(join(root, 'link'), ['--no-net']);
  assert.equal(readFileSync(join(root, 'target'), 'utf8'), 'kept');
});

test('OUT keeps bytes that are not UTF-8', async (t) => {
  const root = fixture(t);
  const odd = Buffer.from([0x6f, 0xff, 0xfe]);
  assert.equal((await sandbox(['--no-net', '--compile', odd], { cwd: root })).code, 0);
  assert.deepEqual(
    readdirSync(Buffer.from(root), 'buffer').map((name) => name.toString('hex')),
    ['6ffffe'],
  );
});

test('the same policy gives the same bytes', async (t) => {
  const root = fixture(t);
  await compile(join(root, 'a'), ['--ro', '/usr', '--net-connect', '443']);
  const first = readFileSync(join(root, 'a'));
  await compile(join(root, 'a'), ['--ro', '/usr', '--net-connect', '443']);
  assert.deepEqual(readFileSync(join(root, 'a')), first);
});

test("a descriptor that the caller has not open is missing: none of the launcher's own is meant", async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'in/file': 'x' });
  const directory = openSync(join(root, 'in'), 'r');
  t.after(() => closeSync(directory));
  for (const number of [3, 4, 5, 6]) {
    const path = `/dev/fd/${number}`;
    const launcher = await compile(join(root, `of-${number}`), ['--require-paths', '--ro', path]);
    const closed = await run(launcher, ['true']);
    assert.equal(closed.code, 125);
    assert.match(closed.stderr, new RegExp(`"${path}" \\(the caller has no such descriptor open\\)`));
    const fds = [3, 4, 5, 6].map((one) => (one === number ? directory : null));
    const open = await run(launcher, ['cat', join(root, 'in/file')], { fds });
    assert.deepEqual([open.code, open.stdout, open.stderr], [0, 'x', '']);
  }
});

test('on a kernel that lacks what it needs it is 125, and names --explain --compiled', async (t) => {
  if (!requireAbi(t, 4)) return;
  const path = await compile(join(fixture(t), 'launcher'), ['--net-connect', '443']);
  const result = await run(path, ['echo', 'ran'], { under: fakeKernel(3) });
  assert.deepEqual([result.code, result.stdout], [125, '']);
  const lines = result.stderr.trimEnd().split('\n');
  assert.ok(
    lines.some((line) => line.endsWith(`see landlock-run --explain --compiled ${path}`)),
    result.stderr,
  );
  const tool = await sandboxOn(3, ['--net-connect', '443', '--', 'echo', 'ran']);
  assert.equal(tool.code, 125);
});

const ORIGIN = flagOrigin('--compiled');
function codeOf(path: string): string {
  try {
    readCompiled(bytesOfText(path), ORIGIN);
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostic.code;
    throw error;
  }
  return 'read';
}

test('the plan is read back out of a launcher, and nothing out of anything else', async (t) => {
  const root = fixture(t, { text: 'text', empty: '' });
  const path = await compile(join(root, 'launcher'), ['--ro', '/usr']);
  const { plan, architecture } = readCompiled(bytesOfText(path), ORIGIN);
  assert.equal(architecture, process.arch);
  const bytes = Buffer.from(plan);
  assert.equal(bytes.toString('latin1', 0, 8), 'LLRPLAN\0');
  assert.equal(bytes.readUInt32LE(12), bytes.length);
  assert.ok(bytes.includes('/usr\0'));
  mkdirSync(join(root, 'directory'));
  const changed = (change: (data: Buffer) => Buffer): string => codeOf(variant(path, change));
  assert.equal(codeOf(join(root, 'text')), 'compiled-foreign');
  assert.equal(codeOf(join(root, 'empty')), 'compiled-foreign');
  assert.equal(codeOf(join(root, 'missing')), 'compiled-unreadable');
  assert.equal(codeOf(join(root, 'directory')), 'compiled-unreadable');
  assert.equal(codeOf(templatePath), 'compiled-foreign');
  assert.equal(codeOf(process.execPath), 'compiled-foreign');
  assert.equal(
    changed((data) => data.subarray(0, data.length - 8)),
    'compiled-foreign',
  );
  assert.equal(
    changed((data) => Buffer.concat([data, Buffer.alloc(8)])),
    'compiled-damaged',
  );
  const flip = (at: number) => (data: Buffer) => {
    data[at] = (data[at] ?? 0) ^ 1;
    return data;
  };
  assert.equal(changed(flip(planOffset() + 100)), 'compiled-damaged');
  assert.equal(changed(flip(5000)), 'compiled-damaged');
});
