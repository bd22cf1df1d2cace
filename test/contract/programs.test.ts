/** Contract, section 1: ordinary programs work as written under --rw DIR, in a DIR that no profile grants. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import type { RunOptions } from '../support/run.ts';
import { sandbox, shell } from '../support/sandbox.ts';

/** Skips a test whose programs are missing, saying which. Out: true if it can go on. */
function requirePrograms(t: TestContext, ...names: readonly string[]): boolean {
  if (!requireAbi(t, 3)) return false;
  const missing = names.find((name) => spawnSync(name, ['--version']).status !== 0);
  if (missing !== undefined) t.skip(`${missing} is missing, or does not start`);
  return missing === undefined;
}

/** Runs a bash script under `--rw .` and asserts that it did well, silently. Out: what it printed. */
async function works(
  script: string,
  cwd: string,
  words: readonly string[] = [],
  options: RunOptions = {},
): Promise<string> {
  const result = await shell(['--rw', '.', ...words], `set -e; ${script}`, [], { cwd, ...options });
  assert.deepEqual([result.code, result.stderr], [0, ''], result.stdout);
  return result.stdout;
}

describe('under --rw DIR works', () => {
  test('bash: loops, pipes, substitutions, files, jobs', async (t) => {
    if (!requirePrograms(t, 'bash')) return;
    const script =
      'for i in 1 2 3; do echo $i; done >a; sort -r a | tee b | paste -sd, ; diff <(cat a) <(sort b); (sleep 0; echo job) & wait';
    assert.equal(await works(script, fixture(t)), '3,2,1\njob\n');
  });

  test('coreutils: make, copy, move, link, remove, change', async (t) => {
    if (!requirePrograms(t, 'ls')) return;
    const script = `mkdir -p a/b; echo x >a/f; cp -a a c; mv c/f c/b/g; ln -s ../f a/b/l; ln a/f a/h; touch -d 2001-01-01 a/f
      chmod 700 a; truncate -s 0 c/b/g; dd if=/dev/zero of=z bs=1k count=4 status=none; stat -c %s z; mkfifo p; rm -r a p; find . | sort; id -un >/dev/null; date >/dev/null`;
    assert.equal(await works(script, fixture(t)), '4096\n.\n./c\n./c/b\n./c/b/g\n./z\n');
  });

  test('tar, gzip, sed, awk, grep and xargs', async (t) => {
    if (!requirePrograms(t, 'tar', 'sed', 'grep')) return;
    const script = `mkdir d; seq 5 >d/n; tar czf d.tgz d; rm -r d; tar xzf d.tgz; sed -i s/5/five/ d/n; grep -rl five . | xargs awk 'END { print NR, $0 }'`;
    assert.equal(await works(script, fixture(t)), '5 five\n');
  });

  test('python3, with modules, a subprocess and a bytecode cache', async (t) => {
    if (!requirePrograms(t, '/usr/bin/python3')) return;
    const cwd = fixture(t, {
      'm.py':
        'import subprocess, json, ssl, sqlite3, threading\ndef f(): return subprocess.check_output(["echo", "sub"]).decode()\n',
    });
    const script = `/usr/bin/python3 -c 'import m, sqlite3; sqlite3.connect("x.db").execute("create table t (a)"); print(m.f(), end="")'; ls`;
    const env = { PYTHONDONTWRITEBYTECODE: undefined, PYTHONPATH: undefined, PYTHONPYCACHEPREFIX: undefined };
    assert.equal(await works(script, cwd, [], { env }), 'sub\n__pycache__\nm.py\nx.db\n');
  });

  test('node, with modules, files, a child process and a worker', async (t) => {
    if (!requirePrograms(t, 'node')) return;
    const program = `const { execSync } = require('node:child_process'); const fs = require('node:fs'); fs.writeFileSync('w', 'x');
      new (require('node:worker_threads').Worker)('require("node:worker_threads").parentPort.postMessage(require("node:crypto").randomUUID().length)', { eval: true })
        .on('message', (length) => console.log(length, String(execSync('cat w'))));`;
    const env = { NODE_OPTIONS: undefined };
    assert.equal(await works('node m.js', fixture(t, { 'm.js': program }), [], { env }), '36 x\n');
  });

  test('npm: --version, and init -y with its cache inside', async (t) => {
    if (!requirePrograms(t, 'npm')) return;
    const root = fixture(t, { 'proj/x': '' });
    const cwd = join(root, 'proj');
    const env = {
      npm_config_cache: join(cwd, '.npm'),
      npm_config_update_notifier: 'false',
      HOME: cwd,
      npm_config_loglevel: 'error',
    };
    const printed = await works(
      'npm --version; npm init -y >/dev/null; node -p "require(\'./package.json\').name"',
      cwd,
      [],
      { env },
    );
    assert.match(printed, /^\d+\.\d+\.\d+\nproj\n$/);
  });

  test('gcc and make, with --tmp for their temporary files; without it they fail', async (t) => {
    if (!requirePrograms(t, 'gcc', 'make')) return;
    const cwd = fixture(t, {
      'src/a.c': '#include <stdio.h>\nint b(void);\nint main(void) { printf("%d\\n", b()); }\n',
      'src/b.c': 'int b(void) { return 42; }\n',
      'src/Makefile': 'a: a.o b.o\n\t$(CC) -o $@ $^\n',
    });
    const env = { TMPDIR: undefined, TMP: undefined, TEMP: undefined, MAKEFLAGS: undefined, CC: undefined };
    assert.match(await works('cd src; make -s -j2 CC=gcc; ./a', cwd, ['--tmp', 'tmp'], { env }), /^42\n$/);
    const without = await shell(['--rw', '.'], 'cd src; make -s clean a CC=gcc 2>&1; touch a.c; make -s CC=gcc', [], {
      cwd,
      env,
    });
    assert.notEqual(without.code, 0);
    assert.match(`${without.stdout}${without.stderr}`, /temporary/i);
  });
});

