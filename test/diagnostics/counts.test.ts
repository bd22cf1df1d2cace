/** A count of one is told in the singular. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesOfText } from '../../src/base/bytes.ts';
import { allMessages } from '../../src/diagnostics/messages.ts';
import { fixture } from '../support/fixture.ts';
import { sandbox } from '../support/sandbox.ts';

const messages = allMessages();

const file = bytesOfText('p.yaml');

test('--learn: one path, one grant, and several', () => {
  const written = (...counts: [number, number, number]) => messages['learn-written'](file, ...counts)[0];
  assert.equal(written(1, 1, 1), '1 path seen, 1 grant in "p.yaml", 1 of its lines new');
  assert.equal(written(3, 0, 2), '3 paths seen, 0 grants in "p.yaml", 2 of its lines new');
  const unchanged = (count: number) => messages['learn-unchanged'](file, count)[0];
  assert.equal(unchanged(1), '1 path seen, and "p.yaml" grants it already');
  assert.equal(unchanged(2), '2 paths seen, and "p.yaml" grants all of them already');
});

test('--trace: one more denial, and several', () => {
  assert.equal(messages['trace-more'](1, '--ro /a')[1], '--ro /a would allow it');
  assert.equal(messages['trace-more'](2, '--ro /a')[1], '--ro /a would allow them');
  assert.equal(messages['trace-more'](1, '')[1], 'no option allows it');
});

test('--explain and --explain --compiled: the one path of a profile, and several', async (t) => {
  const root = fixture(t);
  const words = ['--rw', root, '--profile', 'shm'];
  assert.match((await sandbox([...words, '--explain'])).stdout, /profile shm: [^\n]* \(1 path\)\n/);
  const launcher = join(fixture(t), 'launcher');
  assert.equal((await sandbox([...words, '--compile', launcher])).code, 0);
  const { stdout } = await sandbox(['--explain', '--compiled', launcher]);
  assert.match(stdout, /profile shm: 1 path \(--verbose lists it\)\n/);
  assert.match(stdout, /profile system: \d+ paths \(--verbose lists them\)\n/);
});
