import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { neededGrants } from '../../src/advice/preflight-grants.ts';
import { bytesOfLatin1 } from '../../src/base/bytes.ts';
import type { Inspection } from '../../src/executable/inspection.ts';
import { inspectCommand } from '../../src/host/inspect-command.ts';
import { fsMask } from '../../src/kernel/rights.ts';
import { compileC } from '../support/compile-c.ts';
import { b, pathsOf } from './table-files.ts';

/** The inspector against this machine: ldd says which libraries, the kernel which errno, a Landlock domain whether that was all. */

const root = mkdtempSync(join(tmpdir(), 'preflight-'));
after(() => rmSync(root, { recursive: true, force: true }));
const here = (name: string) => join(root, name);
const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
const inspect = (name: string, more: { LD_LIBRARY_PATH?: string; PATH?: string } = {}): Inspection =>
  inspectCommand({
    name: bytesOfLatin1(Buffer.from(name).toString('latin1')),
    PATH: b(more.PATH ?? PATH),
    cwd: bytesOfLatin1(root),
    LD_LIBRARY_PATH: more.LD_LIBRARY_PATH === undefined ? undefined : b(more.LD_LIBRARY_PATH),
  });

function script(name: string, text: string, mode = 0o755): string {
  writeFileSync(here(name), text, 'latin1');
  chmodSync(here(name), mode);
  return here(name);
}

function cc(output: string, source: string, ...flags: string[]): string {
  writeFileSync(here('source.c'), source);
  execFileSync('cc', ['-o', here(output), here('source.c'), ...flags], { stdio: 'pipe' });
  return here(output);
}

const MAIN = 'int main(void) { return 0; }';
mkdirSync(here('lib/deep'), { recursive: true });
mkdirSync(here('bin'));
const shared = ['-shared', '-fPIC', '-Wl,--no-as-needed'];
cc('lib/deep/libinner.so', 'int inner;', ...shared, '-Wl,-soname,libinner.so');
cc(
  'lib/libouter.so',
  'int outer;',
  ...shared,
  `-L${here('lib/deep')}`,
  '-linner',
  '-Wl,--enable-new-dtags,-rpath,$ORIGIN/deep',
);
cc('lib/libplain.so', 'int plain;', ...shared, `-L${here('lib/deep')}`, '-linner');
const link = ['-Wl,--no-as-needed', `-L${here('lib')}`, `-L${here('lib/deep')}`];
const dtags = (kind: 'new' | 'old', path: string) =>
  `-Wl,--${kind === 'new' ? 'enable' : 'disable'}-new-dtags,-rpath,${path}`;

const dynamic = cc('bin/dynamic', MAIN);
const fixed = cc('bin/static', MAIN, '-static');
const staticPie = cc('bin/static-pie', MAIN, '-static-pie');
const origin = cc('bin/origin', MAIN, ...link, '-louter', dtags('new', '$ORIGIN/../lib'));
const rpath = cc('bin/rpath', MAIN, ...link, '-lplain', dtags('old', `${here('lib')}:\${ORIGIN}/../lib/deep`));
const runpathOnly = cc(
  'bin/runpath',
  MAIN,
  ...link,
  '-lplain',
  '-Wl,--allow-shlib-undefined',
  dtags('new', here('lib')),
);
const libToken = cc('bin/lib-token', MAIN, ...link, '-louter', dtags('new', '$ORIGIN/../$LIB:$ORIGIN/../lib'));
const unset = cc('bin/unset', MAIN, ...link, '-lplain');
symlinkSync(origin, here('by-link'));

function patchedLoader(name: string, loader: string): string {
  const bytes = readFileSync(dynamic);
  const interpreter = inspect(dynamic).needs.find(({ role }) => role === 'loader')?.path ?? '';
  const at = bytes.indexOf(`${interpreter}\0`);
  bytes.fill(0, at, at + interpreter.length);
  bytes.write(loader, at);
  writeFileSync(here(name), bytes, { mode: 0o755 });
  return here(name);
}

/** Paths that ldd prints, without the vdso and the loader. */
function ldd(file: string, LD_LIBRARY_PATH: string): string[] {
  const { stdout } = spawnSync('ldd', [file], { env: { PATH, LD_LIBRARY_PATH }, encoding: 'latin1' });
  const lines = stdout.split('\n').map((line) => /(?:=> )?(\/\S+) \(0x[0-9a-f]+\)$/.exec(line)?.[1]);
  return lines.filter((path) => path !== undefined && !/\/ld-(?:linux|musl)/.test(path)) as string[];
}

const needsLdd = { skip: existsSync('/usr/bin/ldd') ? false : 'ldd is not installed' };
const libraryPath = `${here('lib')}:${here('lib/deep')}`;

