/** Names that hold control characters reach a terminal escaped, whatever message they stand in, on standard error and in reports. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import type { Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

/** Clears the screen, sets the title, asks the terminal to answer, a C1 control, a line that pretends to be ours, text backwards. */
const HOSTILE = Buffer.from(
  '\x1b[2J\x1b]0;owned\x07\x1b[6n\u009b31m\nlandlock-run: all is well\r\u202egnp.exe\x7f',
  'utf8',
);
/** The same where no UTF-8 is. */
const BROKEN = Buffer.concat([HOSTILE, Buffer.from([0xff, 0x9b, 0xc3])]);

const CASES: Readonly<Record<string, (root: string, name: Buffer) => Word[]>> = {
  'a path that is missing': (root, name) => [
    '--rw',
    Buffer.concat([Buffer.from(`${root}/`), name]),
    '--rw',
    `${root}/there`,
    '--',
    '/bin/true',
  ],
  'a required path that is missing': (root, name) => [
    ...['--require-paths', '--ro', Buffer.concat([Buffer.from(`${root}/`), name])],
    ...['--', '/bin/true'],
  ],
  'a COMMAND that is not found': (_root, name) => ['--no-net', '--', name],
  'a COMMAND by its path': (root, name) => ['--no-net', '--', Buffer.concat([Buffer.from(`${root}/`), name])],
  'an option that is unknown': (_root, name) => [Buffer.concat([Buffer.from('--'), name]), '--', 'true'],
  'the value of an option': (_root, name) => ['--net-connect', name, '--', 'true'],
  'a scope': (_root, name) => ['--scope', name, '--', 'true'],
  'a profile': (_root, name) => ['--profile', name, '--', 'true'],
  'a policy file that is missing': (root, name) => [
    '--policy',
    Buffer.concat([Buffer.from(`${root}/`), name]),
    '--',
    'true',
  ],
  'a working directory': (_root, name) => ['--no-net', '--chdir', name, '--', 'true'],
  'a limit': (_root, name) => ['--no-net', '--limit', name, '--', 'true'],
  'an explained path': (root, name) => [
    '--explain',
    '--rw',
    Buffer.concat([Buffer.from(`${root}/`), name]),
    '--',
    '/bin/true',
  ],
  'a checked path': (root, name) => [
    '--check',
    '--rw',
    Buffer.concat([Buffer.from(`${root}/`), name]),
    '--',
    '/bin/true',
  ],
  'a printed policy': (root, name) => ['--print-policy', '--rw', Buffer.concat([Buffer.from(`${root}/`), name])],
};

/** Whatever moves a cursor, ends a line early, or reorders text; a newline only where a line of ours ends. */
function assertHarmless(text: Buffer, what: string): void {
  assert.doesNotMatch(text.toString('latin1'), /[\x00-\x08\x0b-\x1f\x7f]/, what);
  assert.doesNotMatch(text.toString('utf8'), /[\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/, what);
}

for (const [title, words] of Object.entries(CASES)) {
  test(`escaped: ${title}`, async (t) => {
    const root = fixture(t, { 'there/file': '' });
    const runs = [HOSTILE, BROKEN].flatMap((name) =>
      [[], ['--json'], ['--verbose']].map((form) => sandbox([...form, ...words(root, name)], { cwd: root })),
    );
    for (const result of await Promise.all(runs)) {
      assertHarmless(result.stderrBytes, `standard error: ${JSON.stringify(result.stderr)}`);
      assertHarmless(result.stdoutBytes, `standard output: ${JSON.stringify(result.stdout)}`);
      assert.doesNotMatch(result.stderr, /^landlock-run: all is well/m);
      assert.notEqual(result.stdout + result.stderr, '', 'something is said');
    }
  });
}

test('a printed policy with such names reads back the same', async (t) => {
  const root = fixture(t);
  const policy = [
    '--ro',
    Buffer.concat([Buffer.from(`${root}/`), HOSTILE]),
    '--env',
    Buffer.concat([Buffer.from('NAME='), HOSTILE]),
  ];
  const printed = await sandbox(['--print-policy', ...policy]);
  assert.equal(printed.code, 0, printed.stderr);
  assert.match(printed.stdout, /\\u202e/);
  const again = await sandbox(['--print-policy', '--policy', '-'], { stdin: printed.stdout });
  assert.deepEqual([again.stdout, again.stderr], [printed.stdout, '']);
});
