import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCache } from './cache-builder.ts';
import { makeElf } from './elf-builder.ts';
import { b, inspectIn, pathsOf } from './table-files.ts';

const LOADER = '/lib64/ld-linux-x86-64.so.2';
const glibc = Buffer.concat([
  makeElf({ soname: 'ld-linux-x86-64.so.2' }),
  Buffer.from('\0/lib64/\0/usr/lib64/\0\0/etc/ld.so.cache\0'),
]);
const MUSL = '/lib/ld-musl-x86_64.so.1';
const musl = makeElf({ soname: 'libc.so' });
const library = makeElf();
const sh = makeElf();
const dynamic = (parts: Parameters<typeof makeElf>[0]) => makeElf({ interpreter: LOADER, ...parts });

test('a static program needs itself', () => {
  const got = inspectIn({ '/bin/x': makeElf() }, 'x');
  assert.deepEqual([pathsOf(got), got.certain, got.problems], [['/bin/x'], true, []]);
});

test('links: the path that is opened, and what it resolves to', () => {
  const got = inspectIn({ '/bin/x': { link: '/opt/x-1' }, '/opt/x-1': makeElf() }, 'x');
  assert.deepEqual([got.needs[0]?.path, got.needs[0]?.resolved], ['/bin/x', '/opt/x-1']);
});

test('libraries breadth first: cache, then the directories built into the loader', () => {
  const got = inspectIn(
    {
      '/bin/x': dynamic({ needed: ['liba.so', 'libb.so'] }),
      [LOADER]: glibc,
      '/etc/ld.so.cache': makeCache([{ name: 'liba.so', path: '/opt/a/liba.so' }]),
      '/opt/a/liba.so': makeElf({ needed: ['libc.so', 'ld-linux-x86-64.so.2'] }),
      '/usr/lib64/libb.so': library,
      '/lib64/libc.so': library,
    },
    'x',
  );
  assert.deepEqual(pathsOf(got, 'library'), ['/opt/a/liba.so', '/usr/lib64/libb.so', '/lib64/libc.so']);
  assert.deepEqual(got.needs.at(-1), {
    ...got.needs.at(-1),
    path: '/etc/ld.so.cache',
    role: 'library-cache',
    needed: true,
    access: 'read',
  });
  assert.equal(got.certain, true);
});

test('the cache is not needed where it only tells what the loader would find by itself', () => {
  const cache = makeCache([{ name: 'liba.so', path: '/lib64/liba.so' }]);
  const table = { '/bin/x': dynamic({ needed: ['liba.so'] }), [LOADER]: glibc, '/lib64/liba.so': library };
  const got = inspectIn({ ...table, '/etc/ld.so.cache': cache }, 'x');
  assert.equal(got.needs.find(({ role }) => role === 'library-cache')?.needed, false);
});

test('DT_RPATH is inherited, DT_RUNPATH is not, $ORIGIN is of the object that holds it', () => {
  const table = {
    [LOADER]: glibc,
    '/app/lib/liba.so': makeElf({ needed: ['libb.so'] }),
    '/app/lib/libb.so': library,
  };
  const plain = (key: 'rpath' | 'runpath') =>
    inspectIn({ ...table, '/app/lib/x': dynamic({ needed: ['liba.so'], [key]: '$ORIGIN' }) }, '/app/lib/x');
  assert.deepEqual(pathsOf(plain('rpath'), 'library'), ['/app/lib/liba.so', '/app/lib/libb.so']);
  assert.deepEqual(
    plain('runpath').problems.map(({ path }) => path),
    ['libb.so'],
  );
});

test("DT_RUNPATH of a library shuts out its program's DT_RPATH", () => {
  const table = { [LOADER]: glibc, '/bin/x': dynamic({ needed: ['liba.so'], rpath: '/r' }), '/r/libb.so': library };
  const find = (parts: Parameters<typeof makeElf>[0]) =>
    inspectIn({ ...table, '/r/liba.so': makeElf({ needed: ['libb.so'], ...parts }) }, 'x').problems.length;
  assert.deepEqual([find({}), find({ runpath: '/none' })], [0, 1]);
});

