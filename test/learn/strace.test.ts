import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bytes, bytesOfText } from '../../src/base/bytes.ts';
import { fsMask } from '../../src/kernel/rights.ts';
import type { TraceEvent } from '../../src/learn/event.ts';
import { generalise } from '../../src/learn/generalise.ts';
import { RANDOM_NAMES, VERSION } from '../../src/learn/rules.ts';
import { SocketUses } from '../../src/learn/socket-use.ts';
import { splitArguments, unescapeText } from '../../src/learn/strace-syntax.ts';
import { EventReader } from '../../src/learn/trace-events.ts';
import { Uses } from '../../src/learn/use.ts';
import { isTooWide } from '../../src/learn/wide.ts';
import type { World } from '../../src/learn/world.ts';

const bytes = bytesOfText;

function events(lines: readonly string[], restricted = false): TraceEvent[] {
  const reader = new EventReader(bytes('/work'), bytes('first'), restricted);
  return lines.flatMap((line) => reader.read(line));
}

const paths = (list: readonly TraceEvent[]): string[] =>
  list.map(
    ({ verb, act, program, errno }) =>
      `${program} ${verb} ${act.kind === 'path' ? act.path : act.kind} ${errno ?? 'ok'}`,
  );

test('calls are read with their paths as the kernel resolved them, errors with the path that was asked', () => {
  const lines = [
    '10 execve("/usr/bin/cat", ["cat"], 0x7ffe /* 3 vars */) = 0',
    '10 openat(AT_FDCWD</work>, "link", O_RDONLY) = 3</data/target>',
    '10 openat(AT_FDCWD</work>, "closed", O_RDONLY) = -1 EACCES (Permission denied)',
    '10 openat(4</srv>, "new", O_WRONLY|O_CREAT, 0666) = 5</srv/new>',
    '10 openat(AT_FDCWD</work>, "/proc/self/fd/1", O_WRONLY) = 6<pipe:[77]>',
    '10 openat(AT_FDCWD</work>, "x", O_RDONLY|O_PATH) = 6</work/x>',
    '10 unlinkat(4</srv/d>, "a>b\\"c \\303\\251", 0) = 0',
    '10 mkdir("below", 0777) = 0',
  ];
  assert.deepEqual(paths(events(lines)), [
    'cat execute /usr/bin/cat ok',
    'cat read /data/target ok',
    'cat read /work/closed EACCES',
    'cat write /srv/new ok',
    'cat remove /srv/d/a>b"c \u00c3\u00a9 ok',
    'cat make directory /work/below ok',
  ]);
});

test('a call that others interrupt is put together, and a child takes after its parent before clone has returned', () => {
  const lines = [
    '10 chdir("/elsewhere") = 0',
    '10 clone(child_stack=NULL, flags=CLONE_VM <unfinished ...>',
    '11 mkdir("made", 0777 <unfinished ...>',
    '10 <... clone resumed>, child_tidptr=0x7f) = 11',
    '11 <... mkdir resumed>) = 0',
    '11 +++ exited with 0 +++',
    '10 --- SIGCHLD {si_signo=SIGCHLD} ---',
    '10 rmdir("made") = -1 ENOENT (No such file or directory)',
  ];
  assert.deepEqual(paths(events(lines)), [
    'first make directory /elsewhere/made ok',
    'first remove directory /elsewhere/made ENOENT',
  ]);
});

test('under landlock-run the trace counts from where the process itself restricts itself', () => {
  const lines = [
    '10 openat(AT_FDCWD</work>, "before", O_RDONLY) = 3</work/before>',
    '12 landlock_restrict_self(5, 0) = 0',
    '12 openat(AT_FDCWD</work>, "probe", O_RDONLY) = 3</work/probe>',
    '10 landlock_restrict_self(5, 0) = 0',
    '10 openat(AT_FDCWD</work>, "after", O_RDONLY) = 3</work/after>',
  ];
  assert.deepEqual(paths(events(lines, true)), ['first read /work/after ok']);
});

test('ports and sockets are read by the kind of their descriptor', () => {
  const lines = [
    '10 connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress)',
    '10 connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 ECONNREFUSED (Connection refused)',
    '10 bind(4<TCPv6:[2]>, {sa_family=AF_INET6, sin6_port=htons(8080), sin6_addr="::"}, 28) = 0',
    '10 sendto(5<UDP:[3]>, "q", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}, 16) = 1',
    '10 connect(6<UNIX-STREAM:[4]>, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0',
    '10 connect(6<UNIX-STREAM:[4->5]>, {sa_family=AF_UNIX, sun_path=@"hidden"}, 110) = 0',
    '10 kill(4711, SIGTERM) = 0',
    '10 kill(4711, 0) = 0',
  ];
  const uses = new SocketUses();
  for (const event of events(lines)) uses.add(event);
  const use = uses.summary(
    (pid) => pid === 10,
    (path) => path,
  );
  const list = (ports: readonly { text: string }[]): string => ports.map((one) => one.text).join();
  assert.deepEqual([list(use.tcp.connect), list(use.tcp.bind), list(use.udp.connect)], ['443', '8080', '53']);
  assert.deepEqual([[...use.unix.keys()], use.abstractOutside, use.signalOutside], [['/run/x'], true, true]);
});

test('no line of any kind stops the reader', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary-ascii' })), (lines) => {
      events(lines.map((line) => `10 openat(${line}`));
      events(lines);
    }),
  );
});

