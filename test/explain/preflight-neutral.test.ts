/** Preflight never changes what becomes of a run: with it and without it, the same starts, the same fails, in the same way. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesOfText } from '../../src/base/bytes.ts';
import type { Caller } from '../../src/host/caller.ts';
import { isPlainlyGranted } from '../../src/host/plainly-granted.ts';
import { statementsOfFlags } from '../../src/policy/from-flags.ts';
import { settlePolicy } from '../../src/policy/settle.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath, projectFile } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { COMMANDS, plantCommands } from './commands.ts';

const unforetold = projectFile('build/test/explain/unforetold.js');

/** What is told of a failed exec, without its last part: what to do about it, which is all that preflight knows better. */
const withoutRemedy = (stderr: string): string =>
  stderr.replace(/(landlock-run: [^\n]*?\([a-z ]+\)|landlock-run: [^\n]*?"); [^\n]*/, '$1');

test('with and without', async (t) => {
  if (!requireAbi(t, 1)) return;
  const top = fixture(t);
  plantCommands(top);
  const PATH = ['first', 'second', 'bin']
    .map((name) => join(top, name))
    .join(':')
    .concat(':/usr/bin:/bin');
  const at = (word: string): string => word.replaceAll('@', top);
  let failed = 0;
  for (const policy of [
    ['--bare', '--ro', '@/nothing'],
    ['--bare', '--ro', '@'],
    ['--ro', '@/bin'],
  ]) {
    for (const { title, command, env, needs } of COMMANDS) {
      if (needs !== undefined && !existsSync(needs)) continue;
      const more = Object.fromEntries(Object.entries(env ?? {}).map(([name, value]) => [name, at(value)]));
      const options = { cwd: top, emptyEnv: true, env: { PATH, ...more } };
      // a PATH that is set by the policy, to what it is already, has the run foretell
      const words = [...policy.map(at), '--env', `PATH=${PATH}`, '--', ...command.map(at)];
      const [on, off] = await Promise.all([
        sandbox(words, options),
        run(process.execPath, [unforetold, ...words], options),
      ]);
      const shown = `${title}: ${words.join(' ')}`;
      assert.deepEqual(
        [on.code, on.signal, on.stdout],
        [off.code, off.signal, off.stdout],
        `${shown}\n${on.stderr}\n${off.stderr}`,
      );
      assert.equal(withoutRemedy(on.stderr), withoutRemedy(off.stderr), shown);
      if (on.stderr !== off.stderr) failed += 1;
    }
  }
  assert.ok(failed > 20, `preflight had something to say ${failed} times`); // else it was off in both
});

test('a working directory that was removed is no obstacle of preflight', async (t) => {
  if (!requireAbi(t, 1)) return;
  const top = fixture(t, { gone: { directory: true } });
  const words = ['--bare', '--ro', '/usr', '--ro', '/lib64', '--', '/usr/bin/true'];
  const within = (...command: string[]) =>
    run('sh', ['-c', 'cd "$1" && rmdir "$1" && mkdir "$1" && shift && exec "$@"', 'sh', join(top, 'gone'), ...command]);
  const on = await within(cliPath, ...words);
  assert.deepEqual([on.code, on.stderr], [0, '']);
  const off = await within(process.execPath, unforetold, ...words);
  assert.deepEqual([off.code, off.stderr], [0, '']);
  const told = await within(cliPath, '--explain', ...words);
  assert.equal(told.code, 0, told.stdout);
});

test('it is left out only where the system profile grants what runs', () => {
  const environment = new Map([['PATH', '/opt/x:/usr/bin:/bin']]);
  const caller = {
    variables: () => new Map(),
    variable: (name: string) => (environment.has(name) ? bytesOfText(environment.get(name) ?? '') : undefined),
    home: () => undefined,
    workingDirectory: () => bytesOfText('/'),
  } as Caller;
  const plain = (command: string, ...words: string[]): boolean => {
    const flags = words.map((word) => {
      const [name = '', value] = word.split(' ');
      return { name, value: value === undefined ? undefined : bytesOfText(value) };
    });
    const policy = settlePolicy(statementsOfFlags(flags, () => bytesOfText('/')));
    return isPlainlyGranted(bytesOfText(command), policy, caller);
  };
  assert.equal(plain('sh', '--ro /srv'), true);
  assert.equal(plain('/bin/sh', '--ro /srv'), true);
  assert.equal(plain('/opt/sh', '--no-net'), true); // files are left alone
  assert.equal(plain('/opt/sh', '--ro /srv'), false);
  assert.equal(plain('no-such-program', '--ro /srv'), false);
  assert.equal(plain('sh', '--ro /srv', '--bare'), false);
  assert.equal(plain('sh', '--ro /srv', '--profile worker'), false);
  assert.equal(plain('sh', '--ro /srv', '--env-clear'), false);
  assert.equal(plain('sh', '--ro /srv', '--env PATH=/usr/bin'), false);
  environment.set('PATH', '/opt/x:/srv:/usr/bin');
  assert.equal(plain('sh', '--ro /srv'), true);
});