describe('git', () => {
  const SCRIPT = `git init -q -b main .; echo x >f; git add f; git commit -qm one; git mv f g; git commit -qam two
    git branch side; git log --format=%s; git status --short; git diff HEAD~1 --stat | tail -n 1; git gc -q; git stash list; git worktree add -q w side; cat w/g`;
  const AUTHOR = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  const PRINTED = 'two\none\n 1 file changed, 0 insertions(+), 0 deletions(-)\nx\n';

  test('works under --rw DIR where the home directory has no settings', async (t) => {
    if (!requirePrograms(t, 'git')) return;
    const root = fixture(t, { 'home/x': '', 'repo/.keep': '' });
    const script = SCRIPT.replace('git add f', 'echo .keep >.git/info/exclude; git add f');
    const printed = await works(script, join(root, 'repo'), [], {
      env: { ...AUTHOR, HOME: join(root, 'home'), XDG_CONFIG_HOME: undefined },
    });
    assert.equal(printed, PRINTED);
  });

  test('is fatal where the home directory has settings, and works with --profile git, which reads them', async (t) => {
    if (!requirePrograms(t, 'git')) return;
    const root = fixture(t, {
      'home/.gitconfig': '[user]\n\tname = Somebody\n\temail = some@body\n',
      'home/.git-credentials': 'secret',
      'repo/.keep': '',
    });
    const options = { cwd: join(root, 'repo'), env: { HOME: join(root, 'home'), XDG_CONFIG_HOME: undefined } };
    const script = 'git init -q -b main . && echo x >f && git add f && git commit -qm one && git log --format=%an';
    const without = await shell(['--rw', '.'], script, [], options);
    assert.deepEqual([without.code, without.stdout], [128, '']);
    assert.match(without.stderr, /gitconfig.*Permission denied/);
    const result = await shell(['--rw', '.', '--profile', 'git'], script, [], options);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'Somebody\n', '']);
    const secret = await shell(['--rw', '.', '--profile', 'git'], 'cat ~/.git-credentials', [], options);
    assert.deepEqual([secret.code, secret.stdout], [1, '']);
  });
});

describe('curl', () => {
  /** Serves "hello" on loopback for as long as the test lasts. */
  async function serve(t: TestContext, server: Server): Promise<number> {
    server.listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  test('speaks plain HTTP to a port that is granted, and to no other', async (t) => {
    if (!requirePrograms(t, 'curl') || !requireAbi(t, 4)) return;
    const answer = () => createPlainServer((_request, response) => response.end('hello\n'));
    const [granted, other] = [await serve(t, answer()), await serve(t, answer())];
    const cwd = fixture(t);
    const words = ['--net-connect', `${granted}`];
    assert.equal(
      await works(`curl -sS --noproxy '*' -o body http://127.0.0.1:${granted}/; cat body`, cwd, words),
      'hello\n',
    );
    const denied = await shell(['--rw', '.', ...words], `curl -sS --noproxy '*' http://127.0.0.1:${other}/`, [], {
      cwd,
    });
    assert.deepEqual([denied.code, denied.stdout], [7, '']);
    const control = await shell(['--rw', '.'], `curl -sS --noproxy '*' http://127.0.0.1:${other}/`, [], { cwd });
    assert.deepEqual([control.code, control.stdout], [0, 'hello\n']);
  });

  test('finds localhost and speaks TLS, with a certificate in DIR and the settings of the system', async (t) => {
    if (!requirePrograms(t, 'curl') || !requireAbi(t, 4)) return;
    const cwd = fixture(t);
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    try {
      const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
      execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject], {
        cwd,
        stdio: 'pipe',
      });
    } catch (error) {
      return t.skip(`openssl makes no certificate: ${(error as Error).message.split('\n')[0]}`);
    }
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(cwd, name)));
    if (key === undefined || cert === undefined) throw new Error('no certificate');
    const port = await serve(
      t,
      createTlsServer({ key, cert }, (_request, response) => response.end('tls\n')),
    );
    const env = { SSL_CERT_FILE: undefined, SSL_CERT_DIR: undefined, CURL_CA_BUNDLE: undefined };
    const words = ['--net-connect', `${port}`];
    const request = `curl -4 -sS --noproxy '*' https://localhost:${port}/`;
    assert.equal(await works(`${request} --cacert cert.pem`, cwd, words, { env }), 'tls\n');
    const unknown = await shell(['--rw', '.', ...words], request, [], { cwd, env });
    assert.deepEqual(
      [unknown.code, unknown.stdout],
      [60, ''],
      'the roots of the system are read, and this is none of them',
    );
    return undefined;
  });
});

test('a program that reads what it was not granted fails as it says itself, not as landlock-run', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { 'proj/x': '', secret: 's' });
  const result = await sandbox(['--rw', 'proj', '--', 'cat', 'secret'], { cwd: root });
  assert.deepEqual([result.code, result.stdout, result.stderr], [1, '', 'cat: secret: Permission denied\n']);
});
