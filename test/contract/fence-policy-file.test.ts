/** Nothing inside may rewrite the fence: what the policy came from must not be writable under it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';
import { type RunResult, run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertRefused } from './deeds.ts';

const TRUE = ['--', 'true'];

interface Row {
  readonly title: string;
  readonly files: Readonly<Record<string, Entry>>;
  readonly args: readonly string[];
  /** The file that the refusal names, below the fixture. */
  readonly named: string;
}

const POLICY = 'fs: {rw: [proj]}\n';
const REFUSED: readonly Row[] = [
  {
    title: 'a policy file below its own rw',
    files: { 'proj/p.yaml': 'fs: {rw: [.]}\n' },
    args: ['--policy', 'proj/p.yaml'],
    named: 'proj/p.yaml',
  },
  {
    title: 'a policy file below a --rw',
    files: { 'proj/p.yaml': 'fs: {ro: [/usr]}\n' },
    args: ['--policy', 'proj/p.yaml', '--rw', 'proj'],
    named: 'proj/p.yaml',
  },
  {
    title: 'a policy file that is itself granted with --rwfile',
    files: { 'p.yaml': 'fs: {rwfile: [p.yaml]}\n' },
    args: ['--policy', 'p.yaml'],
    named: 'p.yaml',
  },
  {
    title: 'a policy file below a --grant with any right to change',
    files: { 'proj/p.yaml': 'fs: {ro: [/usr]}\n' },
    args: ['--policy', 'proj/p.yaml', '--grant', 'remove_file:proj'],
    named: 'proj/p.yaml',
  },
  {
    title: 'a policy file below --tmp',
    files: { 'tmp/p.yaml': 'fs: {ro: [/usr]}\n' },
    args: ['--policy', 'tmp/p.yaml', '--tmp', 'tmp'],
    named: 'tmp/p.yaml',
  },
  {
    title: 'a policy file that is named through a link outside',
    files: { 'proj/p.yaml': 'fs: {rw: [proj]}\n', 'link.yaml': { link: 'proj/p.yaml' } },
    args: ['--policy', 'link.yaml'],
    named: 'link.yaml',
  },
  {
    title: 'a link inside that leads to a policy file outside',
    files: { 'p.yaml': 'fs: {rw: [/nowhere], ro: [/usr]}\n', 'proj/link.yaml': { link: '../p.yaml' } },
    args: ['--policy', 'proj/link.yaml', '--rw', 'proj'],
    named: 'proj/link.yaml',
  },
  {
    title: 'a policy file that a link inside leads on to',
    files: { 'p.yaml': { link: 'proj/hop.yaml' }, 'proj/hop.yaml': { link: '../real.yaml' }, 'real.yaml': 'fs: {}\n' },
    args: ['--policy', 'p.yaml', '--rw', 'proj'],
    named: 'p.yaml',
  },
  {
    title: 'a policy file in a directory that a link inside leads on to',
    files: {
      'conf/x': 'x',
      'proj/conf': { link: '../conf' },
      way: { link: 'proj/conf' },
      'conf/p.yaml': 'fs: {ro: [/usr]}\n',
    },
    args: ['--policy', 'way/p.yaml', '--rw', 'proj'],
    named: 'way/p.yaml',
  },
  {
    title: 'an extended file that a link inside leads on to',
    files: {
      'p.yaml': `extends: [way.yaml]\n${POLICY}`,
      'way.yaml': { link: 'proj/hop.yaml' },
      'proj/hop.yaml': { link: '../real.yaml' },
      'real.yaml': 'fs: {}\n',
    },
    args: ['--policy', 'p.yaml'],
    named: 'way.yaml',
  },
  {
    title: 'a file that the policy extends',
    files: { 'p.yaml': `extends: [proj/base.yaml]\n${POLICY}`, 'proj/base.yaml': 'fs: {ro: [/usr]}\n' },
    args: ['--policy', 'p.yaml'],
    named: 'proj/base.yaml',
  },
  {
    title: 'a file that an extended file extends',
    files: {
      'p.yaml': `extends: [one.yaml]\n${POLICY}`,
      'one.yaml': 'extends: [proj/two.yaml]\nfs: {}\n',
      'proj/two.yaml': 'fs: {ro: [/usr]}\n',
    },
    args: ['--policy', 'p.yaml'],
    named: 'proj/two.yaml',
  },
  {
    title: 'a config that grants are discovered in',
    files: { 'proj/app.yaml': 'cert: file:///etc/hosts\n' },
    args: ['--discover', 'proj/app.yaml', '--rw', 'proj'],
    named: 'proj/app.yaml',
  },
  {
    title: 'a config whose own discovery makes it writable (the directory of its database)',
    files: { 'data/app.yaml': 'dsn: sqlite://x.db\n' },
    args: ['--discover', 'data/app.yaml', '--ro', '/usr'],
    named: 'data/app.yaml',
  },
];

