import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesFormat, parseBinaryFormat } from '../../src/executable/binfmt.ts';
import { candidatePaths } from '../../src/executable/candidates.ts';
import { readElfImage } from '../../src/executable/elf-image.ts';
import { parseEnvArgument, splitString } from '../../src/executable/env-arguments.ts';
import { compareLibraryNames, parseLibraryCache } from '../../src/executable/library-cache.ts';
import { parseLoaderStrings } from '../../src/executable/loader-strings.ts';
import { isOnNoexecMount } from '../../src/executable/mounts.ts';
import { parseProcessor } from '../../src/executable/processor.ts';
import { expandTokens } from '../../src/executable/search-path.ts';
import { parseShebang } from '../../src/executable/shebang.ts';
import { makeCache } from './cache-builder.ts';
import { makeElf } from './elf-builder.ts';
import { b } from './table-files.ts';

const shebang = (text: string) => parseShebang(Buffer.from(text, 'latin1'));
const long = 'x'.repeat(300);

for (const [title, line, expected] of [
  ['a plain interpreter', '#!/bin/sh\n', { interpreter: '/bin/sh' }],
  ['no newline at the end of a short file', '#!/bin/sh', { interpreter: '/bin/sh' }],
  ['blanks around name and argument', '#! \t/bin/sh \t-e  -u \t\necho', { interpreter: '/bin/sh', argument: '-e  -u' }],
  ['a carriage return belongs to the name', '#!/bin/sh\r\n', { interpreter: '/bin/sh\r' }],
  ['a carriage return belongs to the argument', '#!/bin/sh -e\r\n', { interpreter: '/bin/sh', argument: '-e\r' }],
  ['a relative interpreter', '#!sh\n', { interpreter: 'sh' }],
  ['bytes that are not UTF-8', '#!/\xff\xfe\n', { interpreter: '/\xff\xfe' }],
  ['an argument that is cut off', `#!/bin/sh ${long}`, { interpreter: '/bin/sh', argument: 'x'.repeat(245) }],
  ['a name that may be cut off', `#!/${long}`, 'ENOEXEC'],
  ['a newline beyond 256 bytes counts for nothing', `#!/${long}\n`, 'ENOEXEC'],
  ['no name', '#!  \n', 'ENOEXEC'],
  ['nothing at all behind it', '#!', { interpreter: '' }],
  ['no #!', 'echo', undefined],
  ['an empty file', '', undefined],
] as const) {
  test(`shebang: ${title}`, () => assert.deepEqual(shebang(line), expected));
}

for (const [argument, expected] of [
  ['python3', { program: 'python3' }],
  ['python3 -u', { program: 'python3 -u' }],
  ['-S python3 -u', { program: 'python3' }],
  ['-Spython3 -u', { program: 'python3' }],
  ['-vS node', { program: 'node' }],
  ['--split-string=node --test', { program: 'node' }],
  ['-S A=1 B=2 node', { program: 'node' }],
  ['-S PATH=/opt/bin node', { program: 'node', path: { value: '/opt/bin' } }],
  ['-S -i node', { program: 'node', path: { value: undefined } }],
  ['-iS node', { program: 'node', path: { value: undefined } }],
  ['-S - node', { program: 'node', path: { value: undefined } }],
  ['-S -u PATH node', { program: 'node', path: { value: undefined } }],
  ['-S --unset=HOME -- node', { program: 'node' }],
  ['-S -C /tmp node', undefined],
  ['-S ${HOME}/x', undefined],
  ['-S', undefined],
  ['-x', undefined],
  ['A=1', undefined],
] as const) {
  test(`env: "${argument}"`, () => assert.deepEqual(parseEnvArgument(b(argument)), expected));
}

test('env -S: quotes, escapes and comments as coreutils documents them', () => {
  assert.deepEqual(splitString(b(`a 'b c' "d\\_e" f\\_g 'h\\'i' "" #rest`)), ['a', 'b c', 'd e', 'f', 'g', "h'i", '']);
  assert.deepEqual(splitString(b('a\\tb\\cignored')), ['a\tb']);
  assert.equal(splitString(b('"open')), undefined);
});

const read = (file: Buffer) => (offset: number, length: number) => file.subarray(offset, offset + length);
const image = (file: Buffer) => readElfImage(file.subarray(0, 1024), read(file));

