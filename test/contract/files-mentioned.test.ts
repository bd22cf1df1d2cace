/** A category that is mentioned is denied by default; one that is not is left alone; a policy that restricts nothing is an error. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { run } from '../support/run.ts';
import { sandbox, shell } from '../support/sandbox.ts';
import { assertRefused, claim, deedGrant, deedPath, under } from './deeds.ts';

const OTHER_CATEGORIES = [
  ['TCP', ['--net-connect', '443']],
  ['UDP', ['--udp-connect', 'none', '--udp-bind', 'none']],
  ['other sockets', ['--other-net', 'none']],
  ['all network', ['--no-net']],
  ['UNIX sockets', ['--no-unix']],
  ['signals', ['--scope', 'signal']],
] as const;

for (const [what, policy] of OTHER_CATEGORIES) {
  claim({
    title: `files are left alone by a policy that mentions ${what} only`,
    policy: () => policy,
    withoutFiles: true,
    deed: (root) => ['rename', `${root}/in/file`, `${root}/out/new`],
    outcome: 'ok',
    abi: 6,
  });
  test(`a policy that mentions ${what} only never stops COMMAND from starting, wherever it is`, async (t) => {
    if (!requireAbi(t, 6)) return;
    const root = fixture(t, { program: { content: '#!/bin/sh\necho started\n', mode: 0o755 } });
    const result = await sandbox([...policy, '--', `${root}/program`]);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'started\n', '']);
    const denied = await sandbox([...policy, '--ro', `${root}/missing`, '--ro', '/usr', '--', `${root}/program`]);
    assert.deepEqual([denied.code, denied.stdout], [126, ''], 'with files mentioned it does not start');
  });
}

/** A policy file, and a COMMAND that shows what it may read. */
async function underFile(policy: string, root: string, command: readonly string[]) {
  return await sandbox(['--policy', '-', '--', ...command], { stdin: policy, cwd: root });
}

test('`fs: {}` grants no files beyond the system profile', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { file: 'x' });
  assert.equal((await run('cat', [`${root}/file`])).stdout, 'x');
  const denied = await underFile('fs: {}\n', root, ['cat', `${root}/file`]);
  assert.deepEqual([denied.code, denied.stderr], [1, `cat: ${root}/file: Permission denied\n`]);
  const system = await underFile('fs: {}\n', root, ['cat', '/etc/hosts']);
  assert.deepEqual([system.code, system.stderr], [0, '']);
});

test('`bare: true` takes the system profile too', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'bin/tool': { content: 'x', mode: 0o755 } });
  const denied = await underFile(`bare: true\nfs: {ro: [${root}]}\n`, root, ['cat', `${root}/bin/tool`]);
  assert.deepEqual([denied.code, denied.stdout], [126, '']);
  const granted = await underFile(`fs: {ro: [${root}]}\n`, root, ['cat', `${root}/bin/tool`]);
  assert.deepEqual([granted.code, granted.stdout], [0, 'x'], 'without bare');
});

test('--bare leaves what is stated', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { file: 'x' });
  const result = await sandbox([
    '--bare',
    '--ro',
    '/usr',
    '--ro',
    '/lib',
    '--ro',
    '/lib64',
    '--ro',
    root,
    '--',
    'cat',
    `${root}/file`,
  ]);
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'x', '']);
  const hosts = await sandbox(['--bare', '--ro', '/usr', '--ro', '/lib', '--ro', '/lib64', '--', 'cat', '/etc/hosts']);
  assert.deepEqual([hosts.code, hosts.stderr], [1, 'cat: /etc/hosts: Permission denied\n']);
});

for (const path of ['/home', '/root', '/tmp', '/var', '/srv', '/etc', '/']) {
  test(`the system profile does not grant ${path}`, async (t) => {
    if (!requireAbi(t, 1)) return;
    if (!existsSync(path)) return t.skip(`there is no ${path}`);
    const free = await run(deedPath(), ['list', path]);
    if (free.stdout !== 'ok\n') return t.skip(`${path} is closed to this user anyway`);
    assert.deepEqual(await under(['--ro', deedPath()], ['list', path]), ['EACCES']);
  });
}