for (const { title, files, args, named } of REFUSED) {
  test(`refused: ${title}`, async (t) => {
    const root = fixture(t, { 'proj/x': 'x', ...files });
    const result = await sandbox([...args, ...TRUE], { cwd: root });
    assertRefused(result, /decides the policy and would be writable/);
    assert.ok(result.stderr.includes(`"${root}/${named}"`), result.stderr);
  });
  test(`--allow-overlap consents with one warning: ${title}`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t, { 'proj/x': 'x', ...files });
    const result = await sandbox(['--allow-overlap', ...args, ...TRUE], { cwd: root });
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stderr, /^landlock-run: [^\n]*decides the policy[^\n]*$/m);
  });
}

for (const [title, files, args] of [
  ['a policy file beside its own rw', { 'p.yaml': POLICY }, ['--policy', 'p.yaml']],
  ['a policy file below a read-only grant', { 'in/p.yaml': 'fs: {ro: [.]}\n' }, ['--policy', 'in/p.yaml']],
  ['a network policy file anywhere', { 'proj/p.yaml': 'other_net: none\n' }, ['--policy', 'proj/p.yaml']],
] as const) {
  test(`accepted: ${title}`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t, { 'proj/x': 'x', ...files });
    const result = await sandbox([...args, ...TRUE], { cwd: root });
    assert.deepEqual([result.code, result.stderr], [0, '']);
  });
}

test('accepted: a policy file above the working directory, named by .., where that directory is writable', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'proj/x': 'x', 'p.yaml': 'fs: {rw: [proj]}\n', 'app.yaml': 'a: file:///etc/hosts\n' });
  for (const words of [
    ['--policy', '../p.yaml'],
    ['--policy', '../p.yaml', '--rw', '.'],
    ['--discover', '../app.yaml', '--rw', '.'],
  ]) {
    const result = await sandbox([...words, ...TRUE], { cwd: `${root}/proj` });
    assert.deepEqual([result.code, result.stderr], [0, ''], words.join(' '));
  }
  assertRefused(await sandbox(['--policy', '../p.yaml', '--rw', '..', ...TRUE], { cwd: `${root}/proj` }), /decides/);
});

test('refused: a policy file on stdin that lies below its own rw', async (t) => {
  const root = fixture(t, { 'proj/p.yaml': POLICY, 'p.yaml': POLICY });
  const from = (file: string): Promise<RunResult> =>
    run('sh', ['-c', '"$0" --policy - -- true <"$1"', cliPath, file], { cwd: root });
  assertRefused(await from('proj/p.yaml'), /--policy: [^\n]*proj\/p\.yaml" decides the policy and would be writable/);
  if (!requireAbi(t, 1)) return;
  const beside = await from('p.yaml');
  assert.deepEqual([beside.code, beside.stderr], [0, '']);
});

test('a policy from stdin has no file that could be rewritten', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'proj/x': 'x' });
  const result = await sandbox(['--policy', '-', ...TRUE], { cwd: root, stdin: 'fs: {rw: [.]}\n' });
  assert.deepEqual([result.code, result.stderr], [0, '']);
});
