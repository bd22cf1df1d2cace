/** landlock-run inside of bwrap, as an ordinary user and without a container. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { cliPath, projectRoot } from '../support/paths.ts';
import { run } from '../support/run.ts';

const BWRAP = [
  '--ro-bind',
  '/',
  '/',
  '--proc',
  '/proc',
  '--dev',
  '/dev',
  '--tmpfs',
  '/tmp',
  '--unshare-all',
  '--die-with-parent',
];

test('runs inside bwrap and restricts further', async (t) => {
  const root = fixture(t, { 'data/file': 'data', 'secret/file': 'secret' });
  const inside = [...BWRAP, '--ro-bind', root, root, '--ro-bind', projectRoot, projectRoot];
  const possible = await run('bwrap', [...inside, 'true']);
  if (possible.code !== 0) return t.skip(`bwrap does not work here: ${possible.stderr.trim()}`);
  const free = await run('bwrap', [...inside, 'cat', `${root}/data/file`, `${root}/secret/file`]);
  assert.deepEqual([free.code, free.stdout], [0, 'datasecret']);
  const words = [cliPath, '--ro', `${root}/data`, '--', 'cat', `${root}/data/file`, `${root}/secret/file`];
  const { code, stdout, stderr } = await run('bwrap', [...inside, ...words]);
  assert.deepEqual([code, stdout], [1, 'data']);
  assert.match(stderr, /secret\/file: Permission denied/);
});

test('bwrap inside a files policy cannot mount, and says so', async (t) => {
  const root = fixture(t, { 'data/file': 'data' });
  const possible = await run('bwrap', [...BWRAP, 'true']);
  if (possible.code !== 0) return t.skip(`bwrap does not work here: ${possible.stderr.trim()}`);
  const { code, stdout, stderr } = await run(cliPath, ['--ro', `${root}/data`, '--', 'bwrap', ...BWRAP, 'true']);
  assert.notEqual(code, 0);
  assert.equal(stdout, '');
  assert.match(stderr, /^bwrap: /);
});