test('--rw of a directory works as written for bash -c', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { proj: { directory: true } });
  const script = 'set -e; mkdir proj/d; echo x >proj/d/f; mv proj/d proj/e; cat proj/e/f; ls /usr >/dev/null';
  const result = await shell(['--rw', './proj'], script, [], { cwd: root });
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'x\n', '']);
});

for (const [how, args, stdin] of [
  ['no options', [], ''],
  ['an empty file', ['--policy', '-'], ''],
  ['a file with a version only', ['--policy', '-'], 'version: 1\n'],
  ['only env', ['--env', 'A=b', '--env-scrub'], ''],
  ['only env in a file', ['--policy', '-'], 'env: {mode: clear}\n'],
  ['only limits', ['--limit', 'nofile=256'], ''],
  ['only limits in a file', ['--policy', '-'], 'limits: {nofile: 256}\n'],
  ['`fs: any`', ['--policy', '-'], 'fs: any\n'],
  ['`net: any`', ['--policy', '-'], 'net: any\nudp: any\nother_net: any\n'],
  ['--net-connect any --net-bind any', ['--net-connect', 'any', '--net-bind', 'any'], ''],
  ['--other-net any', ['--other-net', 'any'], ''],
  ['only --no-scope', ['--no-scope', 'signal'], ''],
  ['only --min-abi', ['--min-abi', '1'], ''],
  ['only --chdir', ['--chdir', '/'], ''],
] as const) {
  test(`a policy that restricts nothing is an error: ${how}`, async () => {
    assertRefused(await sandbox([...args, '--', 'echo', 'started'], { stdin }), /nothing|empty/);
  });
}

for (const text of ['net: {connect: any, bind: any}', 'net: any', 'udp: any', 'other_net: any']) {
  test(`\`${text}\` beside files is as if it were absent`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t);
    const policy = `fs: {ro: [${deedPath()}]}\n${text}\n`;
    const args = ['--policy', '-', '--', deedPath(), 'tcp-bind', '0', 'udp-bind', '0', 'socket', '16', '3', '15'];
    const result = await sandbox(args, { stdin: policy, cwd: root });
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ok\nok\nok\n', '']);
  });
}

test('`fs: any` beside another category leaves files alone', async (t) => {
  if (!requireAbi(t, 4)) return;
  const root = fixture(t, { file: 'x' });
  const result = await underFile('fs: any\nnet: {}\n', root, ['cat', `${root}/file`]);
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'x', '']);
});

for (const key of ['fs', 'net', 'udp', 'other_net', 'scope', 'profiles', 'tmp', 'env', 'limits', 'extends']) {
  for (const [how, behind] of [
    ['null', ' null'],
    ['nothing behind it', ''],
    ['~', ' ~'],
  ] as const) {
    test(`\`${key}:\` with ${how} is an error, never "unrestricted"`, async () => {
      const policy = `${key === 'fs' ? 'net' : 'fs'}: {}\n${key}:${behind}\n`;
      assertRefused(await sandbox(['--policy', '-', '--', 'echo', 'started'], { stdin: policy }), /stdin:2:.*null/);
    });
  }
}
for (const key of ['ro', 'rw', 'rwfile', 'grant', 'unix', 'deny']) {
  test(`\`fs: {${key}:}\` with nothing behind it is an error`, async () => {
    assertRefused(await sandbox(['--policy', '-', '--', 'true'], { stdin: `fs:\n  ${key}:\n` }), /stdin:2:.*null/);
  });
}
for (const key of ['connect', 'bind']) {
  test(`\`net: {${key}:}\` with nothing behind it is an error`, async () => {
    assertRefused(await sandbox(['--policy', '-', '--', 'true'], { stdin: `net:\n  ${key}:\n` }), /stdin:2:.*null/);
  });
}

test('an empty list grants nothing', async (t) => {
  if (!requireAbi(t, 4)) return;
  const root = fixture(t, { file: 'x' });
  const policy = 'fs: {ro: []}\nnet: {bind: []}\n';
  const result = await sandbox(
    ['--policy', '-', ...deedGrant(), '--', deedPath(), 'read', `${root}/file`, 'tcp-bind', '0'],
    {
      stdin: policy,
    },
  );
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'EACCES\nEACCES\n', '']);
});
