/** The Debian package: in form, installed, used and removed. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeRoot, nodeBuild, projectRoot } from './support/root.mjs';
import { ALL_TAKEN, askForCaches, replaceCache } from './support/take-cache.mjs';

const dist = join(projectRoot, 'dist');
const packages = readdirSync(dist).filter((name) => /^landlock-run_.*_amd64\.deb$/.test(name));
const deb = join(dist, packages[0] ?? '');

test('there is one, and lintian finds nothing in it but the address of its maintainers', () => {
  assert.equal(packages.length, 1);
  const { stdout } = spawnSync('lintian', ['--allow-root', '--no-cfg', deb], { encoding: 'utf8' });
  const tags = stdout.split('\n').filter((line) => /^[EW]:/.test(line) && !/bogus-mail-host/.test(line));
  assert.deepEqual(tags, []);
  assert.match(
    execFileSync('dpkg-deb', ['-f', deb, 'Depends'], { encoding: 'utf8' }),
    /^libc6 \(>= 2\.[0-9]+\), nodejs \(>= 20\.19\)\n$/,
  );
});

const HOME = '/usr/lib/landlock-run';
const cachesIn = (root) => root.run(`cd ${HOME}/dist/cache && ls`).stdout;
const cacheOf = (root, node) => root.run(`${node} -p 'process.versions.v8 + "-" + process.arch'`).stdout;

function installed(t) {
  const root = makeRoot(t, 'trixie');
  root.put(deb, '/package.deb');
  const made = root.run('dpkg -i /package.deb');
  assert.deepEqual([made.code, made.stderr], [0, '']);
  return root;
}

/** A newer package `nodejs` that holds nothing but an official Node, packed. */
function packNode(t) {
  const folder = mkdtempSync(join(tmpdir(), 'landlock-run-nodejs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const tree = join(folder, 'tree');
  for (const name of ['DEBIAN', 'usr/bin']) mkdirSync(join(tree, name), { recursive: true });
  cpSync(nodeBuild(22), join(tree, 'usr/bin/node'));
  const fields = ['Package: nodejs', 'Version: 9:22', 'Architecture: amd64', 'Maintainer: nobody <nobody@localhost>'];
  writeFileSync(join(tree, 'DEBIAN/control'), `${fields.join('\n')}\nDescription: another Node\n`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, join(folder, 'nodejs.deb')]);
  return join(folder, 'nodejs.deb');
}

test('has a code cache, which the Node of the machine takes', (t) => {
  const root = installed(t);
  assert.equal(cachesIn(root), cacheOf(root, '/usr/bin/node'));
  assert.deepEqual(askForCaches(root, '/usr/bin/node', HOME), { code: 0, stdout: ALL_TAKEN, stderr: '' });
  assert.equal(root.run(`find ${HOME}/dist/cache -perm /022 -o -not -user root -o -not -perm -444`).stdout, '');
  assert.equal(replaceCache(root, '/usr/bin/node', HOME).stderr, '');
  assert.equal(root.run('landlock-run --no-net -- echo ran').stdout, 'from the cache\n', 'the front takes it');
  const again = root.run('umask 077; dpkg -i /package.deb');
  assert.deepEqual([again.code, again.stderr], [0, ''], 'an upgrade makes it anew');
  assert.equal(root.run('landlock-run --no-net -- echo ran').stdout, 'ran\n');
  assert.equal(root.run(`find ${HOME}/dist/cache -perm /022 -o -not -perm -444`).stdout, '');
});

test('where /usr/bin/node is gone, no other Node takes its place', (t) => {
  const root = installed(t);
  assert.equal(root.run('landlock-run --no-net -- echo ran').stdout, 'ran\n');
  const ran = root.run(
    'mkdir -p /usr/local/bin; mv /usr/bin/node /usr/local/bin/node; landlock-run --no-net -- echo ran',
  );
  assert.deepEqual([ran.code, ran.stdout], [125, '']);
  assert.match(ran.stderr, /^landlock-run: cannot find Node, [^\n]+\n$/);
});

test('another nodejs brings another code cache, and the old one goes', (t) => {
  const root = installed(t);
  const old = cachesIn(root);
  root.put(packNode(t), '/nodejs.deb');
  const upgraded = root.run('dpkg -i /nodejs.deb');
  assert.deepEqual([upgraded.code, upgraded.stderr], [0, '']);
  assert.equal(cachesIn(root), cacheOf(root, '/usr/bin/node'));
  assert.notEqual(cachesIn(root), old);
  assert.equal(askForCaches(root, '/usr/bin/node', HOME).stdout, ALL_TAKEN);
});

test('a code cache that cannot be made fails no installation', (t) => {
  const root = makeRoot(t, 'trixie');
  root.put(deb, '/package.deb');
  const made = root.run(
    'mv /usr/bin/node /node; printf "#!/bin/sh\nexit 1\n" >/usr/bin/node; chmod 755 /usr/bin/node; dpkg -i /package.deb',
  );
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stderr, /^landlock-run: no code cache was made, which makes only its start slower: .*\n$/);
  assert.equal(root.run('mv /node /usr/bin/node; landlock-run --no-net -- echo ran').stdout, 'ran\n');
  assert.equal(root.run('dpkg -P landlock-run').code, 0);
});

