/** A call that means nothing is refused by name before anything starts; what child_process takes for absent is absent. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fixture } from '../support/fixture.ts';
import { ended, library } from './host.ts';

const { check, compileLauncher, explain, loadPolicy, parsePolicy, preflight, prepare, run, spawn, wrap } = library;
const NET = { net: 'none' } as const;

/** Called as a program without types calls it. */
type Loose = (...words: readonly unknown[]) => unknown;
const sandbox = await prepare(NET);
test.after(() => sandbox.close());

const starting: Readonly<Record<string, Loose>> = {
  run: (...words) => (run as Loose)(NET, ...words),
  spawn: (...words) => (spawn as Loose)(NET, ...words),
  'sandbox.run': sandbox.run.bind(sandbox) as Loose,
  'sandbox.spawn': sandbox.spawn.bind(sandbox) as Loose,
};

const refused = (origin: string) => ({ name: 'LandlockRunError', code: 'option-invalid', origin, exitCode: 125 });

for (const [name, start] of Object.entries(starting))
  test(`${name}: arguments that are no list of texts, and no COMMAND, are refused`, async (t) => {
    const file = join(fixture(t), 'written');
    const cases: [string, ...unknown[]][] = [
      ['args', 'touch', file],
      ['args', 'touch', new Set([file])[Symbol.iterator](), {}],
      ['args', 'touch', [file, 5]],
      ['args', 'touch', [file, null]],
      ['args', 'touch', [`${file}\0`]],
      ['args', 'touch', null],
      ['args', 'touch', { cwd: '/' }, {}],
      ['command', ''],
      ['command', undefined],
      ['command', ['touch', file]],
      ['options', 'touch', [file], null],
      ['options', 'touch', [file], 'cwd'],
      ['options', 'touch', [file], [file]],
      ['options.cwd', 'touch', [file], { cwd: 5 }],
      ['options.env', 'touch', [file], { env: 'A=1' }],
    ];
    for (const [origin, ...words] of cases)
      await assert.rejects(async () => start(...words), refused(origin), `${origin} ${JSON.stringify(words)}`);
    assert.equal(existsSync(file), false);
  });

test('arguments may be left out, with the options second', async (t) => {
  const cwd = fixture(t);
  assert.equal((await run(NET, 'pwd', { cwd })).stdout, `${cwd}\n`);
  assert.equal((await run(NET, 'pwd', { cwd, encoding: 'buffer' })).stdout.toString('latin1'), `${cwd}\n`);
  assert.equal((await ended(spawn(NET, 'pwd', { cwd }))).stdout, `${cwd}\n`);
  assert.equal((await sandbox.run('pwd', { cwd })).stdout, `${cwd}\n`);
  assert.equal((await ended(sandbox.spawn('pwd', { cwd: pathToFileURL(cwd) }))).stdout, `${cwd}\n`);
  assert.equal((await ended(spawn(NET, 'pwd', undefined, { cwd }))).stdout, `${cwd}\n`);
});

test('what child_process takes for absent is absent', async () => {
  const none = { cwd: null, env: null, stdio: null } as unknown as { cwd?: string };
  assert.equal((await ended(spawn(NET, 'echo', ['x'], none))).stdout, 'x\n');
  assert.equal((await preflight(NET, 'echo', none)).outcome, 'runs');
});

test('a number in stdio that is not open is a mistake of the caller, and no limit', async () => {
  const stdio = ['ignore', 'pipe', 'inherit', 999] as const;
  await assert.rejects(async () => {
    const { error } = await ended(spawn(NET, 'true', [], { stdio: [...stdio] }));
    throw error;
  }, refused('options.stdio'));
});

test('stdio that is neither a word nor a list is refused', () => {
  assert.throws(() => spawn(NET, 'true', [], { stdio: 5 as unknown as 'pipe' }), refused('options.stdio'));
});

test('the other functions name what is wrong with a call', async (t) => {
  const file = join(fixture(t), 'launcher');
  const loose = {
    check,
    compileLauncher,
    explain,
    loadPolicy,
    parsePolicy,
    preflight,
    prepare,
    wrap,
  } as unknown as Readonly<Record<string, Loose>>;
  const cases: [string, string, ...unknown[]][] = [
    ['command', 'explain', NET, 'ls'],
    ['options', 'explain', NET, ['ls'], null],
    ['options.cwd', 'explain', NET, ['ls'], { cwd: new URL('http://localhost/') }],
    ['command', 'preflight', NET],
    ['command', 'preflight', NET, ['ls']],
    ['options.env', 'preflight', NET, 'ls', { env: 5 }],
    ['file', 'compileLauncher', NET],
    ['options', 'compileLauncher', NET, file, null],
    ['file', 'loadPolicy', undefined],
    ['file', 'loadPolicy', ''],
    ['options', 'loadPolicy', file, null],
    ['options', 'parsePolicy', NET, null],
    ['options', 'prepare', NET, null],
    ['options.launcher', 'prepare', NET, { launcher: './spawn' }],
    ['options.launcher', 'compileLauncher', NET, file, { launcher: 5 }],
    ['argv', 'wrap', NET, 'ls -l'],
    ['argv', 'wrap', NET, []],
    ['argv', 'wrap', NET, ['']],
    ['options', 'wrap', NET, ['ls'], null],
  ];
  for (const [origin, name, ...words] of cases)
    await assert.rejects(async () => loose[name]?.(...words), refused(origin), `${name} ${origin}`);
  for (const [origin, ...words] of [
    ['command', NET, 'ls'],
    ['options.cwd', NET, ['ls'], { cwd: 5 }],
    ['options', NET, [], null],
  ]) {
    const report = (await loose['check']?.(...words)) as Awaited<ReturnType<typeof check>>;
    assert.deepEqual(
      [report.accepted, report.diagnostics.map((one) => [one.code, one.origin])],
      [false, [['option-invalid', origin]]],
    );
  }
});
