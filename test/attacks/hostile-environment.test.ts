/** Nothing that the environment or the working directory holds is loaded by landlock-run itself; COMMAND gets it as it was. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { compileC } from '../support/compile-c.ts';
import { type Entry, fixture } from '../support/fixture.ts';
import { cliPath } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

/** Whether the static front was built: the plain script that stands in for it is Node from the start. */
function hasFront(): boolean {
  const magic = Buffer.alloc(4);
  readSync(openSync(cliPath, 'r'), magic);
  return magic.equals(Buffer.from('\x7fELF', 'latin1'));
}
const skip = hasFront() ? false : 'the front is not built: there is no C compiler for it';

const MARK = 'require("node:fs").writeFileSync(process.env.LANDLOCK_RUN_TEST_MARKER, "")';
const PLANTED = { content: '#!/bin/sh\n: >"$LANDLOCK_RUN_TEST_MARKER"\n', mode: 0o755 };

interface Plant {
  readonly title: string;
  readonly files: Readonly<Record<string, Entry>>;
  readonly env: (root: string) => Readonly<Record<string, string>>;
  /** What loads it, without landlock-run: the proof that it would. */
  readonly control: readonly string[];
  /** Where hook.c's library is put. */
  readonly library?: string;
}

const PATH = process.env['PATH'] ?? '/usr/bin:/bin';

const PLANTS: readonly Plant[] = [
  {
    title: 'NODE_OPTIONS=-r, resolved from the working directory',
    files: { 'hook.js': MARK },
    env: () => ({ NODE_OPTIONS: '-r ./hook.js' }),
    control: [process.execPath, '-e', '0'],
  },
  {
    title: 'NODE_OPTIONS=--import',
    files: { 'hook.cjs': MARK },
    env: (root) => ({ NODE_OPTIONS: `--import file://${root}/hook.cjs` }),
    control: [process.execPath, '-e', '0'],
  },
  {
    title: 'NODE_PATH and node_modules of the working directory',
    files: Object.fromEntries(
      ['yaml', 'commander', 'chalk', 'valibot'].map((name) => [`node_modules/${name}/index.js`, MARK]),
    ),
    env: (root) => ({ NODE_PATH: `${root}/node_modules` }),
    control: [process.execPath, '-e', 'require("yaml")'],
  },
  {
    title: 'LD_PRELOAD',
    files: {},
    library: 'hook.so',
    env: (root) => ({ LD_PRELOAD: `${root}/hook.so` }),
    control: ['/bin/true'],
  },
  {
    title: 'LD_AUDIT',
    files: {},
    library: 'hook.so',
    env: (root) => ({ LD_AUDIT: `${root}/hook.so` }),
    control: ['/bin/true'],
  },
  {
    title: 'LD_LIBRARY_PATH with a library that node needs',
    files: {},
    library: 'planted/libdl.so.2',
    env: (root) => ({ LD_LIBRARY_PATH: `${root}/planted` }),
    control: [process.execPath, '-e', '0'],
  },
  {
    title: 'a node in the working directory, which PATH names as .',
    files: { node: PLANTED },
    env: () => ({ PATH: `.:${PATH}` }),
    control: ['sh', '-c', 'node'],
  },
  {
    title: 'a node in the working directory, which PATH names by an empty word',
    files: { node: PLANTED },
    env: () => ({ PATH: `:${PATH}` }),
    control: ['sh', '-c', 'node'],
  },
  {
    title: 'a node in node_modules/.bin, as npm puts it first in PATH',
    files: { 'node_modules/.bin/node': PLANTED },
    env: (root) => ({ PATH: `${root}/node_modules/.bin:${PATH}` }),
    control: ['sh', '-c', 'node'],
  },
  {
    title: 'shells that read BASH_ENV and ENV',
    files: { hook: ': >"$LANDLOCK_RUN_TEST_MARKER"' },
    env: (root) => ({ BASH_ENV: `${root}/hook`, ENV: `${root}/hook` }),
    control: ['bash', '-c', ':'],
  },
];

function plant(t: TestContext, { files, env, library }: Plant) {
  const root = fixture(t, { 'work/file': '', 'out/file': '', ...files });
  const marker = `${root}/out/marker`;
  if (library !== undefined) {
    mkdirSync(dirname(`${root}/${library}`), { recursive: true });
    copyFileSync(compileC('hook.so', ['test/attacks/hook.c'], ['-shared', '-fPIC']), `${root}/${library}`);
  }
  return { root, marker, options: { cwd: root, env: { ...env(root), LANDLOCK_RUN_TEST_MARKER: marker } } };
}

for (const planted of PLANTS) {
  test(`not loaded: ${planted.title}`, { skip }, async (t) => {
    const { root, marker, options } = plant(t, planted);
    const [program = '', ...args] = planted.control;
    await run(program, args, options);
    assert.ok(existsSync(marker), 'it is loaded without landlock-run');
    rmSync(marker);
    // COMMAND may load it: there the policy keeps it from leaving a mark
    const policy = ['--rw', `${root}/work`, '--ro', root, '--', '/bin/true'];
    await Promise.all([[], ['--check'], ['--no-such-option']].map((mode) => sandbox([...mode, ...policy], options)));
    assert.ok(!existsSync(marker), 'it is loaded by landlock-run');
  });
}

test('COMMAND gets all of it untouched', { skip }, async (t) => {
  const root = fixture(t);
  const env = {
    NODE_OPTIONS: '-r ./none.js',
    NODE_PATH: '/none',
    NODE_EXTRA_CA_CERTS: '/none/ca',
    LD_LIBRARY_PATH: '/none',
    OPENSSL_CONF: '/none/openssl.cnf',
    SSL_CERT_FILE: '/none/cert',
    BASH_ENV: '/none',
    PATH: `.:/usr/bin:/bin:${root}`,
  };
  const result = await sandbox(['--no-net', '--', 'env', '-0'], { cwd: root, env, emptyEnv: true });
  const entries = new Set(result.stdout.split('\0'));
  for (const [name, value] of Object.entries(env)) assert.ok(entries.has(`${name}=${value}`), name);
});
