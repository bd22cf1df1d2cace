/** What people do around a command works around landlock-run and around a compiled launcher: signals, descriptors, pipelines, job control. */
import assert from 'node:assert/strict';
import { chmodSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath, projectFile } from '../support/paths.ts';
import { type RunOptions, type RunResult, run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

/** Two ways to run COMMAND under the same policy; each is words to put before it. */
async function ways(t: TestContext, options: readonly string[]): Promise<string[][]> {
  const path = join(fixture(t), 'launcher');
  const made = await sandbox([...options, '--compile', path]);
  assert.equal(made.code, 0, made.stderr);
  return [[cliPath, ...options, '--'], [path]];
}

/** Runs a script of bash, in which "$@" is the way. */
function bash(script: string, way: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return run('bash', ['--norc', '--noprofile', '-c', script, 'bash', ...way], options);
}

test('nohup: COMMAND survives the hang-up', async (t) => {
  if (!requireAbi(t, 3)) return;
  for (const way of await ways(t, ['--ro', '/'])) {
    const script = 'nohup "$@" sh -c \'kill -HUP $$; echo survived\' 2>/dev/null </dev/null | cat';
    assert.equal((await bash(script, way)).stdout, 'survived\n');
  }
});

test('an interrupt that the caller ignores is ignored by COMMAND, one that it does not ignore is not', async (t) => {
  if (!requireAbi(t, 3)) return;
  for (const way of await ways(t, ['--ro', '/'])) {
    const ask = "grep -E '^Sig(Ign|Blk)' /proc/self/status";
    const state = await run(way[0] ?? '', [...way.slice(1), 'sh', '-c', ask], {
      ignoredSignals: [2],
      blockedSignals: [12],
    });
    const plain = await run('sh', ['-c', ask], { ignoredSignals: [2], blockedSignals: [12] });
    assert.equal(state.stdout, plain.stdout);
    const killed = await run(way[0] ?? '', [...way.slice(1), 'sh', '-c', 'kill -INT $$; echo survived']);
    assert.deepEqual([killed.signal, killed.stdout], ['SIGINT', '']);
  }
});

test('yes | head: a writer without readers dies of SIGPIPE', async (t) => {
  if (!requireAbi(t, 3)) return;
  for (const way of await ways(t, ['--ro', '/'])) {
    const result = await bash('"$@" yes | head -1; echo ${PIPESTATUS[*]}', way);
    assert.deepEqual([result.stdout, result.stderr], ['y\n141 0\n', '']);
  }
});

test('timeout -s INT: the signal reaches COMMAND, which is the process that timeout started', async (t) => {
  if (!requireAbi(t, 3)) return;
  const trap = 'trap "echo interrupted; exit 3" INT; echo ready >&2; while :; do sleep 0.05; done';
  const script = `timeout --preserve-status -s INT 4 "$@" bash -c '${trap}'`;
  for (const result of await Promise.all((await ways(t, ['--ro', '/'])).map((way) => bash(script, way)))) {
    assert.deepEqual([result.code, result.stdout, result.stderr], [3, 'interrupted\n', 'ready\n']);
  }
});

test("make's job server: kept by its numbers, it is used; lost, make says so itself", async (t) => {
  if (!requireAbi(t, 3)) return;
  if ((await run('make', ['--version'])).code !== 0) return t.skip('make is missing');
  const makefile = 'all:\n\t@$(WAY) $(MAKE) --no-print-directory -f inner\n';
  const inner = 'all: a b c\na b c:\n\t@echo $@\n';
  const root = fixture(t, { Makefile: makefile, inner });
  // bash opens the pipe of the job server on 3 and 4, as make up to 4.3 does.
  for (const way of await ways(t, ['--rw', root, '--keep-fd', '3', '--keep-fd', '4'])) {
    const result = await run('make', ['-j3', `WAY=+${way.join(' ')}`], { cwd: root });
    assert.deepEqual([result.code, result.stdout.split('\n').sort().join('')], [0, 'abc'], result.stderr);
    assert.doesNotMatch(result.stderr, /jobserver/);
  }
  for (const way of await ways(t, ['--rw', root])) {
    const result = await run('make', ['-j3', `WAY=+${way.join(' ')}`], { cwd: root });
    assert.equal(result.code, 0);
    assert.match(result.stderr, /jobserver/);
  }
});

/** The script of the cookbook, where landlock-run is in PATH. */
function cookbookMake(root: string): RunOptions {
  const script = /```sh\n(#!\/bin\/sh\njobs=[\s\S]*?)```/.exec(
    readFileSync(projectFile('docs/cookbook.md'), 'utf8'),
  )?.[1];
  writeFileSync(join(root, 'contained-make'), script ?? '');
  chmodSync(join(root, 'contained-make'), 0o755);
  return { cwd: root, env: { PATH: `${dirname(cliPath)}:${process.env['PATH']}` } };
}

test("the cookbook's contained-make has the outer make's job server, by numbers or as a fifo", async (t) => {
  if (!requireAbi(t, 3)) return;
  if ((await run('make', ['--version'])).code !== 0) return t.skip('make is missing');
  const inner = 'all: a b c\na b c:\n\t@echo $@\n';
  const root = fixture(t, { Makefile: 'all:\n\t@+./contained-make --no-print-directory -f inner\n', inner });
  const options = cookbookMake(root);
  const words = ['-j3', '--no-print-directory'];
  // make 4.4 has both styles and says so in its help; make 4.3 knows numbers only.
  const styles = /jobserver-style/.test((await run('make', ['--help'])).stdout) ? ['pipe', 'fifo'] : [undefined];
  for (const style of styles) {
    const result = await run('make', style === undefined ? words : [...words, `--jobserver-style=${style}`], options);
    assert.deepEqual([result.code, result.stdout.split('\n').sort().join('')], [0, 'abc'], result.stderr);
    assert.equal(result.stderr, '', style);
  }
});

test("the cookbook's contained-make grants the fifo of a job server, and no other", async (t) => {
  if (!requireAbi(t, 3)) return;
  const outside = fixture(t);
  const root = fixture(t, { bin: { directory: true }, Makefile: '' });
  const { cwd, env } = cookbookMake(root);
  // Stands in for a make that knows fifos: takes a token and gives it back.
  writeFileSync(
    join(root, 'bin/make'),
    '#!/bin/sh\nexec 3<>"$1" && echo + >&3 && read -r token <&3 && echo "$token"\n',
  );
  chmodSync(join(root, 'bin/make'), 0o755);
  const [given, other] = [join(outside, 'given'), join(outside, 'other')];
  assert.equal((await run('mkfifo', [given, other])).code, 0);
  const inner = { ...env, PATH: `${root}/bin:${env?.['PATH']}`, MAKEFLAGS: ` -j3 --jobserver-auth=fifo:${given}` };
  const make = (fifo: string): Promise<RunResult> => run('./contained-make', [fifo], { cwd: cwd ?? '/', env: inner });
  assert.deepEqual([(await make(given)).stdout, (await make(given)).stderr], ['+\n', '']);
  const denied = await make(other);
  assert.notEqual(denied.code, 0);
  assert.match(denied.stderr, /Permission denied/);
});

test('--keep-fd args keeps pipes only: what it closes is advised by its number', async (t) => {
  if (!requireAbi(t, 3)) return;
  for (const way of await ways(t, ['--ro', '/', '--keep-fd', 'args'])) {
    const result = await bash('exec 15</etc/passwd; "$@" test /dev/fd/15', way);
    assert.match(
      result.stderr,
      /^[^\n]*"\/dev\/fd\/15"; keep it by its number, or where it is a pipe with --keep-fd args/,
    );
  }
});

test('diff <(...) <(...): pipes that a word names are kept by --keep-fd args', async (t) => {
  if (!requireAbi(t, 3)) return;
  for (const way of await ways(t, ['--ro', '/usr', '--keep-fd', 'args'])) {
    const result = await bash('"$@" diff <(echo a; echo b) <(echo a; echo c)', way);
    assert.deepEqual([result.code, result.stdout, result.stderr], [1, '2c2\n< b\n---\n> c\n', '']);
  }
  for (const way of await ways(t, ['--ro', '/usr'])) {
    const result = await bash('"$@" diff <(echo a) <(echo a)', way);
    assert.equal(result.code, 2);
    assert.match(result.stderr, /^landlock-run: the command names a descriptor that it does not inherit /);
  }
});

test('socket activation: --keep-fd listen hands over LISTEN_FDS and its descriptors, with the same process id', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { first: 'first', second: 'second', third: 'third' });
  const show =
    'echo $LISTEN_FDS $LISTEN_FDNAMES $((LISTEN_PID == $$)); cat <&3; cat <&4; ls /proc/self/fd | wc -l; cat <&5';
  const activate = 'export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b; exec "$@"';
  for (const way of await ways(t, ['--ro', '/', '--keep-fd', 'listen'])) {
    const fds = ['first', 'second', 'third'].map((name) => openSync(join(root, name), 'r'));
    const result = await bash(activate, [...way, 'bash', '-c', show], { fds });
    for (const fd of fds) closeSync(fd);
    assert.equal(result.stdout, '2 a:b 1\nfirstsecond6\n');
    assert.match(result.stderr, /5: Bad file descriptor/);
  }
  for (const way of await ways(t, ['--ro', '/'])) {
    const result = await bash(activate, [...way, 'sh', '-c', 'echo "<$LISTEN_FDS$LISTEN_PID>"']);
    assert.equal(result.stdout, '<>\n');
  }
});

