import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foretell } from '../../src/advice/preflight.ts';
import { bytesOfLatin1 } from '../../src/base/bytes.ts';
import { readElfImage } from '../../src/executable/elf-image.ts';
import { parseEnvArgument } from '../../src/executable/env-arguments.ts';
import { compareLibraryNames, parseLibraryCache } from '../../src/executable/library-cache.ts';
import { parseLoaderStrings } from '../../src/executable/loader-strings.ts';
import { parseShebang } from '../../src/executable/shebang.ts';
import { makeCache } from './cache-builder.ts';
import { makeElf } from './elf-builder.ts';
import { b, inspectIn } from './table-files.ts';

/** Some bytes of a good file replaced, and the end cut off. */
const damaged = (good: Buffer) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
      fc.integer({ min: 0, max: good.length }),
    )
    .map(([edits, length]) => {
      const bytes = Buffer.from(good);
      for (const [at, byte] of edits) bytes[at] = byte;
      return bytes.subarray(0, length);
    });

const elf = makeElf({
  interpreter: '/lib64/ld.so',
  needed: ['liba.so', 'libb.so'],
  runpath: '$ORIGIN:/x',
  soname: 's',
});
const cache = makeCache([
  { name: 'liba.so', path: '/lib/liba.so' },
  { name: 'libb.so', path: '/lib/v3/libb.so', hwcap: 'x86-64-v3' },
]);
const head = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));

test('any bytes as an ELF file give an image, "damaged" or nothing', () => {
  fc.assert(
    fc.property(fc.oneof(head, damaged(elf)), (file) => {
      const image = readElfImage(file.subarray(0, 1024), (offset, length) => file.subarray(offset, offset + length));
      if (typeof image !== 'object') return;
      for (const text of [...image.needed, image.interpreter ?? '']) assert.ok(!text.includes('\0'));
    }),
    { numRuns: 3000 },
  );
});

test('any bytes as ld.so.cache give a cache that answers, or none', () => {
  fc.assert(
    fc.property(fc.oneof(head, damaged(cache)), (file) => {
      const found = parseLibraryCache(file)?.find(b('libb.so'), [0x303], ['x86-64-v3']);
      assert.ok(found === undefined || typeof found === 'string');
    }),
    { numRuns: 3000 },
  );
});

test('a first line never names an interpreter with a blank, newline or zero byte in it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const line = parseShebang(Buffer.from([0x23, 0x21, ...bytes]));
      assert.notEqual(line, undefined);
      if (typeof line === 'object') assert.doesNotMatch(line.interpreter, /[ \t\n\0]/);
    }),
    { numRuns: 3000 },
  );
});

test('names of libraries have one order', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '0', '1', '9'), maxLength: 6 });
  fc.assert(
    fc.property(name, name, name, (x, y, z) => {
      assert.equal(Math.sign(compareLibraryNames(x, y)), -Math.sign(compareLibraryNames(y, x)) + 0);
      if (compareLibraryNames(x, y) <= 0 && compareLibraryNames(y, z) <= 0) assert.ok(compareLibraryNames(x, z) <= 0);
    }),
    { numRuns: 3000 },
  );
});

test('env arguments and loaders of any bytes throw nothing', () => {
  fc.assert(
    fc.property(fc.string(), head, (text, bytes) => {
      const program = parseEnvArgument(bytesOfLatin1(`-S ${text}`))?.program;
      assert.notEqual(program, '');
      const found = parseLoaderStrings(bytes);
      assert.ok(found === undefined || found.defaultDirectories.length > 0);
    }),
  );
});

test('a whole inspection of damaged programs, loaders and libraries ends in a value, and so does what is foretold of it', () => {
  const library = makeElf({ soname: 'liba.so', needed: ['libb.so'] });
  fc.assert(
    fc.property(damaged(elf), damaged(library), damaged(cache), fc.boolean(), (program, broken, index, allowed) => {
      const table = { '/bin/x': program, '/lib64/ld.so': broken, '/etc/ld.so.cache': index, '/lib/liba.so': broken };
      const inspection = inspectIn({ ...table, '/bin/sh': makeElf() }, 'x');
      assert.equal(inspection.candidates.length, 1);
      assert.ok(['runs', 'fails', 'unknown'].includes(foretell(inspection, () => allowed).outcome));
    }),
    { numRuns: 1500 },
  );
});