for (const bits of [32, 64] as const) {
  for (const bigEndian of [false, true]) {
    test(`ELF: ${bits} bits, ${bigEndian ? 'big' : 'little'} endian`, () => {
      const parts = {
        needed: ['liba.so', 'libb.so.1'],
        soname: 'me',
        runpath: '$ORIGIN/lib',
        interpreter: '/lib/ld.so.1',
      };
      const { needed, soname, runpath, interpreter } = parts;
      const expected = {
        bits,
        littleEndian: !bigEndian,
        machine: 20,
        interpreter,
        needed,
        auxiliary: [],
        soname,
        runpath,
      };
      const got = image(makeElf({ ...parts, bits, bigEndian, machine: 20 }));
      assert.deepEqual(got, { ...expected, noDefaultLibraries: false });
    });
  }
}

test('ELF: DT_RUNPATH makes DT_RPATH void, DF_1_NODEFLIB is read', () => {
  const got = image(makeElf({ rpath: '/a', runpath: '/b', flags1: 0x800 }));
  assert.ok(typeof got === 'object' && !('rpath' in got) && got.runpath === '/b' && got.noDefaultLibraries);
});

test('ELF: strings far apart in a large table', () => {
  const far = Array.from({ length: 400 }, (_, index) => `lib${'y'.repeat(100)}${index}.so`);
  const got = image(makeElf({ needed: far }));
  assert.ok(typeof got === 'object');
  assert.deepEqual(got.needed, far);
});

test('ELF: every truncation is refused or damaged, never a half answer', () => {
  const whole = makeElf({ needed: ['libx.so'], interpreter: '/lib/ld.so' });
  for (let length = 0; length < 64; length++) assert.equal(image(whole.subarray(0, length)), undefined);
  for (let length = 64; length < whole.length; length++) {
    const got = image(whole.subarray(0, length));
    assert.ok(got === undefined || got === 'damaged', `at ${length}`);
  }
});

test('ELF: an interpreter without a zero byte at its end is refused, as by the kernel', () => {
  const file = makeElf({ interpreter: '/lib/ld.so' });
  file[file.indexOf('/lib/ld.so\0') + 10] = 0x41;
  assert.equal(image(file), undefined);
});

test('ld.so.cache: numbers in names sort as numbers', () => {
  assert.ok(compareLibraryNames('libx.so.10', 'libx.so.9') > 0);
  assert.ok(compareLibraryNames('libx.so.1', 'libx.so.1.2') < 0);
  assert.equal(compareLibraryNames('libx.so.01', 'libx.so.1'), 0);
  assert.ok(compareLibraryNames('lib1', 'liba') > 0);
});

test('ld.so.cache: the entry of the right machine and the best usable hwcap', () => {
  const cache = parseLibraryCache(
    makeCache([
      { name: 'liba.so.1', path: '/lib32/liba.so.1', flags: 3 },
      { name: 'liba.so.1', path: '/lib/liba.so.1' },
      { name: 'liba.so.1', path: '/lib/v2/liba.so.1', hwcap: 'x86-64-v2' },
      { name: 'liba.so.1', path: '/lib/v3/liba.so.1', hwcap: 'x86-64-v3' },
      ...Array.from({ length: 50 }, (_, index) => ({ name: `libz.so.${index}`, path: `/lib/libz.so.${index}` })),
    ]),
  );
  assert.ok(cache?.hasHwcaps);
  assert.equal(cache.find(b('liba.so.1'), [0x303], []), '/lib/liba.so.1');
  assert.equal(cache.find(b('liba.so.1'), [0x303], ['x86-64-v2']), '/lib/v2/liba.so.1');
  assert.equal(cache.find(b('liba.so.1'), [0x303], ['x86-64-v3', 'x86-64-v2']), '/lib/v3/liba.so.1');
  assert.equal(cache.find(b('liba.so.1'), [3], ['x86-64-v3']), '/lib32/liba.so.1');
  for (let i = 0; i < 50; i++) assert.equal(cache.find(b(`libz.so.${i}`), [0x303], []), `/lib/libz.so.${i}`);
  assert.equal(cache.find(b('libq.so'), [0x303], []), undefined);
});

