/** The form of a report: verdict first, colour only where it can be seen, no byte of a user's that a terminal would obey. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileC } from '../support/compile-c.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { ordinaryUser } from '../support/who.ts';

const ESCAPE = /\x1b\[/;

test('the parts of a report stand in their order', async (t) => {
  const root = fixture(t, { 'proj/x': '' });
  const { stdout } = await sandbox([
    '--explain',
    '--verbose',
    '--rw',
    join(root, 'proj'),
    '--ro',
    join(root, 'none'),
    '--',
    'bash',
  ]);
  const titles = [
    'yes: ',
    'can be written',
    'can be read',
    'network',
    'NOT stopped',
    'skipped',
    'COMMAND',
    'process',
    'isolation',
  ];
  const places = titles.map((title) => stdout.indexOf(title === 'yes: ' ? title : `\n${title}\n`));
  assert.ok(
    places.every((place) => place >= 0),
    stdout,
  );
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test('no colour in a pipe; --color always gives it, and NO_COLOR does not take it away', async () => {
  const words = ['--explain', '--no-net'];
  const coloured = await sandbox(['--color', 'always', ...words], { env: { NO_COLOR: '1' } });
  assert.match(coloured.stdout, ESCAPE);
  for (const color of ['auto', 'never']) {
    const plain = await sandbox(['--color', color, ...words], { env: { NO_COLOR: undefined, TERM: 'xterm' } });
    assert.doesNotMatch(plain.stdout, ESCAPE);
    assert.equal(plain.stdout, coloured.stdout.replace(/\x1b\[\d+m/g, ''));
  }
});

test('colour on a terminal, unless NO_COLOR is set, TERM is dumb or unknown, or --color never', async () => {
  const terminal = compileC('on-terminal', ['test/contract/on-terminal.c']);
  const coloured = async (env: Record<string, string | undefined>, ...words: string[]): Promise<boolean> => {
    const { stdout } = await run(terminal, [cliPath, ...words, '--explain', '--no-net'], { env });
    assert.match(stdout, /yes: a run with these options would start here|"starts":true/);
    return ESCAPE.test(stdout);
  };
  assert.equal(await coloured({ NO_COLOR: undefined, TERM: 'xterm' }), true);
  assert.equal(await coloured({ NO_COLOR: '', TERM: 'xterm' }), true); // no-color.org: not when empty
  assert.equal(await coloured({ NO_COLOR: '1', TERM: 'xterm' }), false);
  assert.equal(await coloured({ NO_COLOR: undefined, TERM: 'dumb' }), false);
  assert.equal(await coloured({ NO_COLOR: undefined, TERM: undefined }), false);
  assert.equal(await coloured({ NO_COLOR: undefined, TERM: 'xterm' }, '--color', 'never'), false);
  assert.equal(await coloured({ NO_COLOR: undefined, TERM: 'xterm' }, '--json'), false);
});

test('names with control characters are shown escaped', async (t) => {
  const name = Buffer.from('a\x1b[31m\n\xffb', 'latin1');
  const root = fixture(t);
  const path = Buffer.concat([Buffer.from(`${root}/`), name]);
  const { stdout } = await sandbox(['--explain', '--ro', path, '--', path]);
  assert.match(stdout, /\/a\\x1b\[31m\\n\\xffb {2}does not exist/);
  assert.doesNotMatch(stdout, ESCAPE);
});

test('--verbose names the variables that COMMAND finds changed, never their values', async () => {
  const env = { MY_TOKEN: 'hush', PRIVATE_X: 'hush', KEPT_TOKEN: 'hush', PLAIN: 'hush' };
  const words = ['--no-net', '--env-scrub', '--env-keep', 'KEPT_*', '--env-unset', 'PRIVATE_*', '--env', 'NEW=hush'];
  const told = await sandbox(['--explain', '--verbose', ...words], { env, emptyEnv: true });
  assert.match(told.stdout, /^ {2}variables removed {6}MY_TOKEN PRIVATE_X$/m);
  assert.match(told.stdout, /^ {2}variables set {10}NEW$/m);
  assert.doesNotMatch(told.stdout, /hush/);
  // the control: that is what COMMAND finds
  const { stdout } = await sandbox([...words, '--', 'env'], { env, emptyEnv: true });
  const names = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('=')[0]);
  assert.deepEqual(names.filter((name) => name !== 'PATH').sort(), ['KEPT_TOKEN', 'NEW', 'PLAIN']);
});

test('the rights of a grant are named in words, and what makes no whole by the kernel', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { d: { directory: true }, f: '' });
  const row = async (grant: string, name: string): Promise<string> => {
    const { stdout } = await sandbox(['--explain', '--bare', '--grant', `${grant}:${join(root, name)}`]);
    return new RegExp(`/${name} {2}(.*) {2}\\(--grant\\)`).exec(stdout)?.[1] ?? stdout;
  };
  assert.equal(await row('read,exec', 'd'), 'read, execute');
  assert.equal(await row('read,write,create,remove', 'd'), 'read, write, create, remove, rename');
  assert.equal(await row('write_file', 'f'), 'write_file');
  assert.equal(await row('write', 'f'), 'write');
  assert.equal(await row('read_dir', 'd'), 'read_dir');
  assert.equal(await row('read', 'f'), 'read');
  assert.equal(await row('make_reg,make_dir', 'd'), 'make_dir, make_reg');
});

test('an ordinary user is told the same as root, but for what only root loses', async (t) => {
  const under = ordinaryUser(t);
  if (!under) return;
  const words = ['--explain', '--ro', '/usr/share', '--env-clear', '--', 'true'];
  const env = { HOME: '/nowhere', XDG_RUNTIME_DIR: '/nowhere' };
  const notes = /\nnotes\n[\s\S]*$/;
  const [user, root] = await Promise.all([sandbox(words, { under, env }), sandbox(words, { env })]);
  const clean = (text: string): string =>
    text
      .replace(notes, '')
      .replace(/^ {2}left out of PATH.*\n/m, '')
      .replace(/\nprocess\n/, '\n');
  assert.equal(user.code, 0);
  assert.equal(clean(user.stdout), clean(root.stdout));
});