test("$ORIGIN of a library is the directory that it was opened in, not its link's target", () => {
  const table = { [LOADER]: glibc, '/bin/x': dynamic({ needed: ['liba.so'], runpath: '/app' }) };
  const linked = {
    '/app/liba.so': { link: '/store/a' },
    '/store/a': makeElf({ needed: ['libb.so'], runpath: '$ORIGIN' }),
  };
  assert.equal(inspectIn({ ...table, ...linked, '/app/libb.so': library }, 'x').problems.length, 0);
  assert.equal(inspectIn({ ...table, ...linked, '/store/libb.so': library }, 'x').problems.length, 1);
});

test('a library in a directory that only loaders before glibc 2.37 try is unknown, even two deep', () => {
  const table = { [LOADER]: glibc, '/bin/x': dynamic({ needed: ['liba.so'], runpath: '/a' }), '/a/liba.so': library };
  assert.equal(inspectIn({ ...table, '/a/tls/other.so': library }, 'x').certain, true);
  assert.equal(inspectIn({ ...table, '/a/haswell/liba.so': library }, 'x').certain, false);
  assert.equal(inspectIn({ ...table, '/a/tls/x86_64/liba.so': library }, 'x').certain, false);
});

test('LD_LIBRARY_PATH comes behind DT_RPATH and before DT_RUNPATH; an empty element is the working directory', () => {
  const table = { [LOADER]: glibc, '/run/liba.so': library, '/env/liba.so': library, '/work/liba.so': library };
  const find = (key: 'rpath' | 'runpath', LD_LIBRARY_PATH: string) =>
    pathsOf(
      inspectIn({ ...table, '/bin/x': dynamic({ needed: ['liba.so'], [key]: '/run' }) }, 'x', {
        LD_LIBRARY_PATH: b(LD_LIBRARY_PATH),
      }),
      'library',
    );
  assert.deepEqual(find('rpath', '/env'), ['/run/liba.so']);
  assert.deepEqual(find('runpath', '/none;/env'), ['/env/liba.so']);
  assert.deepEqual(find('runpath', ':/env'), ['/work/liba.so']);
  assert.deepEqual(find('runpath', ''), ['/run/liba.so']);
});

test('a library of another machine is passed over; a text of that name stops the loader', () => {
  const table = {
    [LOADER]: glibc,
    '/bin/x': dynamic({ needed: ['liba.so'], runpath: '/a:/b' }),
    '/b/liba.so': library,
  };
  assert.deepEqual(pathsOf(inspectIn({ ...table, '/a/liba.so': makeElf({ bits: 32, machine: 3 }) }, 'x'), 'library'), [
    '/b/liba.so',
  ]);
  assert.equal(inspectIn({ ...table, '/a/liba.so': 'INPUT(x)' }, 'x').problems[0]?.code, 'library-invalid');
});

test('glibc-hwcaps: the best level of this processor, also beneath a run path', () => {
  const cpu = 'flags : cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3 \n';
  const table = {
    [LOADER]: glibc,
    '/bin/x': dynamic({ needed: ['liba.so'], runpath: '/a' }),
    '/a/liba.so': library,
    '/a/glibc-hwcaps/x86-64-v2/liba.so': library,
    '/a/glibc-hwcaps/x86-64-v3/liba.so': library,
  };
  const got = inspectIn({ ...table, '/proc/cpuinfo': cpu }, 'x');
  assert.deepEqual(pathsOf(got, 'library'), ['/a/glibc-hwcaps/x86-64-v2/liba.so']);
  assert.equal(inspectIn(table, 'x').certain, false);
});

test('$LIB is the first directory of the loader, an unknown $PLATFORM makes the library unknown', () => {
  const table = { [LOADER]: glibc, '/app/lib64/liba.so': library };
  const got = inspectIn({ ...table, '/bin/x': dynamic({ needed: ['liba.so'], runpath: '/app/$LIB' }) }, 'x');
  assert.deepEqual(pathsOf(got, 'library'), ['/app/lib64/liba.so']);
  const platform = inspectIn({ ...table, '/bin/x': dynamic({ needed: ['liba.so'], runpath: '/app/$PLATFORM' }) }, 'x');
  assert.deepEqual([platform.certain, platform.problems], [false, []]);
});

