/** One ruleset, one layer, always; nesting tightens, and the kernel takes 16 layers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath, projectRoot } from '../support/paths.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertRefused, deedPath, PLACES, under } from './deeds.ts';

/** What a run inside a run needs to start: node and the program itself. */
const SELF = ['--ro', process.execPath, '--ro', projectRoot];

/** COMMAND, inside so many runs that grant `policy` each. */
function nested(depth: number, policy: readonly string[], command: readonly string[]): string[] {
  const layer = [...SELF, ...policy, '--'];
  return [...layer, ...Array.from({ length: depth - 1 }, () => [cliPath, ...layer]).flat(), ...command];
}

test('nested in itself it tightens: what one layer denies, no inner one grants', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, PLACES);
  const inner = [cliPath, '--rw', `${root}/in`, '--rw', `${root}/other`, '--ro', deedPath(), '--'];
  const policy = [...SELF, '--rw', `${root}/in`, '--ro', `${root}/other`, '--', ...inner];
  const words = ['write', `${root}/in/file`, 'write', `${root}/other/file`, 'read', `${root}/other/file`];
  const result = await sandbox([...policy, deedPath(), ...words]);
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ok\nEACCES\nok\n', '']);
  const alone = await under(inner.slice(1, -1), words);
  assert.deepEqual(alone, ['ok', 'ok', 'ok'], 'the inner one alone');
});

test('a nested run can take away what the outer one grants', async (t) => {
  if (!requireAbi(t, 4)) return;
  const root = fixture(t, PLACES);
  const words = ['write', `${root}/in/file`, 'tcp-bind', '0'];
  const inner = [cliPath, '--ro', `${root}/in`, '--ro', deedPath(), '--no-net', '--', deedPath(), ...words];
  const result = await sandbox([...SELF, '--rw', `${root}/in`, '--', ...inner]);
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'EACCES\nENETUNREACH\n', '']);
});

test('a file can be renamed across directories inside two layers that both grant it', async (t) => {
  if (!requireAbi(t, 2)) return;
  const root = fixture(t, PLACES);
  const words = ['rename', `${root}/in/file`, `${root}/in/dir/new`];
  const result = await sandbox(nested(2, ['--rw', `${root}/in`], [deedPath(), ...words]));
  assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ok\n', '']);
});

test('16 nested runs work, so each makes one layer', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t);
  const result = await sandbox(nested(16, ['--rw', root], ['touch', `${root}/made`]));
  assert.deepEqual([result.code, result.stderr], [0, '']);
});

test('16 nested runs with a network policy and scopes make one layer each too', async (t) => {
  if (!requireAbi(t, 6)) return;
  const root = fixture(t);
  const policy = ['--rw', root, '--net-connect', '443', '--udp-connect', 'none', '--udp-bind', 'none', '--no-unix'];
  const result = await sandbox(nested(16, policy, ['touch', `${root}/made`]));
  assert.deepEqual([result.code, result.stderr], [0, '']);
});

test('the 17th layer is a clear refusal', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t);
  assertRefused(await sandbox(nested(17, ['--rw', root], ['touch', `${root}/made`])), /16 Landlock layers/);
});

test('a network policy alone counts its layer as well', async (t) => {
  if (!requireAbi(t, 4)) return;
  const layer = ['--net-connect', '443', '--'];
  const inside = (depth: number) => [...layer, ...Array.from({ length: depth - 1 }, () => [cliPath, ...layer]).flat()];
  assert.equal((await sandbox([...inside(16), 'true'])).code, 0);
  assertRefused(await sandbox([...inside(17), 'true']), /16 Landlock layers/);
});
