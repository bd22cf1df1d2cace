/** The Debian package: in form, installed, used and removed. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeRoot, projectRoot } from './support/root.mjs';

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

test('installs, runs, and leaves nothing when it is removed', (t) => {
  const root = makeRoot(t, 'trixie');
  root.put(deb, '/package.deb');
  // Where dpkg keeps its own records.
  const list = () =>
    root.run("find / -xdev -not -path '/var/lib/dpkg*' -not -path '/var/log*' -not -path '/var/cache*' | sort").stdout;
  const before = list();
  const made = root.run('dpkg -i /package.deb');
  assert.equal(made.code, 0, made.stderr);
  assert.match(root.run('dpkg -V landlock-run; landlock-run --version').stdout, /^landlock-run [0-9.]+\n$/);
  const ran = root.run('echo secret >/root/secret; landlock-run --rw /tmp -- cat /root/secret; rm /root/secret');
  assert.match(ran.stderr, /Permission denied/);
  const odd = root.run("env -i PATH=/usr/bin 'odd-name=1' NODE_OPTIONS=--nope landlock-run --no-net -- env");
  assert.deepEqual([odd.code, odd.stdout, odd.stderr], [0, 'PATH=/usr/bin\nodd-name=1\nNODE_OPTIONS=--nope\n', '']);
  const compiled = root.run(
    'landlock-run --no-net --compile /tmp/launcher && /tmp/launcher echo ran; rm /tmp/launcher',
  );
  assert.deepEqual([compiled.code, compiled.stdout, compiled.stderr], [0, 'ran\n', '']);
  const removed = root.run('dpkg -P landlock-run');
  assert.equal(removed.code, 0, removed.stderr);
  assert.equal(list(), before);
});

test('every file of it is owned by root and writable by nobody else', () => {
  const lines = execFileSync('dpkg-deb', ['-c', deb], { encoding: 'utf8' }).trim().split('\n');
  assert.ok(lines.length > 20);
  for (const line of lines) assert.match(line, /^(?:-rw-r--r--|-rwxr-xr-x|drwxr-xr-x|lrwxrwxrwx) root\/root /);
});
