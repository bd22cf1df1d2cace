/** The npm package's code cache: made by the install, taken by the start, and never in the way of either. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertInstalled, INSTALL, INSTALLED, install, rootWithNode } from './support/npm-root.mjs';
import { nodeBuild, projectRoot } from './support/root.mjs';
import { ALL_TAKEN, askForCaches, replaceCache } from './support/take-cache.mjs';

const FRONT = `${INSTALLED}/bin/landlock-run-x64`;
const MAKE = `node ${INSTALLED}/scripts/install-code-cache.cjs`;
const cachesIn = (root, installed = INSTALLED) => join(root.path, installed, 'dist/cache');

/** One line that says so, and that nothing has failed. */
function assertComplaint({ code, stdout, stderr }, reason) {
  assert.deepEqual([code, stdout], [0, ''], stderr);
  assert.match(stderr, /^landlock-run: no code cache was made, which makes only its start slower: .+\n$/);
  assert.match(stderr, reason);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
}

for (const version of [20, 22, 24, 26]) {
  test(`an install makes one with Node ${version}, which takes it`, (t) => {
    const root = install(t, version, INSTALL);
    const v8 = root.run('node -p process.versions.v8').stdout.trim();
    assert.deepEqual(readdirSync(cachesIn(root)), [`${v8}-x64`]);
    assert.deepEqual(askForCaches(root, 'node', INSTALLED), { code: 0, stdout: ALL_TAKEN, stderr: '' });
    const ran = root.run(`cd /work && mkdir proj && ${FRONT} --rw proj -- sh -c 'echo made >proj/file; cat proj/file'`);
    assert.deepEqual(ran, { code: 0, stdout: 'made\n', stderr: '' });
  });
}

test('it is all that is made, without a word', (t) => {
  const root = install(t, 22);
  const list = () => root.run('find / -xdev; find /tmp /dev/shm').stdout.split('\n');
  const before = new Set(list());
  assert.deepEqual(root.run(MAKE), { code: 0, stdout: '', stderr: '' });
  const made = list().filter((path) => !before.has(path));
  const caches = `${INSTALLED}/dist/cache`;
  const [folder] = readdirSync(cachesIn(root));
  const files = ['landlock-run.cjs', 'policy-files.cjs', 'reports.cjs'].map((name) => `${caches}/${folder}/${name}`);
  assert.deepEqual(made.sort(), [caches, `${caches}/${folder}`, ...files]);
});

test('the front takes what is in it, for code as much as the package itself', (t) => {
  const root = install(t, 22, INSTALL);
  const run = () => root.run(`${FRONT} --no-net -- echo ran`);
  assert.equal(run().stdout, 'ran\n');
  const replaced = replaceCache(root, 'node', INSTALLED);
  assert.deepEqual([replaced.code, replaced.stderr], [0, '']);
  assert.deepEqual(run(), { code: 0, stdout: 'from the cache\n', stderr: '' });
  assert.equal(root.run(MAKE).stderr, '');
  assert.equal(run().stdout, 'ran\n', 'made anew');
});

test('another Node does without it, and npm rebuild makes its own beside it', (t) => {
  const root = install(t, 22, INSTALL);
  const [old] = readdirSync(cachesIn(root));
  root.bind(nodeBuild(20), '/usr/local/bin/node');
  assert.equal(root.run(`${FRONT} --no-net -- echo ran`).stdout, 'ran\n');
  assert.equal(root.run('cd /work && npm rebuild >/dev/null').code, 0);
  const other = root.run('node -p process.versions.v8').stdout.trim();
  assert.deepEqual(readdirSync(cachesIn(root)).sort(), [`${other}-x64`, old].sort());
  assert.equal(askForCaches(root, 'node', INSTALLED).stdout, ALL_TAKEN);
});

test('whatever the umask, it may be read by all and written by its owner alone', (t) => {
  const root = rootWithNode(t, 22);
  assertInstalled(root.run('umask 077; npm install --global --offline --no-audit --no-fund /package.tgz >/dev/null'));
  const caches = cachesIn(root, '/usr/local/lib/node_modules/landlock-run');
  const names = readdirSync(caches, { recursive: true });
  assert.equal(names.length, 4);
  for (const name of ['', ...names]) {
    const status = statSync(join(caches, name));
    assert.equal((status.mode & 0o7777).toString(8), status.isDirectory() ? '755' : '644', name);
  }
});