test('what strace escapes comes back byte for byte, and splits where it was joined', () => {
  const escaped = (text: string): string =>
    [...text].map((one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`).join('');
  const anyBytes = fc.array(fc.integer({ min: 1, max: 255 })).map((codes) => String.fromCharCode(...codes) as Bytes);
  fc.assert(
    fc.property(fc.array(anyBytes), (words) => {
      const split = splitArguments(`${words.map((word) => `"${escaped(word)}"`).join(', ')})`);
      assert.deepEqual(
        split?.words.map((word) => unescapeText(word.slice(1, -1))),
        words,
      );
    }),
  );
});

/** A machine made of a list of files; directories are what lies above them. */
function world(files: readonly string[], born: readonly string[] = []): World {
  const directories = new Set(
    files.flatMap((file) => file.split('/').map((_, at, parts) => parts.slice(0, at).join('/') || '/')),
  );
  return {
    home: bytes('/home/me'),
    resolve: (path) => path,
    kind: (path) => (directories.has(path) ? 'directory' : files.includes(path) ? 'file' : 'missing'),
    bornSince: (path) => born.includes(path),
    has: (directory, name) => files.includes(`${directory}/${name}`) || directories.has(`${directory}/${name}`),
  };
}

function learnt(
  machine: World,
  needs: readonly [path: string, access: number, on: 'self' | 'parent' | 'made'][],
): string[] {
  const uses = new Uses(machine);
  for (const [path, access, on] of needs) {
    const act = { kind: 'path' as const, path: bytes(path), needs: [{ path: bytes(path), access, on }] };
    uses.add({ pid: 1, program: bytes('p'), verb: 'v', act, errno: undefined });
  }
  const nothing = { allows: () => false, profilesCovering: () => [] };
  return generalise(uses.all, nothing, machine).grants.map(({ form, path }) => `${form} ${path}`);
}

const READ = fsMask('read_file');
const EXECUTE = fsMask('execute', 'read_file');

test('trees are granted by their roots, and what lies in a place of secrets file by file', () => {
  const files = [
    '/srv/app/node_modules/a/node_modules/b/i.js',
    '/srv/env/lib/python3.11/site-packages/x.py',
    '/etc/nginx/conf.d/a.conf',
    '/etc/ssl/private/a.key',
    '/var/lib/redis/dump.rdb',
    '/srv/source/src/deep/a.c',
    '/srv/source/Makefile',
    '/home/me/.cargo/bin/rustc',
    '/home/me/versions/v20.1.0/bin/node',
  ];
  const machine = world(files);
  const read = files.slice(0, 6).map((file): [string, number, 'self'] => [file, READ, 'self']);
  assert.deepEqual(learnt(machine, read), [
    'read /etc/nginx',
    'read /etc/ssl/private/a.key',
    'read /srv/app/node_modules',
    'read /srv/env/lib/python3.11/site-packages',
    'read /srv/source',
    'read /var/lib/redis',
  ]);
  const execute = files.slice(7).map((file): [string, number, 'self'] => [file, EXECUTE, 'self']);
  assert.deepEqual(learnt(machine, execute), ['ro /home/me/.cargo/bin/rustc', 'ro /home/me/versions']);
});

test('what is made in what the run made falls to the directory that was there before', () => {
  const files = ['/srv/out/new/deeper/file', '/srv/out/keep'];
  const machine = world(files, ['/srv/out/new', '/srv/out/new/deeper', '/srv/out/new/deeper/file']);
  assert.deepEqual(learnt(machine, [['/srv/out/new/deeper/file', fsMask('write_file'), 'made']]), ['rw /srv/out']);
});

test('eight files of one directory are that directory', () => {
  const files = Array.from({ length: 8 }, (_, at) => `/srv/many/${at}.txt`);
  const needs = files.map((file): [string, number, 'self'] => [file, READ, 'self']);
  assert.deepEqual(learnt(world(files), needs.slice(1)).length, 7);
  assert.deepEqual(learnt(world(files), needs), ['read /srv/many']);
});

test('no uses whatever make a grant with write on a place that is too wide, or any on the root', () => {
  const part = fc.constantFrom('home', 'me', 'etc', 'usr', 'tmp', 'a', 'b', '.config', 'node_modules', 'bin', 'x');
  const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}`);
  const on = fc.constantFrom('self' as const, 'parent' as const, 'made' as const);
  const access = fc.constantFrom(READ, EXECUTE, fsMask('read_dir'), fsMask('write_file'), fsMask('make_reg'));
  fc.assert(
    fc.property(fc.array(path), fc.array(fc.tuple(path, access, on)), (files, needs) => {
      const machine = world([...files, ...needs.map(([one]) => one)]);
      for (const grant of learnt(machine, needs)) {
        const [form = '', at = ''] = grant.split(' ');
        assert.notEqual(at, '/');
        if (form === 'rw' && at !== '/tmp') assert.equal(isTooWide(bytes(at), machine.home), false, grant);
      }
    }),
  );
});

test('random names and version numbers are told from names that people choose', () => {
  const random = (name: string): boolean => RANDOM_NAMES.some((pattern) => pattern.test(name));
  for (const name of [
    'tmp.XyZ12abQ',
    'tmpk3j2h1ab',
    'ccAbC12x.s',
    'PostgreSQL.1234567',
    '3f2a9c4d5e6b7a80',
    'npm-12345-abcdef',
  ])
    assert.ok(random(name), name);
  for (const name of ['data', 'work', 'config.yaml', 'node_modules', 'README', 'cache'])
    assert.equal(random(name), false, name);
  for (const name of ['v20.1.0', '3.11', '1.2.3-rc1']) assert.match(name, VERSION);
  for (const name of ['v20', '2024', 'python3.11', 'data']) assert.doesNotMatch(name, VERSION);
});
