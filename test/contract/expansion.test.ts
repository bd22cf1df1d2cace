/** Contract, section 2, "Paths": nothing is expanded on the command line; ~/, ${NAME}, ${NAME:-default} and $$ are in a policy file. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { run, type Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertSays, refused } from './refused.ts';

/** What a policy of one path comes to, in a directory that is neither home nor its parent. */
async function expand(path: string, env: Record<string, Word | undefined> = {}): Promise<string | undefined> {
  const stdin = JSON.stringify({ fs: { ro: [path] } });
  const result = await sandbox(['--print-policy', '--json', '--policy', '-'], {
    stdin,
    env: { HOME: '/home/of/mine', ...env },
    cwd: '/usr',
  });
  assert.equal(result.code, 0, result.stderr);
  return (JSON.parse(result.stdout) as { fs: { ro: string[] } }).fs.ro[0];
}

describe('on the command line', () => {
  test('paths are exactly as given, never expanded: a directory may be called ~', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, {
      '~/x': 'tilde',
      '$HOME/x': 'dollar',
      '${HOME}/x': 'braces',
      '$$/x': 'two',
      '%h/x': 'no',
    });
    const words = ['--ro', '~', '--ro', '$HOME', '--ro', '${HOME}', '--ro', '$$', '--', 'sh', '-c'];
    const script = 'for one in "~" "\\$HOME" "\\${HOME}" "\\$\\$" %h; do cat "$one/x"; echo; done';
    const result = await sandbox([...words, script], { cwd: root });
    assert.equal(result.stdout.trim(), 'tilde\ndollar\nbraces\ntwo');
    assert.match(result.stderr, /^cat: %h\/x: Permission denied\n$/);
  });

  test('they are relative to the working directory', async (t) => {
    const cwd = fixture(t);
    const words = ['--ro', 'a', '--ro', './b//c/', '--ro', '../d', '--chdir', 'e'];
    const result = await sandbox(['--print-policy', ...words], { cwd });
    const { fs, chdir } = parse(result.stdout) as { fs: { ro: string[] }; chdir: string };
    assert.deepEqual([fs, chdir], [{ ro: [`${cwd}/a`, `${cwd}/b/c`, `${cwd}/../d`] }, `${cwd}/e`]);
  });

  test('a relative path where the working directory is gone is refused; an absolute one is not', async (t) => {
    const cwd = fixture(t);
    const under = ['sh', '-c', 'mkdir gone; cd gone; rmdir ../gone; exec "$@"', 'sh'];
    const refusal = await refused(t, ['--ro', 'x'], {
      cwd,
      under: ['sh', '-c', `cd "${cwd}" && mkdir -p gone && cd gone && rmdir ../gone && exec "$@"`, 'sh'],
    });
    assertSays(refusal, 'working-directory-gone', undefined, /No such file/);
    const result = await sandbox(['--no-net', '--chdir', '/', '--', 'pwd'], { cwd, under });
    assert.deepEqual([result.code, result.stdout], [0, '/\n'], result.stderr);
  });
});