test('a package that cannot be written to installs and runs', (t) => {
  const root = install(t, 22);
  const readOnly = {
    mount: `mount --bind "$root${INSTALLED}" "$root${INSTALLED}"; mount -o remount,bind,ro "$root${INSTALLED}"`,
  };
  assertComplaint(root.run(MAKE, readOnly), /EROFS/);
  assert.equal(existsSync(cachesIn(root)), false);
  const rebuilt = root.run('cd /work && npm rebuild --ignore-scripts=false >/dev/null', readOnly);
  assert.equal(rebuilt.code, 0, rebuilt.stderr);
  assert.equal(root.run(`${FRONT} --no-net -- echo ran`, readOnly).stdout, 'ran\n');
});

test('an old Node, no addon, no temporary directory: each is a line, and leaves nothing', (t) => {
  const root = install(t, 22);
  const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } });\n";
  writeFileSync(join(root.path, 'old.cjs'), old);
  assertComplaint(root.run(MAKE.replace('node', 'node --require=/old.cjs')), /Node 20\.18\.3 is too old/);
  assertComplaint(root.run(`TMPDIR=/nowhere ${MAKE}`), /ENOENT/);
  assertComplaint(root.run(`mv ${INSTALLED}/prebuilds /prebuilds; ${MAKE}`), /did not reach the addon/);
  assert.equal(existsSync(cachesIn(root)), false);
  assert.equal(root.run("find /tmp -name 'landlock-run*'").stdout, '');
  assert.deepEqual(root.run(`mv /prebuilds ${INSTALLED}/prebuilds; ${MAKE}`), { code: 0, stdout: '', stderr: '' });
  assert.ok(existsSync(cachesIn(root)), 'else all is well');
});

test('needs no kernel with Landlock, no variable and no path of the machine', (t) => {
  const root = install(t, 22);
  const wrapper = join(root.path, 'without-landlock');
  const source = join(projectRoot, 'test/native/without-landlock.c');
  execFileSync('gcc', ['-std=gnu11', '-static', source, '-o', wrapper]);
  // landlock_create_ruleset(2), which then says ENOSYS.
  const without = 'env -i /without-landlock 444 38';
  assert.equal(root.run(`${without} ${FRONT} --ro /usr -- echo ran`).code, 125);
  const made = root.run(`rm -r /opt; ${without} /usr/local/bin/${MAKE}`);
  assert.deepEqual(made, { code: 0, stdout: '', stderr: '' });
  assert.equal(askForCaches(root, 'node', INSTALLED).stdout, ALL_TAKEN);
});

test('a checkout and a processor without programs of ours are left alone', (t) => {
  const root = install(t, 22);
  const other = "Object.defineProperty(process, 'arch', { value: 'riscv64' });\n";
  writeFileSync(join(root.path, 'other.cjs'), other);
  const odd = root.run(MAKE.replace('node', 'node --require=/other.cjs'));
  assert.deepEqual(odd, { code: 0, stdout: '', stderr: '' });
  // What tells a checkout, which is in no package.
  assert.ok(existsSync(join(projectRoot, 'scripts/build.mjs')));
  writeFileSync(join(root.path, INSTALLED, 'scripts/build.mjs'), '');
  assert.deepEqual(root.run(MAKE), { code: 0, stdout: '', stderr: '' });
  assert.equal(existsSync(cachesIn(root)), false);
});

test('is as large as docs/packages.md says', (t) => {
  const root = install(t, 22, INSTALL);
  const sizes = readdirSync(cachesIn(root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
  const said = /code cache \| ([0-9.]+) MB/.exec(readFileSync(join(projectRoot, 'docs/packages.md'), 'utf8'));
  assert.ok(said);
  const size = sizes.reduce((sum, one) => sum + one, 0);
  assert.ok(Math.abs(size / 1e6 / Number(said[1]) - 1) < 0.2, `${size} bytes`);
});
