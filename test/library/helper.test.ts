/** The spawn helper: what it is handed is never COMMAND's, whichever of COMMAND's own descriptors are closed. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Native } from '../../src/host/native.ts';
import { insideOf, parsePolicy } from '../../src/library/policy.ts';
import { compileC } from '../support/compile-c.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import { run } from '../support/run.ts';

const helper = projectFile(`dist/launcher/${process.arch}/spawn`);
const native = createRequire(import.meta.url)(projectFile('native/build/Release/landlock_run.node')) as Native;
const lister = compileC('list-descriptors', ['test/library/list-descriptors.c'], ['-static']);

/** The status descriptor is a file, so that what was told can be read. */
async function start(t: TestContext, prepared: boolean, closed: readonly (0 | 1 | 2)[], words: readonly string[]) {
  const directory = fixture(t);
  const { plan } = insideOf(parsePolicy({ fs: { ro: ['/'], rw: [directory] } }), {});
  const built = prepared ? native.prepare(plan, false) : undefined;
  const file = built?.file ?? native.seal(plan);
  const status = openSync(join(directory, 'status'), 'w+');
  try {
    const ruleset = built === undefined ? '' : '5';
    const fds = [file, status, ...(built === undefined ? [] : [built.ruleset])];
    const result = await run(helper, [`2:4:0:3:${ruleset}:`, ...words], { fds, closed });
    return { result, status: readFileSync(join(directory, 'status'), 'utf8'), output: join(directory, 'out') };
  } finally {
    closeSync(status);
    closeSync(file);
    if (built !== undefined) closeSync(built.ruleset);
  }
}

const EIGHT = Array.from({ length: 8 }, (_, mask) => ([0, 1, 2] as const).filter((fd) => (mask & (1 << fd)) !== 0));

for (const prepared of [true, false])
  for (const closed of EIGHT)
    test(`COMMAND has 0, 1, 2 without ${closed.join(', ') || 'none'}, and nothing of ours: ${prepared ? 'prepared' : 'a plan'}`, async (t) => {
      if (!requireAbi(t, 3)) return;
      // Exits with a bit for each of 0 to 9 that is open.
      const { result, status } = await start(t, prepared, closed, [lister]);
      const expected = [0, 1, 2].filter((fd) => !(closed as readonly number[]).includes(fd));
      assert.deepEqual(
        [0, 1, 2, 3, 4, 5, 6, 7].filter((fd) => ((result.code ?? 0) & (1 << fd)) !== 0),
        expected,
      );
      assert.match(status, /^\{"v":1,"event":"exec","fs":\d+,"net":0,"scope":\d+,"filter":\d+\}\n$/);
    });

test('the lister sees what a program without the helper has', async () => {
  const status = openSync('/dev/null', 'r');
  const result = await run(lister, [], { fds: [status, status, status] });
  closeSync(status);
  assert.equal(result.code, 0b111111);
});

test("what is told goes to the status descriptor, and none of it to COMMAND's stderr", async (t) => {
  const { result, status } = await start(t, true, [], ['no-such-command-here']);
  assert.deepEqual([result.code, result.stdout, result.stderr], [127, '', '']);
  const lines = status
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { code?: string; event?: string });
  assert.deepEqual(
    lines.map((line) => line.event ?? line.code),
    ['exec', 'command-not-found', 'exec-failed'],
  );
});

for (const [what, words] of Object.entries({
  'no words': [],
  'another version': ['1:4:3::', 'true'],
  'a descriptor below 3': ['2:2:0:3::', 'true'],
  'no numbers': ['2:a:0:b::', 'true'],
  'a list that does not end': ['2:4:0:3::6,', 'true'],
  'a list that does not end before the channel': ['2:4:0:3::6,:ipc', 'true'],
  'a channel of another name': ['2:4:0:3::6:ipcs', 'true'],
  'no command': ['2:4:0:3::'],
  'no size of an environment': ['2:4::3::', 'true'],
  'an environment that is neither here nor there': ['2:4:=1:3::', 'true'],
  'an environment beyond the limit': ['2:4:65537:3::', 'true'],
}))
  test(`started by hand with ${what}: 125, one line, nothing runs`, async () => {
    const result = await run(helper, words);
    assert.equal(result.code, 125);
    assert.match(result.stderr, /^landlock-run: the spawn helper was not started as its library does [^\n]*\n$/);
  });

