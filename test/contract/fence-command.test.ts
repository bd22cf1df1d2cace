/** With --add-command the command's own files say what is granted; one that an earlier run may have written has no say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { assertRefused } from './deeds.ts';

/** A program of the user's that holds something private, as scripts do. */
const PRIVATE = { content: '#!/bin/sh\necho password\n', mode: 0o755 };

/** Programs whose first line asks for it. */
const PLANTED = {
  'an interpreter': (root: string) => `#!${root}/private\n`,
  'a program that env looks up': (root: string) => `#!/usr/bin/env -S ${root}/private\n`,
};

for (const [title, content] of Object.entries(PLANTED)) {
  test(`refused: a writable command that asks for ${title} outside`, async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { private: PRIVATE, 'proj/x': '' });
    const plant = await shell(['--rw', 'proj'], `printf %s "$1" >proj/run; chmod +x proj/run`, [content(root)], {
      cwd: root,
    });
    assert.equal(plant.code, 0, plant.stderr);
    const policy = ['--rw', 'proj', '--add-command'];
    const result = await sandbox([...policy, '--', './proj/run'], { cwd: root });
    assertRefused(result, /--add-command: [^\n]*proj\/run" would have "[^"]*\/private" granted[^\n]*--ro /);

    const granted = await sandbox([...policy, '--ro', 'private', '--', './proj/run'], { cwd: root });
    assert.deepEqual([granted.code, granted.stdout, granted.stderr], [0, 'password\n', '']);
    const consented = await sandbox(['--allow-overlap', ...policy, '--', './proj/run'], { cwd: root });
    assert.deepEqual([consented.code, consented.stdout], [0, 'password\n']);
    assert.match(consented.stderr, /^landlock-run: --add-command: [^\n]*would have[^\n]*\n$/);
  });
}

test('accepted: a writable command that asks for what every program needs, with and without the system profile', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { 'proj/run': { content: '#!/bin/sh\necho ran\n', mode: 0o755 } });
  for (const bare of [[], ['--bare']]) {
    const result = await sandbox(['--rw', 'proj', ...bare, '--add-command', '--', './proj/run'], { cwd: root });
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
  }
});

test('accepted: a command that is not writable, with its interpreter outside', async (t) => {
  if (!requireAbi(t, 3)) return;
  const root = fixture(t, { private: PRIVATE, 'proj/x': '' });
  const command = fixture(t, { run: { content: `#!${root}/private\n`, mode: 0o755 } });
  const result = await sandbox(['--rw', `${root}/proj`, '--add-command', '--', `${command}/run`]);
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'password\n', '']);
});
