/** loadPolicy() reads a policy file as --policy does: paths relative to it and expanded, with what it extends. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import { run as runProgram } from '../support/run.ts';
import { library } from './host.ts';

const { explain, loadPolicy, parsePolicy, run, LandlockRunError } = library;

test('relative paths start from the file, also in what it extends; ~/ and ${NAME} are expanded', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, {
    'policies/policy.yaml': [
      'extends: [./more/base.yaml]',
      'fs:',
      '  rw: [../work]',
      '  ro: ["~/notes", "${TEST_LOAD}/data", "${TEST_LOAD_ABSENT:-../fallback}", "../$${odd}"]',
      '',
    ].join('\n'),
    'policies/more/base.yaml': 'fs: {ro: [./beside]}\nnet: none\n',
    'policies/more/beside/a': 'beside',
    'home/notes/a': 'notes',
    'named/data/a': 'data',
    'fallback/a': 'fallback',
    '${odd}/a': 'odd',
    'work/a': 'work',
    'secret/a': 'secret',
  });
  const granted = ['policies/more/beside', 'home/notes', 'named/data', 'fallback', '${odd}', 'work'];
  const script = `import { loadPolicy, run } from ${JSON.stringify(projectFile('dist/index.mjs'))};
    const policy = await loadPolicy(process.argv[2]);
    const result = await run(policy, 'cat', process.argv.slice(3));
    process.stdout.write(result.stdout + result.exitCode);`;
  const host = join(fixture(t, { 'host.mjs': script }), 'host.mjs');
  const files = [...granted, 'secret'].map((name) => join(root, name, 'a'));
  const result = await runProgram(process.execPath, [host, join(root, 'policies/policy.yaml'), ...files], {
    env: { HOME: join(root, 'home'), TEST_LOAD: join(root, 'named'), TEST_LOAD_ABSENT: undefined },
    cwd: '/',
  });
  assert.deepEqual([result.stderr, result.stdout], ['', 'besidenotesdatafallbackoddwork1']);
});

test('a policy is read once: nothing that happens to the file later changes it', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { 'policy.yaml': 'fs: {rw: [./work]}\n', 'work/a': 'work', 'other/a': 'other' });
  const file = join(root, 'policy.yaml');
  const policy = await loadPolicy(pathToFileURL(file));
  assert.equal(policy.file, file);
  writeFileSync(file, 'fs: {rw: [./other]}\n');
  const words = [join(root, 'work/a'), join(root, 'other/a')];
  assert.equal((await run(policy, 'cat', words)).stdout, 'work');
  assert.equal((await run(await loadPolicy(file), 'cat', words)).stdout, 'other');
  rmSync(file);
  assert.equal((await run(policy, 'cat', words)).stdout, 'work');
});

test('a writable grant that is loaded from a file writes where the file says', async (t) => {
  const root = fixture(t, { 'policies/policy.yaml': 'fs: {rw: [../work]}\nchdir: ../work\n' });
  mkdirSync(join(root, 'work'));
  const policy = await loadPolicy(join(root, 'policies/policy.yaml'));
  await run(policy, 'sh', ['-c', 'echo written > here']);
  assert.equal(readFileSync(join(root, 'work/here'), 'utf8'), 'written\n');
  const explanation = await explain(policy);
  assert.equal(explanation.starts, true);
});

for (const [what, text, code, place] of [
  ['a key that does not exist', 'fs:\n  rx: [/opt]\n', 'policy-key-unknown', ':2:3'],
  ['a name that is not set', 'fs: {ro: ["${TEST_LOAD_ABSENT}/a"]}\n', 'variable-unset', ':1:11'],
  ['no YAML', 'fs: {ro: [\n', 'policy-syntax', ':2:1'],
  ['nothing restricted', 'version: 1\n', 'restricts-nothing', undefined],
] as const)
  test(`${what} is an error with file, line and column`, async (t) => {
    const file = join(fixture(t, { 'policy.yaml': text }), 'policy.yaml');
    await assert.rejects(loadPolicy(file), (error: unknown) => {
      assert.ok(error instanceof LandlockRunError);
      assert.deepEqual([error.code, error.exitCode], [code, 125]);
      if (place !== undefined) assert.equal(error.origin, `${file}${place}`);
      return true;
    });
  });

test('a file that is missing, and one that extends itself', async (t) => {
  const directory = fixture(t, { 'a.yaml': 'extends: [./b.yaml]\nnet: none\n', 'b.yaml': 'extends: [./a.yaml]\n' });
  await assert.rejects(loadPolicy(join(directory, 'missing.yaml')), { code: 'policy-unreadable' });
  await assert.rejects(loadPolicy(join(directory, 'a.yaml')), { code: 'extends-cycle' });
});

test('half of a surrogate pair, which has no bytes, is refused and never another name', async (t) => {
  const half = (place: string) => ({
    name: 'LandlockRunError',
    code: 'policy-value',
    origin: place,
    remedy: 'it must be text without half of a surrogate pair',
  });
  const text = '/tmp/\ud800';
  assert.throws(() => parsePolicy({ fs: { ro: ['/usr', text] } }), half('policy.fs.ro[1]'));
  assert.throws(() => parsePolicy({ fs: { rw: [{ path: '/\udc00x' }] } }), half('policy.fs.rw[0].path'));
  assert.throws(() => parsePolicy({ net: 'none', env: { set: { A: text } } }), half('policy.env.set.A'));
  await assert.rejects(run({ fs: { ro: [text] } }, 'true'), half('policy.fs.ro[0]'));
  const root = fixture(t, { 'policy.yaml': 'fs:\n  ro: ["/tmp/\\ud800"]\n' });
  await assert.rejects(loadPolicy(join(root, 'policy.yaml')), half(`${root}/policy.yaml:2:8`));
  // The control: both halves are a character.
  assert.doesNotThrow(() => parsePolicy({ fs: { ro: ['/tmp/\ud83d\ude00'] } }));
});
