/** The single binary: where there is no Node, and what of a process it keeps. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { differences, dumpThrough, expected } from '../../build/test/support/inherited-state.js';
import { readElf } from '../../scripts/binary-entry.mjs';
import { binary, cache, makeRoot, projectRoot } from './support/root.mjs';

function rootWithBinary(t) {
  const root = makeRoot(t, 'bookworm');
  root.bind(binary, '/usr/local/bin/landlock-run');
  return root;
}

test('runs where there is no Node', (t) => {
  const root = rootWithBinary(t);
  assert.equal(root.run('command -v node').code, 127);
  assert.match(root.run('landlock-run --version').stdout, /^landlock-run [0-9.]+\n$/);
  const checked = root.run('landlock-run --check');
  assert.deepEqual([checked.code, checked.stderr], [0, '']);
  const ran = root.run(
    'echo secret >/root/secret; cd /work; landlock-run --rw . -- sh -c "echo made >file; cat file /root/secret"',
  );
  assert.deepEqual([ran.code, ran.stdout], [1, 'made\n']);
  assert.match(ran.stderr, /Permission denied/);
  assert.equal(root.run('cat /root/secret').stdout, 'secret\n', 'without it');
});

test('reads policies, explains, and compiles a launcher that needs nothing', (t) => {
  const root = rootWithBinary(t);
  const policy = 'version: 1\\nfs:\\n  rw: [/srv]\\n';
  const explained = root.run(
    `printf '${policy}' >/policy.yaml; landlock-run --policy /policy.yaml --explain -- cat /etc/shadow`,
  );
  assert.deepEqual([explained.code, explained.stderr], [0, '']);
  const compiled = root.run(
    'landlock-run --policy /policy.yaml --compile /launcher && umount /usr/local/bin/landlock-run && /launcher cat /etc/shadow',
  );
  assert.equal(compiled.code, 1);
  assert.match(compiled.stderr, /Permission denied/);
});

test('leaves no file behind', (t) => {
  const root = rootWithBinary(t);
  const list = () => root.run('find / -xdev; find /tmp /var/tmp /dev/shm').stdout;
  const before = list();
  assert.equal(root.run('landlock-run --no-net -- true').code, 0);
  assert.equal(list(), before);
});

test('works on a read-only root with a noexec /tmp', (t) => {
  const root = rootWithBinary(t);
  const mount = 'mount -t tmpfs -o noexec tmpfs "$root/tmp"; mount -o remount,ro "$root"';
  const ran = root.run('echo >/file; landlock-run --rw /tmp -- sh -c "echo made >/tmp/file; cat /tmp/file"', { mount });
  assert.deepEqual([ran.code, ran.stdout], [0, 'made\n']);
  assert.match(ran.stderr, /Read-only/);
});

/* vm.memfd_noexec belongs to the PID namespace. */
const NO_MEMORY_FILE = 'echo 2 >"$root/proc/sys/vm/memfd_noexec";';

test('takes a file without a name where files in memory cannot be executed', (t) => {
  const root = rootWithBinary(t);
  const ran = root.run('landlock-run --no-net -- echo ran', { mount: NO_MEMORY_FILE });
  assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, 'ran\n', '']);
});

test('refuses where nothing that it could write may be executed', (t) => {
  const root = rootWithBinary(t);
  const noexec = ['dev/shm', 'tmp', 'var/tmp'].map((at) => `mount -t tmpfs -o noexec tmpfs "$root/${at}"`).join('; ');
  const ran = root.run('landlock-run --no-net -- echo ran', { mount: `${NO_MEMORY_FILE} ${noexec}` });
  assert.deepEqual([ran.code, ran.stdout], [125, '']);
  assert.match(ran.stderr, /^landlock-run: neither a file in memory nor one below .*\n$/);
});

