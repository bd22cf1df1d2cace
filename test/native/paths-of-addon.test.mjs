/** What the addon tells of paths: the same as readlink(1) and realpath(1) do, byte for byte. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const native = createRequire(import.meta.url)('../../native/build/Release/landlock_run.node');
const latin1 = (text) => Buffer.from(text, 'utf8').toString('latin1');

function fixture(t) {
  const directory = mkdtempSync(join(tmpdir(), 'landlock-run-paths-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('a link is told as it was written, wherever it leads', (t) => {
  const directory = fixture(t);
  const long = `/${'x/'.repeat(2047)}`;
  for (const target of ['nowhere', '../up', 'ü\n', Buffer.from([0xff, 0x2f, 0x80]), '/'.padEnd(4095, 'x'), long]) {
    const link = join(directory, 'link');
    symlinkSync(target, link);
    const expected = execFileSync('readlink', ['-n', link]).toString('latin1');
    assert.equal(native.readLink(latin1(link)), expected);
    rmSync(link);
  }
});

test('what is no link, is missing or cannot be looked at has no target', (t) => {
  const directory = fixture(t);
  writeFileSync(join(directory, 'file'), '');
  for (const path of [directory, join(directory, 'file'), join(directory, 'missing'), join(directory, 'file/below')])
    assert.equal(native.readLink(latin1(path)), undefined, path);
  assert.equal(native.readLink('x'.repeat(5000)), undefined);
});

test('a path is resolved through all of its links, and not where one leads nowhere', (t) => {
  const directory = fixture(t);
  mkdirSync(join(directory, 'real/ü'), { recursive: true });
  symlinkSync('real', join(directory, 'one'));
  symlinkSync('one/ü', join(directory, 'two'));
  symlinkSync('gone', join(directory, 'broken'));
  symlinkSync('loop', join(directory, 'loop'));
  for (const path of ['two', 'two/..', 'one/ü/.', 'real'])
    assert.equal(
      native.realPath(latin1(`${directory}/${path}`)),
      execFileSync('realpath', ['-z', `${directory}/${path}`])
        .toString('latin1')
        .slice(0, -1),
    );
  for (const path of ['broken', 'loop', 'missing', 'two/missing'])
    assert.equal(native.realPath(latin1(join(directory, path))), undefined, path);
});

test('what is no path is a TypeError', () => {
  for (const path of ['a\0b', 'Ā', 7, undefined, ['a']]) {
    assert.throws(() => native.readLink(path), TypeError);
    assert.throws(() => native.realPath(path), TypeError);
  }
});