test('installs, runs, and leaves nothing when it is removed', (t) => {
  const root = makeRoot(t, 'trixie');
  root.put(deb, '/package.deb');
  // Where dpkg keeps its own records.
  const list = () =>
    root.run("find / -xdev -not -path '/var/lib/dpkg*' -not -path '/var/log*' -not -path '/var/cache*' | sort").stdout;
  const before = list();
  const made = root.run('dpkg -i /package.deb');
  assert.equal(made.code, 0, made.stderr);
  // The root is made without documents (scripts/packages.sh), so dpkg leaves ours out as well.
  const changed = root.run('dpkg -V landlock-run').stdout.split('\n');
  assert.deepEqual(
    changed.filter((line) => line !== '' && !/^missing +\/usr\/share\/doc\/landlock-run/.test(line)),
    [],
  );
  assert.match(root.run('landlock-run --version').stdout, /^landlock-run [0-9.]+\n$/);
  const ran = root.run('echo secret >/root/secret; landlock-run --rw /tmp -- cat /root/secret; rm /root/secret');
  assert.match(ran.stderr, /Permission denied/);
  const asked = root.run(`${HOME}/scripts/check-first.sh --rw /tmp && ${HOME}/scripts/diagnose.sh | head -n 1`);
  assert.deepEqual([asked.code, asked.stderr], [0, '']);
  assert.match(asked.stdout, /^kernel /);
  const odd = root.run("env -i PATH=/usr/bin 'odd-name=1' NODE_OPTIONS=--nope landlock-run --no-net -- env");
  assert.deepEqual([odd.code, odd.stdout, odd.stderr], [0, 'PATH=/usr/bin\nodd-name=1\nNODE_OPTIONS=--nope\n', '']);
  const compiled = root.run(
    'landlock-run --no-net --compile /tmp/launcher && /tmp/launcher echo ran; rm /tmp/launcher',
  );
  assert.deepEqual([compiled.code, compiled.stdout, compiled.stderr], [0, 'ran\n', '']);
  const removed = root.run('dpkg -P landlock-run');
  assert.equal(removed.code, 0, removed.stderr);
  assert.equal(list(), before);
  assert.equal(root.run(`ls ${HOME}`).code, 2);
});

test('every file of it is owned by root and writable by nobody else', () => {
  const lines = execFileSync('dpkg-deb', ['-c', deb], { encoding: 'utf8' }).trim().split('\n');
  assert.ok(lines.length > 20);
  for (const line of lines) assert.match(line, /^(?:-rw-r--r--|-rwxr-xr-x|drwxr-xr-x|lrwxrwxrwx) root\/root /);
});
