/** How the core words what it tells, and that its table is the one of the sources. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { FLAGS, KIND, PATH } from './plan-builder.mjs';
import { addon, root, runPlan } from './run-plan.mjs';

const bundle = await build({
  entryPoints: [join(root, 'src', 'diagnostics', 'render-native-messages.ts')],
  bundle: true,
  format: 'esm',
  write: false,
});
const { renderNativeMessages } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString('base64')}`
);

test('native/core/messages.inc is what the table renders to', () => {
  assert.equal(readFileSync(join(root, 'native', 'core', 'messages.inc'), 'utf8'), renderNativeMessages());
});

test('codes are unique and kebab-case; errors have an exit code, others have none; every one has a remedy', () => {
  const lines = renderNativeMessages().split('\n').slice(1, -1);
  const codes = lines.map((line) => line.split(', ')[1]);
  assert.equal(new Set(codes).size, codes.length);
  for (const line of lines)
    assert.match(
      line,
      /^MESSAGE\([A-Z_]+, "[a-z]+(-[a-z]+)*", (LEVEL_ERROR, 12[567]|LEVEL_(WARNING|NOTE), 0), "[^"]+", "[^"]+"\)$/,
    );
});

const shown = (name, flags = 0) => runPlan({ flags, chdir: `/${name}` }, ['true']).stderr;
const inQuotes = (text) => /directory "\/(.*)": /.exec(text)[1];

for (const [title, bytes, escaped] of [
  ['printable text', "a b'c", "a b'c"],
  ['quotes and backslashes', 'a"b\\', 'a\\"b\\\\'],
  ['a newline', 'a\nlandlock-run: b', 'a\\nlandlock-run: b'],
  ['a terminal sequence', '\x1b[2J\x07\x7f', '\\x1b[2J\\x07\\x7f'],
  ['valid UTF-8', Buffer.from('grün 漢字 🦀').toString('latin1'), Buffer.from('grün 漢字 🦀').toString('latin1')],
  ['a C1 control', Buffer.from('\u009b2J').toString('latin1'), '\\u{9b}2J'],
  ['bidirectional overrides', Buffer.from('a\u202eb\u2066c').toString('latin1'), 'a\\u{202e}b\\u{2066}c'],
  ['line separators', Buffer.from('a\u2028b').toString('latin1'), 'a\\u{2028}b'],
  ['bytes that are not UTF-8', '\xff\xc0\x80\xe2\x82', '\\xff\\xc0\\x80\\xe2\\x82'],
  ['surrogates in UTF-8', '\xed\xa0\x80', '\\xed\\xa0\\x80'],
  ['points beyond Unicode', '\xf4\x90\x80\x80', '\\xf4\\x90\\x80\\x80'],
]) {
  test(`${title} in a path: one safe line`, () => {
    const text = shown(bytes);
    assert.equal(text.split('\n').length, 2);
    assert.equal(inQuotes(text), escaped);
    const json = JSON.parse(Buffer.from(shown(bytes, FLAGS.JSON), 'latin1').toString());
    assert.equal(Buffer.from(inQuotes(json.message)).toString('latin1'), escaped);
  });
}

test('JSON is one object with code, level, origin, message and remedy', () => {
  const result = runPlan(
    {
      flags: FLAGS.JSON | FLAGS.VERBOSE,
      paths: [
        { path: '/no/such', origin: 'a "b"', flags: PATH.WRITE | PATH.STATED },
        { path: '/usr', flags: PATH.STATED },
      ],
    },
    ['true'],
  );
  assert.equal(result.status, 0);
  assert.deepEqual(JSON.parse(result.stderr), {
    code: 'path-missing',
    level: 'warning',
    origin: 'a "b"',
    message: 'nothing is granted, the path does not exist "/no/such": ENOENT (no such file or directory)',
    remedy: 'create it, correct it, or mark it optional',
  });
});

test('a requirement as JSON has the code and remedy of the plan', () => {
  const result = runPlan(
    {
      flags: FLAGS.JSON,
      requirements: [
        { kind: KIND.ABI, bits: 99999n, code: 'abi-too-old', text: 'this needs more', remedy: 'a newer kernel' },
      ],
    },
    ['true'],
  );
  const { code, level, message, remedy } = JSON.parse(result.stderr);
  assert.deepEqual({ code, level, remedy }, { code: 'abi-too-old', level: 'error', remedy: 'a newer kernel' });
  assert.match(message, /^this needs more \(this kernel has (no Landlock|Landlock ABI \d+)\)$/);
});

test('a closed standard error changes no exit code', () => {
  assert.equal(runPlan({ chdir: '/no/such' }, ['true'], { redirect: '2>&-' }).status, 125);
  assert.equal(runPlan({}, ['no-such-command'], { redirect: '2>/dev/full' }).status, 127);
});

test('bad arguments throw a TypeError and end nothing', () => {
  for (const values of [
    [],
    [1],
    ['x'],
    [[], ['true']],
    [new Uint16Array(4), ['true']],
    [new Uint8Array(4)],
    [new Uint8Array(4), []],
    [new Uint8Array(4), [1]],
    [new Uint8Array(4), ['ok', '\u0100']],
    [new Uint8Array(4), ['a\0b']],
    [new Uint8Array(4), ['true'], 'record'],
  ]) {
    assert.throws(() => addon.run(...values), TypeError);
  }
  assert.throws(() => addon.check('x'), TypeError);
});
