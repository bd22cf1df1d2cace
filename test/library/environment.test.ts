/** COMMAND's environment, where the host gives none: that of the host's process, as child_process.spawn would hand it over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fixture } from '../support/fixture.ts';
import { projectFile } from '../support/paths.ts';
import { type RunOptions, run } from '../support/run.ts';

const PATH = process.env['PATH'] ?? '/usr/bin:/bin';

/** What a host may write: `ours` and `bare` are the environments of two COMMANDs, one under a policy and one not, as lists of entries in hex. */
const HELPERS = `
  import { spawn as bareSpawn } from 'node:child_process';
  import * as library from ${JSON.stringify(pathToFileURL(projectFile('dist/index.mjs')).href)};
  const sandbox = await library.prepare({ net: 'none' });
  const POLICY = { net: 'none' };
  const read = (child) => new Promise((resolve, reject) => {
    let text = '';
    child.on('error', reject);
    child.stdout.setEncoding('latin1').on('data', (chunk) => (text += chunk));
    child.on('close', () => resolve(text.split('\\0').slice(0, -1)));
  });
  const STDIO = { stdio: ['ignore', 'pipe', 'inherit'] };
  const ours = (options = {}) => read(sandbox.spawn('env', ['-0'], { ...STDIO, ...options }));
  const unprepared = (options = {}) => read(library.spawn(POLICY, 'env', ['-0'], { ...STDIO, ...options }));
  const bare = (options = {}) => read(bareSpawn('env', ['-0'], { ...STDIO, ...options }));
  const tell = (value) => console.log(JSON.stringify(value));
`;

