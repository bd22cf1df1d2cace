/** compileLauncher() writes a program that applies the policy by itself. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { run as runProgram } from '../support/run.ts';
import { library, onlyIn } from './host.ts';

const { compileLauncher } = library;

test('the launcher applies exactly this policy, without Node', async (t) => {
  if (!requireAbi(t, 3)) return;
  const [inside, outside] = [fixture(t, { a: 'inside' }), fixture(t, { b: 'secret' })];
  const file = join(fixture(t), 'launcher');
  assert.deepEqual(await compileLauncher(onlyIn(inside), file), []);
  assert.equal(statSync(file).mode & 0o111, 0o111);
  const words = ['cat', join(inside, 'a'), join(outside, 'b')];
  assert.equal((await runProgram('cat', words.slice(1))).stdout, 'insidesecret');
  const result = await runProgram(file, words, { env: { PATH: '/usr/bin:/bin' } });
  assert.deepEqual([result.code, result.stdout], [1, 'inside']);
  assert.match(result.stderr, /b.*: Permission denied/);
});

test('its refusals name who can tell what the policy grants', async (t) => {
  if (!requireAbi(t, 3)) return;
  const file = join(fixture(t), 'launcher');
  await compileLauncher(onlyIn(fixture(t)), file);
  const result = await runProgram(file, ['no-such-command-here']);
  assert.deepEqual([result.code, result.stdout], [127, '']);
  assert.ok(result.stderr.includes(`landlock-run --explain --compiled ${file}`), result.stderr);
});

test('a launcher that its own policy lets COMMAND rewrite is warned about', async (t) => {
  const directory = fixture(t);
  const warnings = await compileLauncher(onlyIn(directory), join(directory, 'launcher'));
  assert.deepEqual(
    warnings.map((one) => [one.code, one.level]),
    [['compiled-writable', 'warning']],
  );
  assert.match(warnings[0]?.message ?? '', new RegExp(directory));
});

test('a policy that is refused leaves the old file as it was, and nothing beside it', async (t) => {
  const directory = fixture(t, { launcher: 'the old one' });
  const file = join(directory, 'launcher');
  await assert.rejects(compileLauncher({ net: undefined } as unknown as { net: 'none' }, file), {
    name: 'LandlockRunError',
    code: 'policy-value',
  });
  assert.equal(readFileSync(file, 'utf8'), 'the old one');
  await compileLauncher({ net: 'none' }, file);
  assert.notEqual(readFileSync(file, 'latin1').slice(0, 11), 'the old one');
  assert.deepEqual(readdirSync(directory), ['launcher']);
});

for (const [what, above] of Object.entries({ 'a file': 'a', 'a directory that is not there': 'b' }))
  test(`below ${what} it cannot be written, and says so`, async (t) => {
    const file = join(fixture(t, { a: '' }), above, 'launcher');
    await assert.rejects(compileLauncher({ net: 'none' }, file), {
      name: 'LandlockRunError',
      code: 'compiled-unwritable',
      origin: 'compileLauncher()',
      exitCode: 125,
    });
  });