test('where a limit leaves no room for Node it is 125 with one line that names it', () => {
  const under = (limits) =>
    spawnSync('bash', ['-c', `${limits}; exec "$0" --no-net -- echo ran`, binary], { encoding: 'utf8' });
  for (const limits of ['ulimit -n 30', 'ulimit -v 3000000', 'ulimit -S -n 4']) {
    const ran = under(limits);
    assert.deepEqual([ran.status, ran.stdout, ran.stderr], [0, 'ran\n', ''], limits);
  }
  for (const [limits, name] of [
    ['ulimit -n 3', /RLIMIT_NOFILE leaves: 0,/],
    ['ulimit -n 12', /RLIMIT_NOFILE leaves: \d,/],
    ['ulimit -v 300000', /RLIMIT_AS is 300000 KiB,/],
    ['ulimit -d 12000', /RLIMIT_DATA is 12000 KiB,/],
  ]) {
    const refused = under(limits);
    assert.deepEqual([refused.status, refused.stdout], [125, ''], limits);
    assert.match(refused.stderr, /^landlock-run: Node, a part of this program, cannot start [^\n]+--compile[^\n]+\n$/);
    assert.match(refused.stderr, name);
  }
});

test('where a policy around it denies the loader, that is what it says', () => {
  const inner = [binary, '--no-net', '--', 'echo', 'ran'];
  const granted = spawnSync(binary, ['--ro', '/', '--', ...inner], { encoding: 'utf8' });
  assert.deepEqual([granted.status, granted.stdout, granted.stderr], [0, 'ran\n', '']);
  const denied = spawnSync(binary, ['--bare', '--ro', binary, '--', ...inner], { encoding: 'utf8' });
  assert.deepEqual([denied.status, denied.stdout], [125, '']);
  assert.match(
    denied.stderr,
    /^landlock-run: \/lib64\/ld-[^\n]+: EACCES \(permission denied\); [^\n]+\(--ro\)[^\n]+\n$/,
  );
});

test('refuses without /proc', (t) => {
  const root = rootWithBinary(t);
  const ran = root.run('landlock-run --no-net -- echo ran', { mount: 'umount "$root/proc"' });
  assert.deepEqual([ran.code, ran.stdout], [125, '']);
  assert.match(ran.stderr, /^landlock-run: the native addon cannot be loaded/);
});

test('no variable means anything to it, and each reaches COMMAND', () => {
  const words = [
    '-i',
    'PATH=/usr/bin:/bin',
    'A=1',
    'A=2',
    'odd-name=3',
    'NODE_OPTIONS=--require=/nope',
    'NODE_EXTRA_CA_CERTS=/nope',
  ];
  const more = [
    'LD_PRELOAD=',
    'LD_DEBUG=libs',
    'LD_TRACE_LOADED_OBJECTS=',
    'OPENSSL_CONF=/nope',
    'NODE_V8_COVERAGE=/nope',
  ];
  const run = (...command) => spawnSync('env', [...words, ...more, ...command], { encoding: 'utf8' });
  // A static program: LD_DEBUG would make another one talk.
  const busybox = join(cache, 'musl-root/bin/busybox');
  const plain = run(busybox, 'env');
  const ours = run(binary, '--no-net', '--', busybox, 'env');
  assert.deepEqual([ours.status, ours.stdout, ours.stderr], [0, plain.stdout, '']);
  assert.match(plain.stdout, /odd-name=3/);
});

test('COMMAND inherits what it would under env', async () => {
  const plain = await dumpThrough(['/usr/bin/env']);
  const ours = await dumpThrough([binary, '--ro', '/', '--']);
  assert.deepEqual(differences(plain, ours), expected());
});

test('is stripped, starts as a static program, and is as large as docs/packages.md says', () => {
  const bytes = readFileSync(binary);
  assert.equal(bytes.includes('.symtab\0'), false);
  assert.throws(() => readElf(bytes), /0 program headers name a loader/);
  const said = /single binary \| ([0-9]+) MB/.exec(readFileSync(join(projectRoot, 'docs/packages.md'), 'utf8'));
  assert.ok(said);
  assert.ok(Math.abs(bytes.length / 1e6 / Number(said[1]) - 1) < 0.1, `${bytes.length} bytes`);
});
