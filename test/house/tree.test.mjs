/** The tree: nothing in it is a leftover of a test or of a trial. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const listed = spawnSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z'], { cwd: root, encoding: 'utf8' });
const skip = listed.status === 0 ? false : 'git does not say here which files are of the tree';

test('no file of the tree is empty, but those that keep a folder', { skip }, () => {
  const there = listed.stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
  assert.ok(there.length > 100);
  const empty = there.filter((file) => statSync(join(root, file)).size === 0);
  assert.deepEqual(
    empty.filter((file) => basename(file) !== '.gitkeep'),
    [],
  );
});