test('ld.so.preload: read by the loader, its libraries first, none of them needed', () => {
  const table = { [LOADER]: glibc, '/bin/x': dynamic({ needed: ['liba.so'] }), '/lib64/liba.so': library };
  const preload = { '/etc/ld.so.preload': '/opt/p.so # mine\n/opt/none.so', '/opt/p.so': library };
  const got = inspectIn({ ...table, ...preload }, 'x');
  const rest = got.needs.slice(2).map(({ path, needed }) => [path, needed]);
  assert.deepEqual(rest, [
    ['/etc/ld.so.preload', false],
    ['/opt/p.so', false],
    ['/lib64/liba.so', true],
  ]);
  assert.deepEqual(got.problems, []);
});

test('musl: its own names, its path file, its defaults, run paths inherited', () => {
  const program = makeElf({
    interpreter: MUSL,
    needed: ['libc.musl-x86_64.so.1', 'libz.so.1', 'liba.so'],
    runpath: '/app',
  });
  const table = {
    '/bin/x': program,
    [MUSL]: musl,
    '/app/liba.so': makeElf({ needed: ['libb.so'] }),
    '/app/libb.so': library,
  };
  const byDefault = inspectIn({ ...table, '/usr/local/lib/libz.so.1': library }, 'x');
  assert.deepEqual(pathsOf(byDefault, 'library'), ['/usr/local/lib/libz.so.1', '/app/liba.so', '/app/libb.so']);
  const listed = { ...table, '/etc/ld-musl-x86_64.path': '/one:/two\n/three\n', '/three/libz.so.1': library };
  assert.deepEqual(pathsOf(inspectIn(listed, 'x')).slice(0, 4), [
    '/bin/x',
    MUSL,
    '/etc/ld-musl-x86_64.path',
    '/three/libz.so.1',
  ]);
});

test('musl: $ORIGIN in both spellings; a run path with another token is as none', () => {
  const find = (runpath: string) => {
    const program = makeElf({ interpreter: MUSL, needed: ['liba.so'], runpath });
    return inspectIn({ '/o$x/p': program, [MUSL]: musl, '/o$x/l/liba.so': library }, '/o$x/p').problems.length;
  };
  assert.deepEqual(['/z:$ORIGIN/l', '${ORIGIN}:${ORIGIN}/l', '$ORIGIN/l:/$LIB'].map(find), [0, 0, 1]);
});

test('a loader of an unknown kind: its libraries are not guessed', () => {
  const got = inspectIn(
    { '/bin/x': makeElf({ interpreter: '/l', needed: ['liba.so'] }), '/l': makeElf({ soname: 'odd' }) },
    'x',
  );
  assert.deepEqual([pathsOf(got), got.certain, got.problems], [['/bin/x', '/l'], false, []]);
});

test('a missing or foreign ELF interpreter', () => {
  const missing = inspectIn({ '/bin/x': dynamic({}) }, 'x');
  assert.deepEqual([missing.chosen, missing.candidates[0]?.chain?.errno], [undefined, 'ENOENT']);
  assert.equal(missing.problems[0]?.code, 'interpreter-missing');
  const foreign = inspectIn({ '/bin/x': dynamic({}), [LOADER]: makeElf({ machine: 183 }) }, 'x');
  assert.equal(foreign.candidates[0]?.chain?.errno, 'ELIBBAD');
});

test('scripts of scripts: five are followed, the sixth is ELOOP', () => {
  const scripts = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`/bin/s${i}`, i ? `#!/bin/s${i - 1}\n` : '#!/bin/sh\n']),
    );
  assert.deepEqual(pathsOf(inspectIn({ ...scripts(5), '/bin/sh': sh }, 's4')).at(-1), '/bin/sh');
  assert.equal(inspectIn({ ...scripts(6), '/bin/sh': sh }, 's5').candidates[0]?.chain?.errno, 'ELOOP');
});