test('a plan and a ruleset that do not belong together are refused', async (t) => {
  const directory = fixture(t);
  const { plan } = insideOf(parsePolicy({ fs: { ro: ['/'], rw: [directory] } }), {});
  const built = native.prepare(plan, false);
  const sealed = native.seal(plan);
  const cases: [string, (number | null)[], RegExp][] = [
    ['2:4:0:3:-:', [built.file], /plan-damaged/], // it has a ruleset
    ['2:4:0:3::', [built.file], /plan-damaged/], // it is a prepared one
    ['2:4:0:3:5:', [sealed, null, built.ruleset], /plan-damaged/], // it is not
    ['2:4:0:3:5:', [built.file, null, sealed], /restrict-refused/], // that is no ruleset
    ['2:4:0:9::', [sealed], /plan-unreadable/], // nothing is there
    ['2:4:0:3:5:17', [built.file, null, built.ruleset], /descriptor-not-open/],
  ];
  for (const [control, given, expected] of cases) {
    const path = join(directory, 'status');
    const status = openSync(path, 'w+');
    const fds = [given[0] ?? null, status, ...given.slice(2)];
    const result = await run(helper, [control, 'echo', 'ran'], { fds });
    closeSync(status);
    assert.deepEqual([result.code, result.stdout, result.stderr], [125, '', ''], control);
    assert.match(readFileSync(path, 'utf8'), expected);
  }
  for (const fd of [built.file, built.ruleset, sealed]) closeSync(fd);
});

/** The helper's environment is sent through its status descriptor: here a file that begins with it. */
async function sendEnvironment(t: TestContext, bytes: Buffer, size: number) {
  const path = join(fixture(t), 'status');
  writeFileSync(path, bytes);
  const [status, plan] = [openSync(path, 'r+'), native.seal(insideOf(parsePolicy({ net: 'none' }), {}).plan)];
  const env = { OWN: 'started with', BOTH: 'started with' };
  const options = { fds: [plan, status], emptyEnv: true, env };
  const result = await run(helper, [`2:4:${size}:3::`, 'env', '-0'], options);
  for (const fd of [plan, status]) closeSync(fd);
  return { result, told: readFileSync(path).subarray(bytes.length).toString() };
}

test("an environment that is sent is COMMAND's to the byte, and what the helper was started with comes on top", async (t) => {
  const sent = Buffer.from('BOTH=sent\0\xff=\xfe\n\0\0no variable\0PATH=/usr/bin:/bin\0TWICE=1\0TWICE=2\0', 'latin1');
  const { result, told } = await sendEnvironment(t, sent, sent.length);
  assert.match(told, /"event":"exec"/);
  const entries = result.stdoutBytes.toString('latin1').split('\0');
  assert.deepEqual(
    entries.filter((entry) => !entry.startsWith('PATH=')),
    ['BOTH=started with', '\xff=\xfe\n', '', 'no variable', 'TWICE=1', 'TWICE=2', 'OWN=started with', ''],
  );
});

test('the environment that a plan was prepared in is in the plan; in one that was not prepared there is none', async (t) => {
  if (!requireAbi(t, 3)) return;
  const path = join(fixture(t), 'status');
  const { plan } = insideOf(parsePolicy({ fs: { ro: ['/'] } }), {});
  const built = native.prepare(plan, true);
  const without = native.prepare(plan, false);
  const sealed = native.seal(plan);
  const start = async (control: string, fds: (number | null)[]) => {
    const status = openSync(path, 'w+');
    const result = await run(helper, [control, 'env', '-0'], {
      fds: [fds[0] ?? null, status, ...fds.slice(1)],
      emptyEnv: true,
    });
    closeSync(status);
    return result;
  };
  const { code, stdout } = await start('2:4:=:3:5:', [built.file, built.ruleset]);
  assert.equal(code, 0);
  const own = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
  const edited = (entries: readonly string[]) => entries.filter((entry) => !entry.startsWith('PATH=')).sort();
  assert.deepEqual(edited(stdout.split('\0').slice(0, -1)), edited(own));
  for (const [control, fds] of [
    ['2:4:=:3::', [sealed]],
    ['2:4:=:3:5:', [without.file, without.ruleset]],
  ] as const) {
    const refused = await start(control, [...fds]);
    assert.deepEqual([refused.code, refused.stdout, refused.stderr], [125, '', '']);
    assert.match(readFileSync(path, 'utf8'), /"code":"spawn-protocol"/);
  }
  for (const fd of [built.file, built.ruleset, without.file, without.ruleset, sealed]) closeSync(fd);
});

for (const [what, text, more] of [
  ['that is cut off', 'ONE=1\0TWO=2\0', 1],
  ['that ends within an entry', 'ONE=1\0TWO=', 0],
  ['of which nothing came', '', 12],
] as const)
  test(`an environment ${what} is refused`, async (t) => {
    const { result, told } = await sendEnvironment(t, Buffer.from(text), text.length + more);
    assert.deepEqual([result.code, result.stdout, result.stderr], [125, '', '']);
    assert.match(told, /"code":"spawn-protocol".*the environment is cut off/);
  });
