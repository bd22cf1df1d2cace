/** Out of descriptors: every run is an error with a code and a remedy, the host lives, and nothing leaks. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { projectFile } from '../support/paths.ts';
import { run } from '../support/run.ts';

/** Takes all descriptors, gives back one after the other, and tries each way to start at each number that is left. */
const HOST = `
  import { closeSync, openSync } from 'node:fs';
  import { check, prepare, run, spawn } from ${JSON.stringify(projectFile('dist/index.mjs'))};
  const policy = { net: 'none' };
  const sandbox = await prepare(policy);
  const follow = (child) => new Promise((resolve) => {
    const errors = [];
    child.on('error', (error) => errors.push(error));
    child.on('close', (code) => resolve(errors.length === 0 ? code : errors));
  });
  const ways = {
    run: () => run(policy, 'true').then(({ exitCode }) => exitCode),
    spawn: () => follow(spawn(policy, 'true')),
    'sandbox.run': () => sandbox.run('true').then(({ exitCode }) => exitCode),
    'sandbox.spawn': () => follow(sandbox.spawn('true', [], { stdio: ['pipe', 'pipe', 'pipe', 'ipc', 'pipe'] })),
    prepare: () => prepare(policy).then((one) => one.close() ?? 0),
    check: () => check(policy).then(({ accepted, diagnostics }) => (accepted ? 0 : [{ name: 'LandlockRunError', ...diagnostics[0] }])),
  };
  for (const way of Object.values(ways)) await way();
  const takeAll = () => {
    const taken = [];
    try { for (;;) taken.push(openSync('/dev/null')); } catch { return taken; }
  };
  const countFree = () => { const all = takeAll(); all.forEach((fd) => closeSync(fd)); return all.length; };
  const seen = {};
  process.on('uncaughtException', (error) => { console.log('UNCAUGHT', error.message); process.exit(1); });
  const held = takeAll();
  for (let free = 0; free < 40; free++) {
    if (free > 0) closeSync(held.pop());
    for (const [name, way] of Object.entries(ways)) {
      let found = await Promise.resolve().then(way).catch((error) => [error]);
      if (found !== 0) found = found.map(({ name, code, remedy }) => name === 'LandlockRunError' && remedy.length > 0 ? code : name).join();
      (seen[name] ??= new Set()).add(found);
      const left = countFree();
      if (left !== free) console.log('LEAK', name, free, left, found);
    }
  }
  const codes = Object.entries(seen).map(([name, all]) => [name, [...all]]);
  console.log(JSON.stringify(Object.fromEntries(codes)));
  process.exit(0);`;

test('with any number of descriptors left COMMAND runs, or it is one error that says what to do', async (t) => {
  const file = join(fixture(t, { 'host.mjs': HOST }), 'host.mjs');
  const words = ['-c', 'ulimit -n 100; exec "$0" "$1"', process.execPath, file];
  const result = await run('sh', words);
  const refused = 'resources-exhausted';
  // The child that builds the ruleset says so itself, where it is the one that has none left.
  const seen = JSON.parse(result.stdout.replaceAll('"ruleset-refused",', '')) as unknown;
  assert.equal(result.stderr, '');
  const names = ['run', 'spawn', 'sandbox.run', 'sandbox.spawn', 'prepare', 'check'];
  const expected = Object.fromEntries(names.map((name) => [name, [refused, 0]]));
  assert.deepEqual(seen, expected);
});