test('no format: the shell runs it; what is registered, or foreign where that is unseen, is unknown', () => {
  const shell = inspectIn({ '/bin/x': 'echo', '/bin/sh': sh }, 'x');
  assert.deepEqual([pathsOf(shell), shell.notes[0]?.code], [['/bin/x', '/bin/sh'], 'runs-by-shell']);
  const format = 'enabled\ninterpreter /q\nflags: \noffset 0\nmagic 6563\n';
  const registered = inspectIn({ '/bin/x': 'echo', '/proc/sys/fs/binfmt_misc/e': format }, 'x');
  assert.deepEqual([registered.certain, registered.notes.at(-1)?.code], [false, 'unknown']);
  assert.equal(inspectIn({ '/bin/x': makeElf({ machine: 183 }), '/bin/sh': sh }, 'x').certain, false);
});

test('env: what it looks up is inspected too, in the PATH that env leaves', () => {
  const table = { '/usr/bin/env': sh, '/bin/node': makeElf(), '/opt/node': makeElf() };
  const run = (line: string) => inspectIn({ ...table, '/bin/x': `#!/usr/bin/env ${line}\n` }, 'x');
  assert.deepEqual(pathsOf(run('node')), ['/bin/x', '/usr/bin/env', '/bin/node']);
  assert.deepEqual(pathsOf(run('-S PATH=/opt node --test')), ['/bin/x', '/usr/bin/env', '/opt/node']);
  assert.equal(run('nodejs').problems[0]?.code, 'program-not-found');
  assert.equal(run('-C /tmp node').certain, false);
});

test('env: what either program needs is needed', () => {
  const cache = makeCache([
    { name: 'liba.so', path: '/lib64/liba.so' },
    { name: 'libb.so', path: '/opt/libb.so' },
  ]);
  const table = { [LOADER]: glibc, '/etc/ld.so.cache': cache, '/lib64/liba.so': library, '/opt/libb.so': library };
  const programs = { '/usr/bin/env': dynamic({ needed: ['liba.so'] }), '/bin/y': dynamic({ needed: ['libb.so'] }) };
  const got = inspectIn({ ...table, ...programs, '/bin/x': '#!/usr/bin/env y\n' }, 'x');
  assert.equal(got.needs.find(({ role }) => role === 'library-cache')?.needed, true);
  assert.equal(new Set(pathsOf(got)).size, got.needs.length);
});

test('an ELF machine that is not known here is unknown, not foreign', () => {
  const got = inspectIn(
    { '/bin/x': makeElf({ bits: 32, machine: 62 }), '/proc/sys/fs/binfmt_misc/status': 'enabled' },
    'x',
  );
  assert.deepEqual([got.certain, got.notes.map(({ code }) => code)], [false, ['unknown']]);
});

test('env scripts that start each other for ever end in "unknown"', () => {
  assert.equal(inspectIn({ '/usr/bin/env': sh, '/bin/x': '#!/usr/bin/env x\n' }, 'x').certain, false);
});

test('candidates: states, and the first that runs', () => {
  const got = inspectIn(
    {
      '/a/x': { error: 'EACCES' },
      '/b/x': 'DIRECTORY',
      '/c/x': { bytes: 'x', mode: 0o100644 },
      '/d/x': { bytes: 'x', mode: 0o104755 },
      '/bin/sh': sh,
    },
    'x',
    { PATH: b('/none:/a:/b:/c:/d') },
  );
  const states = got.candidates.map(({ state }) => state);
  assert.deepEqual(states, ['missing', 'unsearchable', 'not-regular', 'not-executable', 'executable']);
  assert.equal(got.chosen?.path, '/d/x');
  assert.equal(got.notes[0]?.code, 'set-user-id');
});

test('an errno at which execvp stops hides what comes behind', () => {
  const got = inspectIn({ '/a/x': { error: 'ELOOP' }, '/bin/x': sh }, 'x', { PATH: b('/a:/bin') });
  assert.equal(got.chosen, undefined);
});

test('a file that may be executed but not read is unknown', () => {
  const got = inspectIn({ '/bin/x': { bytes: makeElf(), unreadable: true } }, 'x');
  assert.deepEqual([pathsOf(got), got.certain], [['/bin/x'], false]);
});

test('relative names and interpreters start at the working directory', () => {
  const got = inspectIn({ '/work/bin/x': '#!bin/i\n', '/work/bin/i': sh }, 'bin/x');
  assert.deepEqual(pathsOf(got), ['/work/bin/x', '/work/bin/i']);
});
