/** wrap() makes words for other spawners: they compose with programs that know nothing of it, and mean what the policy means. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import { run as runProgram } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { library, onlyIn } from './host.ts';

const { explain, loadPolicy, parsePolicy, wrap } = library;

const program = '/opt/landlock-run';

/** Words → how it ended. */
function start([first = '', ...rest]: readonly string[]): ReturnType<typeof runProgram> {
  return runProgram(first, rest);
}

const isInstalled = (name: string): boolean => spawnSync(name, ['--version']).error === undefined;

test('options of an object', () => {
  const policy = {
    fs: { ro: ['/opt/a'], rw: ['/srv/b', '/srv/c'], unix: ['/run/s'] },
    net: { connect: [443, '8000-8100'] },
    scope: { signal: false },
    env: { mode: 'scrub', set: { CI: '1' }, unset: ['AWS_*'] },
    limits: { nofile: 256 },
    min_abi: 4,
  } as const;
  assert.deepEqual(wrap(policy as never, ['make', '--', '-k'], { program }), [
    program,
    ...['--ro', '/opt/a', '--rw', '/srv/b', '--rw', '/srv/c', '--unix', '/run/s'],
    ...['--net-connect', '443', '--net-connect', '8000-8100'],
    ...['--no-scope', 'signal', '--min-abi', '4'],
    ...['--env-scrub', '--env-unset', 'AWS_*', '--env', 'CI=1', '--limit', 'nofile=256'],
    ...['--net-bind', 'none'],
    ...['--', 'make', '--', '-k'],
  ]);
});

test('a file is named, and read when it runs', async (t) => {
  const directory = fixture(t, { 'policy.yaml': 'net: none\n' });
  const policy = await loadPolicy(join(directory, 'policy.yaml'));
  assert.deepEqual(wrap(policy, ['true'], { program }), [
    program,
    '--policy',
    join(directory, 'policy.yaml'),
    '--',
    'true',
  ]);
});

test('starts nothing and changes nothing', (t) => {
  const missing = join(fixture(t), 'missing');
  assert.deepEqual(wrap({ fs: { rw: [missing] } }, ['x'], { program }), [program, '--rw', missing, '--', 'x']);
  assert.equal(spawnSync('ls', [missing]).status, 2);
});

for (const [what, policy] of Object.entries({
  extends: { extends: ['./a.yaml'], net: 'none' },
  'required of one path': { fs: { ro: [{ path: '/opt', required: true }] } },
  'optional of one path': { fs: { ro: [{ path: '/opt', optional: true }] } },
  '`fs` without a path': { fs: {} },
}))
  test(`what has no option is refused: ${what}`, (t) => {
    const directory = fixture(t, { 'a.yaml': 'net: none\n' });
    const given = 'extends' in policy ? { ...policy, extends: [join(directory, 'a.yaml')] } : policy;
    assert.throws(() => wrap(given as never, ['true']), { name: 'LandlockRunError', code: 'wrap-no-option' });
  });

test('the words mean what the policy means', async (t) => {
  if (!requireAbi(t, 4)) return;
  const directory = fixture(t);
  const policies: Parameters<typeof wrap>[0][] = [
    onlyIn(directory),
    { net: { connect: [443, '8000-8100'], bind: [] }, other_net: 'none' },
    { fs: { rw: [directory], grant: [{ path: '/opt', access: ['read_file', 'read_dir'] }] }, net: 'none', bare: true },
    {
      fs: { rw: [directory] },
      scope: { signal: false },
      limits: { nofile: '64:128' },
      env: { mode: 'clear', keep: ['PATH'] },
    },
  ];
  for (const policy of policies) {
    const [front = '', ...words] = wrap(policy, ['true']);
    const told = await runProgram(front, ['--explain', '--json', ...words], { emptyEnv: true });
    const mean = await explain(policy, ['true'], { env: { PATH: process.env['PATH'] } });
    assert.deepEqual(withoutOrigins(JSON.parse(told.stdout)), withoutOrigins(mean));
  }
});

/** Where it was asked differs, also in words: `--no-scope` and `policy.scope.signal`. */
function withoutOrigins(value: unknown): unknown {
  const plain = JSON.stringify(value, (key, one: unknown) => (key === 'origin' ? undefined : one));
  return JSON.parse(plain.replaceAll(/ \((?:--|policy\.)[^)"]*\)/g, ''));
}

for (const [what, outer, inner] of [
  ['alone', [], []],
  ['inside timeout', ['timeout', '60'], []],
  ['around timeout', [], ['timeout', '60']],
  ['inside bwrap', ['bwrap', '--dev-bind', '/', '/', '--unshare-pid', '--proc', '/proc'], []],
  ['inside bwrap and around env', ['bwrap', '--dev-bind', '/', '/'], ['env', 'ONE=1']],
  ['inside itself', 'itself', []],
] as const)
  test(`composes: ${what}`, async (t) => {
    if (!requireAbi(t, 3)) return;
    const [inside, outside] = [fixture(t, { a: 'inside' }), fixture(t, { b: 'secret' })];
    const policy = parsePolicy({ fs: { rw: [inside] }, net: 'none' });
    const around = outer === 'itself' ? wrap({ net: 'none' }, ['true']).slice(0, -1) : [...outer];
    const tool = around[0] ?? 'true';
    if (!isInstalled(tool)) return t.skip(`${tool} is not installed`);
    const command = [
      'sh',
      '-c',
      'echo "$0" "$1"; cat "$2" "$3"; exit 7',
      'zero',
      'a  word',
      join(inside, 'a'),
      join(outside, 'b'),
    ];
    const control = await start([...(outer === 'itself' ? [] : around), ...inner, ...command]);
    if (control.code !== 7) return t.skip(`${tool} does not run here: ${control.stderr}`);
    assert.equal(control.stdout, 'zero a  word\ninsidesecret');
    const ours = await start([...around, ...wrap(policy, [...inner, ...command])]);
    assert.deepEqual([ours.code, ours.stdout], [7, 'zero a  word\ninside']);
    assert.match(ours.stderr, /b.*: Permission denied/);
  });

test('an object is wrapped on any system, without the addon', async (t) => {
  const file = join(
    fixture(t, {
      'host.mjs': `Object.defineProperty(process, 'platform', { value: 'darwin' });
        process.dlopen = () => { throw new Error('nothing is to be loaded'); };
        const { parsePolicy, wrap } = await import(${JSON.stringify(projectFile('dist/index.mjs'))});
        const words = wrap({ fs: { rw: ['./a'] }, net: 'none' }, ['make'], { program: 'landlock-run' });
        let code;
        try { parsePolicy({ net: 'none' }); } catch (error) { ({ code } = error); }
        let broken;
        try { wrap({ net: 'none', no_net: true, fs: 5 }, ['make']); } catch (error) { broken = error.code; }
        console.log(JSON.stringify([words, code, broken]));`,
    }),
    'host.mjs',
  );
  const result = await runProgram(process.execPath, [file], { cwd: '/opt' });
  assert.equal(result.stderr, '');
  const words = ['landlock-run', '--rw', '/opt/a', '--no-net', '--', 'make'];
  assert.deepEqual(JSON.parse(result.stdout), [words, 'not-linux', 'policy-key-unknown']);
});

test('the tool that is named runs the words', async (t) => {
  const directory = fixture(t);
  writeFileSync(join(directory, 'a'), 'inside');
  const [front = '', ...words] = wrap(onlyIn(directory), ['cat', join(directory, 'a')]);
  assert.match(front, /landlock-run/);
  assert.equal((await sandbox(words)).stdout, 'inside');
});