describe('in a policy file', () => {
  const ROWS: readonly [path: string, env: Record<string, string | undefined>, expected: string][] = [
    ['~/x', {}, '/home/of/mine/x'],
    ['~', {}, '/home/of/mine'],
    ['a/~/x', {}, '/usr/a/~/x'],
    ['~user/x', {}, '/usr/~user/x'],
    ['${A}/x', { A: '/a' }, '/a/x'],
    ['x/${A}y', { A: 'b/c' }, '/usr/x/b/cy'],
    ['${A:-/default}/x', { A: undefined }, '/default/x'],
    ['${A:-/default}/x', { A: '' }, '/default/x'],
    ['${A:-/default}/x', { A: '/set' }, '/set/x'],
    ['${A:-}x', { A: undefined }, '/usr/x'],
    ['$$A/$${A}', { A: '/a' }, '/usr/$$A/$${A}'],
    ['${A}', { A: '/with $$ and ${A} and ~' }, '/with $$$$ and $${A} and ~'],
    ['~/x', { HOME: '/home/$B' }, '/home/$$B/x'],
    ['*/?', {}, '/usr/*/?'],
  ];
  for (const [path, env, expected] of ROWS) {
    test(`${path} with ${JSON.stringify(env)} is ${expected} (as it would be written in a file)`, async () => {
      assert.equal(await expand(path, env), expected);
    });
  }

  test('a value is bytes', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t);
    const odd = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x0a])]);
    await run('mkdir', [odd]);
    const script = 'cd "$ODD" && : >made && ls';
    const result = await sandbox(['--policy', '-', '--', 'sh', '-c', script], {
      stdin: 'fs: {rw: ["${ODD}"]}\n',
      env: { ODD: odd },
    });
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'made\n', '']);
  });

  test('without HOME the home directory of the user is meant', async () => {
    const { userInfo } = await import('node:os');
    assert.equal(await expand('~/x', { HOME: undefined }), `${userInfo().homedir}/x`.replace(/\/+/g, '/'));
    assert.equal(await expand('~/x', { HOME: 'relative' }), `${userInfo().homedir}/x`.replace(/\/+/g, '/'));
  });
});

describe('an expansion is refused that', () => {
  const ROWS: readonly [title: string, policy: string, code: string, place: string][] = [
    ['names an unset variable', 'fs: {ro: ["${UNSET}/x"]}', 'variable-unset', '1:11'],
    ['names an empty variable', 'fs: {rw: ["${EMPTY}/x"]}', 'variable-unset', '1:11'],
    ['has a $ that means nothing', 'fs: {ro: ["$HOME/x"]}', 'expansion-invalid', '1:11'],
    ['has a form of shells that we do not have', 'fs: {ro: ["${A:=x}"]}', 'expansion-invalid', '1:11'],
    ['ends early', 'fs: {ro: ["${A"]}', 'expansion-invalid', '1:11'],
    ['has an empty name', 'fs: {ro: ["${}"]}', 'expansion-invalid', '1:11'],
    ['comes to / with write', 'fs: {rw: ["${SLASH}"]}', 'expansion-too-wide', '1:11'],
    ['comes to / with write by ..', 'fs: {rw: ["${SLASH}usr/.."]}', 'expansion-too-wide', '1:11'],
    ['comes to the home directory with write', 'fs: {rw: ["~"]}', 'expansion-too-wide', '1:11'],
    ['comes to the home directory with write by a slash', 'fs: {rw: ["~/"]}', 'expansion-too-wide', '1:11'],
    ['comes to the home directory by a variable', 'fs: {rw: ["${MINE}"]}', 'expansion-too-wide', '1:11'],
    [
      'comes to the home directory with one right of write',
      'fs: {grant: [{path: "~", access: [make_reg]}]}',
      'expansion-too-wide',
      '1:15',
    ],
    ['comes to the home directory as tmp', 'tmp: "~"', 'expansion-too-wide', '1:1'],
  ];
  for (const [title, policy, code, place] of ROWS) {
    test(title, async (t) => {
      const env = { EMPTY: '', SLASH: '/', HOME: '/home/of/mine', MINE: '/home/of/./mine' };
      const refusal = await refused(t, ['--policy', '-'], { stdin: `${policy}\n`, env: { ...env, UNSET: undefined } });
      assertSays(refusal, code, `stdin:${place}`);
    });
  }

  test('the same is taken to read, and with write where it is written out', async (t) => {
    const cwd = fixture(t);
    const env = { HOME: '/home/of/mine' };
    for (const policy of ['fs: {ro: ["~"]}', 'fs: {rw: [/home/of/mine]}', 'fs: {rw: ["~/sub"]}', 'fs: {rw: [/]}']) {
      const result = await sandbox(['--print-policy', '--policy', '-'], { stdin: policy, env, cwd });
      assert.equal(result.code, 0, `${policy}: ${result.stderr}`);
    }
  });
});