/** Runs a host to its end. Out: what it told, value by value. */
async function host(script: string, options: RunOptions = {}): Promise<unknown[]> {
  const words = ['--input-type=module', '--eval', `${HELPERS}\n${script}`];
  const { code, stdout, stderr } = await run(process.execPath, words, { emptyEnv: true, ...options });
  assert.deepEqual([code, stderr], [0, '']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

test('it has what process.env has at each spawn: what was set, changed and deleted', async () => {
  const [before, plain, after, plainAfter] = await host(
    `tell(await ours()); tell(await bare());
     process.env.NEW = 'ü'; process.env.CHANGED = 'again'; delete process.env.GONE; process.env.EMPTY = '';
     tell(await ours()); tell(await bare());`,
    { env: { CHANGED: 'once', GONE: 'here' } },
  );
  assert.deepEqual(before, plain);
  assert.deepEqual(before, [`PATH=${PATH}`, 'CHANGED=once', 'GONE=here'].sort(byPlace(before)));
  assert.deepEqual([...(after as string[])].sort(), [...(plainAfter as string[])].sort());
  assert.equal((after as string[]).includes('NEW=\xc3\xbc'), true);
  assert.equal(
    (after as string[]).some((entry) => entry.startsWith('GONE')),
    false,
  );
});

test('sandboxes that were prepared in different environments give COMMAND the one of now', async () => {
  const lists = await host(
    `const first = sandbox;
     process.env.LATER = '1';
     const second = await library.prepare(POLICY);
     const all = async () => {
       for (const one of [first, second]) tell((await read(one.spawn('env', ['-0'], STDIO))).includes('LATER=1'));
     };
     await all(); delete process.env.LATER; await all(); process.env.LATER = '1'; await all(); process.env.LATER = '2'; await all();`,
  );
  assert.deepEqual(lists, [true, true, false, false, true, true, false, false]);
});

/** Sorts a list as another one is. */
function byPlace(order: unknown): (a: string, b: string) => number {
  return (a, b) => (order as string[]).indexOf(a) - (order as string[]).indexOf(b);
}

for (const way of ['ours', 'unprepared'])
  test(`what is not UTF-8 arrives as it is, which child_process does not manage: ${way}`, async () => {
    const env = { ODD: Buffer.from([0x61, 0xff, 0xfe]), EVEN: 'ü' };
    const [entries, plain] = await host(`tell(await ${way}()); tell(await bare());`, { env });
    const [odd, mangled] = [entries, plain].map((list) => (list as string[]).find((entry) => entry.startsWith('ODD=')));
    assert.deepEqual([odd, mangled], ['ODD=a\xff\xfe', 'ODD=a\xef\xbf\xbd\xef\xbf\xbd']);
    assert.equal((entries as string[]).includes('EVEN=\xc3\xbc'), true);
  });

for (const [what, making] of Object.entries({
  'a plain object': '({ PATH: process.env.PATH, ONE: "1" })',
  'an object as test runners make it':
    'Object.assign(Object.create(Object.getPrototypeOf(process.env)), { PATH: process.env.PATH, ONE: "1" })',
  'a frozen object': 'Object.freeze({ PATH: process.env.PATH, ONE: "1" })',
  'a Proxy': 'new Proxy({ PATH: process.env.PATH, ONE: "1" }, { set() { throw new Error("was asked"); } })',
}))
  test(`where a program has put ${what} in the place of process.env, COMMAND gets that, and no secret that it left out`, async () => {
    const [first, entries, plain, keys, restored] = await host(
      `const real = process.env;
       tell(await ours());
       process.env = ${making};
       tell(await ours()); tell(await bare());
       tell(Reflect.ownKeys(process.env).map(String));
       process.env = real;
       tell(await ours());`,
      { env: { SECRET: 'x' } },
    );
    assert.equal((first as string[]).includes('SECRET=x'), true);
    assert.deepEqual([...(entries as string[])].sort(), ['ONE=1', `PATH=${PATH}`]);
    assert.deepEqual(entries, plain);
    assert.deepEqual(keys, ['PATH', 'ONE']);
    assert.deepEqual(restored, first);
  });

test('where a program has taken process.env away, spawn says what child_process.spawn says', async () => {
  const told = await host(
    `const real = process.env;
     for (const none of [undefined, null]) {
       const said = [];
       for (const one of [ours, bare]) {
         process.env = none;
         try { await one(); } catch (error) { said.push(error.name); }
         process.env = real;
       }
       tell(said);
     }`,
  );
  for (const said of told as string[][]) assert.equal(said[0], said[1]);
});

test("a worker's COMMAND gets the worker's environment", async () => {
  const worker = `${HELPERS}
    process.env.IN = 'the worker'; delete process.env.SECRET;
    const list = await ours();
    (await import('node:worker_threads')).parentPort.postMessage(list.sort());`;
  const [entries, outside] = await host(
    `import { Worker } from 'node:worker_threads';
     const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(worker)})));
     tell(await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)));
     tell((await ours()).sort());`,
    { env: { SECRET: 'x' } },
  );
  assert.deepEqual(entries, ['IN=the worker', `PATH=${PATH}`]);
  assert.deepEqual(outside, [`PATH=${PATH}`, 'SECRET=x']);
});

for (const [what, script] of Object.entries({
  'of very many variables': 'for (let i = 0; i < 1000; i++) process.env[`N${i}`] = String(i);',
  'with a value of 100,000 bytes': "process.env.LONG = 'x'.repeat(100_000);",
  'with the largest that fits beside one that does not':
    "process.env.A = 'x'.repeat(65_000); process.env.B = 'y'.repeat(65_000);",
  'that is empty': 'for (const name of Object.keys(process.env)) delete process.env[name];',
}))
  test(`an environment ${what} is COMMAND's too`, async () => {
    const [size, same] = await host(
      `const env = '/usr/bin/env';
       ${script}
       const [a, b] = [await read(sandbox.spawn(env, ['-0'], STDIO)), await read(bareSpawn(env, ['-0'], STDIO))];
       tell(b.length); tell(JSON.stringify(a) === JSON.stringify(b));`,
    );
    assert.equal(same, true, `${String(size)} variables`);
  });

test('`env` is all that COMMAND gets: also an empty one; null is absent, as for child_process', async () => {
  const [none, one, absent, plain] = await host(
    `const env = '/usr/bin/env';
     tell(await read(sandbox.spawn(env, ['-0'], { ...STDIO, env: {} })));
     tell(await ours({ env: { PATH: process.env.PATH, ONE: '1' } }));
     tell(await ours({ env: null })); tell(await bare({ env: null }));`,
    { env: { SECRET: 'x' } },
  );
  assert.deepEqual([none, one], [[], [`PATH=${PATH}`, 'ONE=1']]);
  assert.deepEqual(absent, plain);
  assert.equal((absent as string[]).includes('SECRET=x'), true);
});

test('what options have inherited is heard: environment, directory and user, which child_process would not hear', async (t) => {
  const directory = fixture(t);
  const [uid, gid] = [process.getuid?.() === 0 ? 65534 : process.getuid?.(), process.getgid?.()];
  const helper = projectFile(`dist/launcher/${process.arch}/spawn`);
  const lists = await host(
    `class Options {
       get env() { return { PATH: process.env.PATH, ONE: '1' }; }
       get cwd() { return ${JSON.stringify(directory)}; }
       get uid() { return ${uid}; }
       get gid() { return ${gid}; }
     }
     const located = await library.prepare(POLICY, { launcher: ${JSON.stringify(helper)} });
     const ways = [
       (...words) => sandbox.spawn(...words),
       (...words) => located.spawn(...words),
       (...words) => library.spawn(POLICY, ...words),
     ];
     const script = ['-c', 'env -u PWD -u OLDPWD -u SHLVL -u _ -0; printf "%s\\\\0" "$PWD" "$(id -u)"'];
     for (const way of ways) tell(await read(way('sh', script, Object.assign(new Options(), STDIO))));`,
    { env: { SECRET: 'x' } },
  );
  const expected = ['ONE=1', `PATH=${PATH}`, directory, String(uid)].sort();
  assert.deepEqual(
    lists.map((list) => (list as string[]).sort()),
    [expected, expected, expected],
  );
});

test('preflight looks a command up where COMMAND will: in the environment that stands for process.env', async () => {
  const [found, lost, run] = await host(
    `const outcome = async () => (await library.preflight(POLICY, 'sh')).outcome;
     tell(await outcome());
     process.env = { PATH: '/nonexistent' };
     tell(await outcome());
     tell(await library.run(POLICY, 'sh', ['-c', 'true']).catch((error) => error.code));`,
  );
  assert.deepEqual([found, lost, run], ['runs', 'fails', 'command-not-found']);
});

test('what Node adds for its own tools is there once', async (t) => {
  const [entries] = await host('tell(await ours());', { env: { NODE_V8_COVERAGE: fixture(t) } });
  assert.equal((entries as string[]).filter((entry) => entry.startsWith('NODE_V8_COVERAGE=')).length, 1);
});
