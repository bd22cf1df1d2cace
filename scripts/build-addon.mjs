/**
 * Builds the addon: native/build/Release/landlock_run.node, by node-gyp. Exit 0 where it is built, else 1 with one line on what is missing.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const gyp = join(root, 'node_modules', '.bin', 'node-gyp');

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const isInstalled = (name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder || '.', name)));

/** What the build needs, by the names that it goes by, and where to get it. */
const needs = [
  { names: [process.env.CC ?? 'cc', 'gcc', 'clang'], what: 'a C compiler' },
  { names: ['make', 'gmake'], what: 'make' },
  { names: [process.env.PYTHON ?? 'python3', 'python'], what: 'python3' },
];

const fail = (line) => {
  console.error(`build-addon: ${line}`);
  process.exit(1);
};

if (process.platform !== 'linux') fail('the addon is for Linux only');
if (!existsSync(gyp)) fail('node-gyp is missing; run `npm ci` first');
const missing = needs.filter(
  ({ names }) => !names.some((name) => (name.includes('/') ? isExecutable(name) : isInstalled(name))),
);
if (missing.length > 0) {
  fail(
    `${missing.map(({ what }) => what).join(' and ')} missing; on Debian and Ubuntu: apt-get install build-essential python3, ` +
      'on Fedora: dnf install gcc make python3, on Alpine: apk add build-base python3',
  );
}

/* Where Node came with its headers they are used, so that nothing is fetched. */
const prefix = join(dirname(process.execPath), '..');
const headers = existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
/* Not `rebuild`, which would take the addon away from whoever loads it meanwhile. */
const built = spawnSync(gyp, ['configure', 'build', ...headers, ...process.argv.slice(2)], {
  cwd: join(root, 'native'),
  stdio: 'inherit',
});
if (built.error) fail(`node-gyp did not start: ${built.error.message}`);
if (built.status !== 0) fail('node-gyp failed; its output above says why');
