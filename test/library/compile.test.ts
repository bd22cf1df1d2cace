/** compileLauncher() writes a program that applies the policy by itself. */
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
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

test('shipped beside the spawn helper that the option names, template and templates.json are found', async (t) => {
  const shipped = fixture(t, { 'package.json': '{}' });
  const source = projectFile('dist/launcher');
  copyFileSync(join(source, process.arch, 'spawn'), join(shipped, 'spawn'));
  copyFileSync(projectFile('native/build/Release/landlock_run.node'), join(shipped, 'landlock_run.node'));
  copyFileSync(projectFile('dist/index.mjs'), join(shipped, 'bundle.mjs'));
  const script = `import { compileLauncher } from './bundle.mjs';
    const [file, launcher] = process.argv.slice(2);
    await compileLauncher({ net: 'none' }, file, { launcher }).then(
      () => console.log('written'), ({ code, remedy }) => console.log(code, remedy));`;
  writeFileSync(join(shipped, 'host.mjs'), script);
  const host = async (): Promise<string> =>
    (await runProgram(process.execPath, [join(shipped, 'host.mjs'), join(shipped, 'out'), join(shipped, 'spawn')]))
      .stdout;
  assert.match(await host(), /^template-missing .*dist\/launcher\/ARCH\/template and dist\/launcher\/templates\.json/);
  copyFileSync(join(source, process.arch, 'template'), join(shipped, 'template'));
  assert.match(await host(), /^template-missing /);
  copyFileSync(join(source, 'templates.json'), join(shipped, 'templates.json'));
  assert.equal(await host(), 'written\n');
  assert.equal((await runProgram(join(shipped, 'out'), ['echo', 'runs'])).stdout, 'runs\n');
});

test('a processor without a helper is told as that, also where the addon is missing first', async (t) => {
  const shipped = fixture(t);
  copyFileSync(projectFile('dist/index.mjs'), join(shipped, 'bundle.mjs'));
  const script = `Object.defineProperty(process, 'arch', { value: 'riscv64' });
    const { run } = await import('./bundle.mjs');
    await run({ net: 'none' }, 'true').catch(({ code, message }) => console.log(code, message));`;
  writeFileSync(join(shipped, 'host.mjs'), script);
  assert.match(
    (await runProgram(process.execPath, [join(shipped, 'host.mjs')])).stdout,
    /^launcher-unsupported .*riscv64/,
  );
});