test('ld.so.cache: behind entries of the old format; of other byte order or cut short it is none', () => {
  const fresh = makeCache([{ name: 'liba.so', path: '/lib/liba.so' }]);
  const old = Buffer.alloc(16 + 12 + 4);
  old.write('ld.so-1.7.0');
  old.writeUInt32LE(1, 12);
  assert.equal(parseLibraryCache(Buffer.concat([old, fresh]))?.find(b('liba.so'), [0x303], []), '/lib/liba.so');
  assert.equal(parseLibraryCache(fresh.subarray(0, 60)), undefined);
  fresh[28] = 3;
  assert.equal(parseLibraryCache(fresh), undefined);
});

test('the directories built into a loader: the longest run that ends in one for libraries', () => {
  const loader = Buffer.from('\x01/proc/\0xx\0\0/lib64/\0/usr/lib64/\0\0/etc/ld.so.cache\0/x/lib/\0');
  const strings = { defaultDirectories: ['/lib64', '/usr/lib64'], cachePath: '/etc/ld.so.cache' };
  assert.deepEqual(parseLoaderStrings(loader), strings);
  assert.equal(parseLoaderStrings(Buffer.from('nothing/\0')), undefined);
});

test('processor: levels stop at the first flag that is absent', () => {
  const v2 = 'cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3';
  const text = (flags: string) => `vendor_id\t: AuthenticAMD\nflags\t\t: fpu ${flags}\nbugs:\n`;
  assert.deepEqual(parseProcessor(text(v2)), { hwcaps: ['x86-64-v2'], platformVaries: false });
  assert.deepEqual(parseProcessor(text(`${v2} avx512f`))?.hwcaps, ['x86-64-v2']);
  assert.equal(parseProcessor('Features: fp'), undefined);
});

test('tokens: both spellings; an unknown value makes the whole unknown', () => {
  const tokens = { ORIGIN: b('/o'), LIB: b('lib64'), PLATFORM: undefined };
  assert.equal(expandTokens(b('$ORIGIN/../${LIB}'), tokens), '/o/../lib64');
  assert.equal(expandTokens(b('$ORIGINAL/$X'), tokens), '$ORIGINAL/$X');
  assert.equal(expandTokens(b('/x/$PLATFORM'), tokens), undefined);
});

test('binfmt_misc: magic under a mask, extension, disabled', () => {
  const arm = parseBinaryFormat('enabled\ninterpreter /usr/bin/qemu\nflags: \noffset 1\nmagic 454c46\nmask ffff00\n');
  assert.ok(arm && matchesFormat(arm, b('/x'), Buffer.from('\x7fELf')));
  assert.ok(arm && !matchesFormat(arm, b('/x'), Buffer.from('\x7fEMF')));
  const exe = parseBinaryFormat('enabled\ninterpreter /usr/bin/wine\nflags: \nextension .exe\n');
  assert.ok(
    exe && matchesFormat(exe, b('/a.b/x.exe'), Buffer.alloc(0)) && !matchesFormat(exe, b('/exe'), Buffer.alloc(0)),
  );
  assert.equal(parseBinaryFormat('disabled\nmagic 00\noffset 0\n'), undefined);
});

test('mountinfo: the innermost, latest mount decides; octal escapes', () => {
  const line = (point: string, options: string) => `1 2 0:3 / ${point} ${options} - tmpfs tmpfs rw`;
  const table = [line('/', 'rw'), line('/a', 'rw,noexec'), line('/a/b\\040c', 'rw')].join('\n');
  assert.equal(isOnNoexecMount(table, b('/a/x')), true);
  assert.equal(isOnNoexecMount(table, b('/ab/x')), false);
  assert.equal(isOnNoexecMount(table, b('/a/b c/x')), false);
  assert.equal(isOnNoexecMount(`${table}\n${line('/a', 'rw')}`, b('/a/x')), false);
});

test('candidates: as execvp has them', () => {
  assert.deepEqual(candidatePaths(b('x'), b('/a::b:/c/:')), ['/a/x', 'x', 'b/x', '/c/x', 'x']);
  assert.deepEqual(candidatePaths(b('x'), undefined), ['/bin/x', '/usr/bin/x']);
  assert.deepEqual(candidatePaths(b('x'), b('')), ['x']);
  assert.deepEqual(candidatePaths(b('./x'), b('/a')), ['./x']);
  assert.deepEqual(candidatePaths(b(''), b('/a')), []);
  assert.deepEqual(candidatePaths(b('x'), b(`/${'y'.repeat(5000)}:/a`)), ['/a/x']);
});