for (const [name, LD_LIBRARY_PATH] of [
  ...[
    'git',
    'bash',
    'ls',
    'env',
    'perl',
    'tar',
    'su',
    'gcc',
    'node',
    'ld',
    'openssl',
    'curl',
    'python3',
    'find',
    'sed',
  ].map((each) => [each, ''] as const),
  ...['apt-get', 'dpkg', 'ssh', 'gpg', 'gdb', 'busybox', 'systemctl', 'mount', 'awk', 'cmake'].map(
    (each) => [each, ''] as const,
  ),
  [dynamic, ''],
  [fixed, ''],
  [staticPie, ''],
  [origin, ''],
  [rpath, ''],
  [libToken, ''],
  [unset, libraryPath],
] as const) {
  const got = inspect(name, { LD_LIBRARY_PATH });
  const file = got.chosen?.absolute;
  const skip = needsLdd.skip || (file === undefined ? `${name} is not installed` : false);
  test(`libraries of ${name.replace(root, '')} are what ldd prints`, { skip }, () => {
    assert.deepEqual(got.problems, []);
    assert.equal(got.certain, true);
    assert.deepEqual(pathsOf(got, 'library').map(real).sort(), ldd(String(file), LD_LIBRARY_PATH).map(real).sort());
  });
}

/** ldd is a program of its own directory: only dots are taken out, no link is followed. */
function real(path: string): string {
  return join(path);
}

const compat = spawnSync('cc', ['-m32', '-o', here('bin/compat'), here('source.c')]).status === 0;
test('libraries of a 32-bit program', { skip: compat ? needsLdd.skip : 'no 32-bit compiler' }, () => {
  const got = inspect(here('bin/compat'));
  assert.ok(pathsOf(got, 'library').length > 0);
  assert.deepEqual(pathsOf(got, 'library').map(real).sort(), ldd(here('bin/compat'), '').map(real).sort());
});

