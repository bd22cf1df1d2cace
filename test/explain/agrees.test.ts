/** --explain agrees with the run: it says yes where COMMAND starts, and no where it does not. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { FakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { sandbox } from '../support/sandbox.ts';
import { ask, makeMachine, POLICIES } from './machine.ts';

const KERNELS: readonly FakeKernel[] = ['ENOSYS', 'EPERM', 1, 3, 4, 6, 7, 9, 10];

describe('yes is a run that starts, and no is one that does not', () => {
  for (const policy of POLICIES) {
    test(policy, async (t) => {
      if (!requireAbi(t, 7)) return;
      const root = await makeMachine(t, policy);
      const seen = new Set<boolean>();
      for (const kernel of KERNELS) {
        const told = await ask(root, policy, kernel, ['--explain']);
        const done = await ask(root, policy, kernel, []);
        assert.ok(done.code === 0 || done.code === 125 || done.code === 126, done.stderr);
        assert.equal(told.code, done.code === 0 ? 0 : 1, `${kernel}: ${done.stderr}`);
        assert.equal(told.stdout.startsWith('yes: '), done.code === 0);
        // what ends the run stands in the report, word for word
        if (done.code === 125) {
          for (const line of done.stderr.trimEnd().split('\n')) {
            assert.ok(told.stdout.includes(line.replace(/^landlock-run: /, '')), `${kernel}: ${line}\n${told.stdout}`);
          }
        }
        seen.add(done.code === 0);
      }
      assert.deepEqual([...seen].sort(), ['bare', 'refused'].includes(policy) ? [false] : [false, true]);
    });
  }
});

test('the file that is said to run is the one that runs', async (t) => {
  const script = { content: '#!/bin/sh\necho "$0"\n', mode: 0o755 };
  const root = fixture(t, { 'one/tool': script, 'two/tool': { content: 'x', mode: 0o644 }, 'three/tool': script });
  const env = {
    PATH: ['one', 'two', 'three']
      .map((name) => join(root, name))
      .join(':')
      .concat(':/usr/bin:/bin'),
  };
  const file = async (policy: readonly string[]): Promise<[string, string]> => {
    const words = [...policy, '--', 'tool'];
    const told = await sandbox(['--explain', '--json', ...words], { env });
    const done = await sandbox(words, { env });
    return [(JSON.parse(told.stdout) as { command: { file: string } }).command.file, done.stdout.trimEnd()];
  };
  assert.deepEqual(await file(['--no-net']), [join(root, 'one/tool'), join(root, 'one/tool')]);
  assert.deepEqual(await file(['--ro', join(root, 'three')]), [join(root, 'three/tool'), join(root, 'three/tool')]);
  const { stdout } = await sandbox(['--explain', '--ro', join(root, 'three'), '--', 'tool'], { env });
  assert.match(stdout, /passed over: .*\/one\/tool: the policy denies .*\/one\/tool \(the command itself\)/);
  assert.match(stdout, /passed over: .*\/two\/tool: it is not executable for this user/);
});

test('what is said to be left out of PATH is what COMMAND does not find there', async (t) => {
  const tool = { content: '#!/bin/sh\n', mode: 0o755 };
  const root = fixture(t, {
    'granted/x': '',
    'one-file/tool': tool,
    'denied/x': '',
    link: { link: 'granted' },
    here: { directory: true },
  });
  const at = (name: string): string => join(root, name);
  const elements = [
    at('granted'),
    at('denied'),
    at('missing'),
    at('one-file'),
    at('link'),
    '',
    'denied',
    '/usr/bin',
    at('denied'),
    '/bin',
  ];
  const options = { env: { PATH: elements.join(':') }, cwd: at('here') };
  for (const policy of [
    ['--ro', at('granted'), '--ro', at('one-file/tool')],
    ['--ro', at('here'), '--env', `PATH=${at('denied')}:/usr/bin`],
    ['--bare', '--ro', at('granted'), '--add-command'],
    ['--keep-path', '--ro', at('granted')],
    ['--no-net'],
    ['--ro', at('granted'), '--chdir', root],
  ]) {
    const told = await sandbox(['--explain', '--json', ...policy, '--', '/usr/bin/env'], options);
    const process = (JSON.parse(told.stdout) as { process: { what: string; value: string }[] }).process;
    const without = process.find((row) => row.what === 'left out of PATH')?.value.split(' ') ?? [];
    const { stdout, stderr } = await sandbox([...policy, '--', '/usr/bin/env'], options);
    const got = /^PATH=(.*)$/m.exec(stdout)?.[1]?.split(':');
    assert.ok(got !== undefined, stderr);
    const asked =
      policy
        .find((word) => word.startsWith('PATH='))
        ?.slice(5)
        .split(':') ?? elements;
    assert.deepEqual(
      got,
      asked.filter((element) => !without.includes(element)),
      policy.join(' '),
    );
  }
});

test('nothing is run, made or changed', async (t) => {
  const root = fixture(t, { tool: { content: `#!/bin/sh\n: > ran\n`, mode: 0o755 } });
  const words = ['--rw', root, '--tmp', join(root, 'tmp'), '--', './tool'];
  for (const mode of ['--explain', '--check']) {
    const { code } = await sandbox([mode, ...words], { cwd: root });
    assert.equal(code, 0);
    assert.throws(() => readFileSync(join(root, 'ran')), /ENOENT/);
    assert.throws(() => readFileSync(join(root, 'tmp')), /ENOENT/);
  }
  chmodSync(root, 0o755);
  await sandbox(words, { cwd: root });
  assert.equal(readFileSync(join(root, 'ran'), 'utf8'), ''); // the control
});
