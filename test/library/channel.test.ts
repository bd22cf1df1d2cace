/** The addon's channel to a process that it spawns: all that is told comes, however much, and whatever became of the process. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Native } from '../../src/host/native.ts';
import { projectFile } from '../support/paths.ts';
import { openDescriptors } from './host.ts';

const native = createRequire(import.meta.url)(projectFile('native/build/Release/landlock_run.node')) as Native;

/** What a shell tells on descriptor 3 until its end. */
function told(environment: boolean, script: string | ((sent: number) => string)): { text: string; sent: number } {
  const [ours, theirs, sent] = native.channel(16, environment ? 0 : -1);
  const words = ['-c', typeof script === 'string' ? script : script(sent)];
  spawn('/bin/sh', words, { stdio: ['ignore', 'inherit', 'inherit', theirs] });
  native.close(theirs);
  try {
    return { text: native.readToEnd(ours), sent };
  } finally {
    native.close(ours);
  }
}

for (const environment of [false, true]) {
  const what = environment ? 'with an environment' : 'without one';

  test(`more than the channel holds is told to its end: ${what}`, () => {
    const { text } = told(environment, 'head -c 3000000 /dev/zero >&3; echo end >&3');
    assert.equal(text.length, 3_000_004);
    assert.equal(text.endsWith('\0end\n'), true);
  });

  test(`what is told slowly is waited for: ${what}`, () => {
    assert.equal(told(environment, 'echo 1 >&3; sleep 0.3; echo 2 >&3; sleep 0.2').text, '1\n2\n');
  });

  test(`a process that is killed has told what it told: ${what}`, () => {
    assert.equal(told(environment, 'echo 1 >&3; kill -9 $$').text, '1\n');
    assert.equal(told(environment, 'kill -9 $$').text, '');
  });
}

test('the environment waits in it: all of it, in order, each entry with its NUL', () => {
  const { text, sent } = told(true, (size) => `head -c ${size} <&3 >&3`);
  const entries = Object.entries(process.env).map(([name, value]) => `${name}=${value}\0`);
  assert.equal(Buffer.from(text, 'latin1').toString(), entries.join(''));
  assert.equal(sent, text.length);
});

test('nothing stays open', () => {
  const before = [...openDescriptors().keys()];
  told(true, 'exit 0');
  told(false, 'exit 0');
  assert.deepEqual([...openDescriptors().keys()], before);
});