test('$ORIGIN of a program that is started by a link is where the program lies', () => {
  // ldd starts the loader instead of the program, and takes the link's directory; so the loader is asked in the program's own exec.
  const env = { PATH, LD_TRACE_LOADED_OBJECTS: '1' };
  const listed = execFileSync(here('by-link'), { env, encoding: 'utf8' });
  const ours = [...listed.matchAll(/=> (\S+) \(/g)].map((match) => real(match[1] as string)).sort();
  assert.equal(ours.length, 3);
  assert.deepEqual(
    pathsOf(inspect(here('by-link')), 'library')
      .map(real)
      .sort(),
    ours,
  );
});

test('a library that ldd does not find is named as missing', needsLdd, () => {
  for (const file of [runpathOnly, unset]) {
    const { stdout } = spawnSync('ldd', [file], { env: { PATH }, encoding: 'utf8' });
    const missing = [...stdout.matchAll(/(\S+) => not found/g)].map((match) => match[1]);
    assert.ok(missing.length > 0);
    assert.deepEqual(
      inspect(file).problems.map(({ path }) => path),
      missing,
    );
  }
});

const muslCompiler = spawnSync('musl-gcc', ['--version']).error === undefined;
test('musl: what its loader lists', { skip: muslCompiler ? false : 'musl-gcc is not installed' }, () => {
  const build = (output: string, source: string, ...flags: string[]) => {
    writeFileSync(here('source.c'), source);
    execFileSync('musl-gcc', ['-o', here(output), here('source.c'), ...flags], { stdio: 'pipe' });
  };
  build('lib/libm1.so', 'int m1;', '-shared', '-fPIC');
  build('lib/libm2.so', 'int m2;', '-shared', '-fPIC', '-Wl,--no-as-needed', `-L${here('lib')}`, '-lm1');
  build('bin/musl', MAIN, '-Wl,--no-as-needed', `-L${here('lib')}`, '-lm2', '-Wl,-rpath,$ORIGIN/../lib');
  const got = inspect(here('bin/musl'));
  const loader = got.needs.find(({ role }) => role === 'loader')?.path ?? '';
  const listed = execFileSync(loader, ['--list', here('bin/musl')], { encoding: 'latin1' });
  const paths = [...listed.matchAll(/=> (\/\S+) \(/g)]
    .map((match) => match[1] as string)
    .filter((path) => path !== loader);
  assert.equal(paths.length, 2);
  assert.deepEqual(pathsOf(got, 'library').map(real), paths.map(real));
});

const chain = [
  script('script', '#!/bin/sh\nexit 0\n'),
  script('script-of-script', `#!${here('script')}\n`),
  script('argument', '#!/bin/sh -e\nexit 0\n'),
  script('env', '#!/usr/bin/env true\n'),
  script('env-split', '#!/usr/bin/env -S A=1 sh -e\nexit 0\n'),
  script('env-path', `#!/usr/bin/env -S PATH=${here('bin')} dynamic\n`),
  script('caf\xe9 \x01', '#!/bin/sh\nexit 0\n'),
];
const runner = compileC('grant-and-exec', ['test/preflight/grant-and-exec.c']);
const run = (grants: readonly string[], file: string, ...args: string[]) =>
  spawnSync(runner, [...grants, '--', file, ...args], { env: { PATH }, cwd: root, encoding: 'latin1' });

const landlock = run([`x:/`], fixed).status === 98 ? 'this kernel has no Landlock' : false;
const executeAndRead = fsMask('execute', 'read_file');

for (const file of [...chain, dynamic, fixed, staticPie, origin, rpath, here('by-link'), '/bin/true', '/usr/bin/env']) {
  test(`what is found for ${JSON.stringify(file.replace(root, ''))} lets it run, and nothing of it can be left out`, {
    skip: landlock,
  }, () => {
    const got = inspect(file);
    assert.equal(got.certain, true);
    const words = neededGrants(got).map(({ path, access }) => {
      const text = Buffer.from(path, 'latin1').toString('utf8');
      return `${access === executeAndRead ? 'x' : 'r'}:${text}`;
    });
    const optional = got.needs.map(({ needed }) => !needed);
    const args = file === '/usr/bin/env' ? ['--version'] : [];
    assert.equal(run(words, file, ...args).status, 0, 'with all of them');
    words.forEach((word, index) => {
      const rest = words.filter((_, other) => other !== index);
      const covered = got.needs.some((need, other) => other !== index && need.resolved === got.needs[index]?.resolved);
      if (!optional[index] && !covered) assert.notEqual(run(rest, file, ...args).status, 0, `without ${word}`);
    });
  });
}

const six = Array.from({ length: 6 }, (_, i) =>
  script(`nest${i}`, `#!${i === 0 ? '/bin/sh' : here(`nest${i - 1}`)}\n`),
);
for (const [title, file] of [
  ['five scripts', six[4] as string],
  ['six scripts', six[5] as string],
  ['a carriage return', script('crlf', '#!/bin/sh\r\nexit 0\r\n')],
  ['a missing interpreter', script('missing', '#!/no/such\n')],
  ['a directory as interpreter', script('directory', '#!/usr\n')],
  ['an interpreter without x', script('plain', `#!${script('unexecutable', 'x', 0o644)}\n`)],
  ['no format', script('bare', 'exit 0\n')],
  ['an empty file', script('empty', '')],
  ['an empty first line', script('nothing', '#!\n')],
  ['#! and nothing else', script('hashbang', '#!')],
  ['a line of 300 bytes', script('long', `#!/bin/${'x'.repeat(300)}\n`)],
  ['a zero byte in the name', script('zero', '#!/bin/sh\0x\nexit 0\n')],
  ['a missing loader', patchedLoader('no-loader', '/no/loader')],
  ['a text as loader', patchedLoader('text-loader', `/etc/passwd`)],
  ['a truncated ELF file', script('truncated', readFileSync(dynamic).toString('latin1', 0, 90))],
] as const) {
  test(`execve's errno: ${title}`, () => {
    const { status, stdout } = spawnSync(runner, ['-u', '--', file], { cwd: root, encoding: 'utf8' });
    const candidate = inspect(file).candidates[0];
    const shell = candidate?.chain?.notes.some(({ code }) => code === 'runs-by-shell');
    const foretold = shell ? 'ENOEXEC' : candidate?.chain?.errno;
    const number =
      foretold === undefined ? undefined : ({ ...constants.errno, ELIBBAD: 80 } as Record<string, number>)[foretold];
    assert.equal(status === 99 ? Number(stdout) : undefined, number, foretold);
  });
}

test('a name that is not UTF-8', () => {
  const name = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff, 0x0a, 0xe9])]);
  writeFileSync(name, '#!/bin/sh\n', { mode: 0o755 });
  const path = bytesOfLatin1(name.toString('latin1'));
  const got = inspectCommand({ name: path, PATH: undefined, cwd: b('/') });
  assert.equal(got.needs[0]?.resolved, path);
  assert.equal(got.chosen?.state, 'executable');
});

test('set-user-ID is noted', { skip: existsSync('/usr/bin/su') ? false : 'su is not installed' }, () => {
  assert.equal(inspect('su').notes[0]?.code, 'set-user-id');
});

test('a shim: a bash script found by env, in the PATH that is given', () => {
  mkdirSync(here('shims'));
  script('shims/python3', '#!/usr/bin/env bash\nexec true\n');
  const got = inspect('python3', { PATH: `${here('shims')}:${PATH}` });
  assert.equal(got.chosen?.path, here('shims/python3'));
  assert.ok(pathsOf(got, 'command').some((path) => path.endsWith('/bash')));
});

test('an ELF file of another machine is not taken for ours', () => {
  const bytes = readFileSync(fixed);
  bytes.writeUInt16LE(process.arch === 'arm64' ? 62 : 183, 18);
  writeFileSync(here('foreign'), bytes, { mode: 0o755 });
  assert.ok(inspect(here('foreign')).notes.some(({ code }) => code === 'foreign-machine'));
});