test('closed standard descriptors are closed for COMMAND', async (t) => {
  if (!requireAbi(t, 3)) return;
  for (const way of await ways(t, ['--ro', '/'])) {
    for (const [closing, expected] of [
      ['<&-', '1 2'],
      ['<&- 2>&-', '1'],
    ]) {
      const script = `"$@" bash -c 'for n in 0 1 2; do [ -e /proc/$$/fd/$n ] && printf "%s " $n; done; true' ${closing}`;
      assert.equal((await bash(script, way)).stdout.trim(), expected);
    }
    const mute = await bash('"$@" true >&- 2>&- <&-; echo $?', way);
    assert.equal(mute.stdout, '0\n');
  }
});

test('job control: COMMAND stops, and goes on in the foreground', async (t) => {
  if (!requireAbi(t, 3)) return;
  for (const way of await ways(t, ['--ro', '/'])) {
    const script =
      'set -m; "$@" sh -c \'kill -STOP $$; echo went on\'; echo "stopped $(($? > 128))"; fg >/dev/null; echo "ended $?"';
    const result = await bash(script, way);
    assert.deepEqual(result.stdout, 'stopped 1\nwent on\nended 0\n', result.stderr);
  }
});

test('in the background of a shell it is its own job, with the process id that the shell knows', async (t) => {
  if (!requireAbi(t, 3)) return;
  for (const way of await ways(t, ['--ro', '/'])) {
    const result = await bash('"$@" sh -c \'echo $$\' & wait $!; echo $!', way);
    const [inside, outside] = result.stdout.trim().split('\n');
    assert.equal(inside, outside);
  }
});

test("exit status and death by signal are COMMAND's own", async (t) => {
  if (!requireAbi(t, 3)) return;
  for (const way of await ways(t, ['--ro', '/'])) {
    const [program = '', ...words] = way;
    for (const status of [0, 1, 42, 125, 255])
      assert.equal((await run(program, [...words, 'sh', '-c', `exit ${status}`])).code, status);
    assert.equal((await run(program, [...words, 'sh', '-c', 'kill -KILL $$'])).signal, 'SIGKILL');
    assert.equal((await run(program, [...words, 'sh', '-c', 'kill -XFSZ $$'])).signal, 'SIGXFSZ');
  }
});

test('O_NONBLOCK of a shared terminal or pipe stays as the caller had it', async (t) => {
  if (!requireAbi(t, 3)) return;
  const flags = 'grep flags /proc/self/fdinfo/1';
  for (const way of await ways(t, ['--ro', '/'])) {
    const before = await bash(`(${flags} >&2) 2>&1 | cat; { "$@" sh -c '${flags}' ; ${flags}; } | cat`, way);
    const shown = before.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/)[1]);
    assert.deepEqual(new Set(shown).size, 1, before.stdout);
  }
});
