/** Contract, section 5: extends, relative to the file as named, no cycles, depth 16. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { merged } from './merged.ts';
import { assertSays, refused } from './refused.ts';

describe('extends', () => {
  test('is relative to the file that says it, through directories', async (t) => {
    const cwd = fixture(t, {
      'a/top.yaml': 'extends: [../b/middle.yaml]\nfs: {ro: [./x]}\n',
      'b/middle.yaml': 'extends: [c/base.yaml]\nfs: {ro: [./x]}\n',
      'b/c/base.yaml': 'fs: {ro: [./x]}\n',
      'w/x': '',
    });
    const policy = await merged(['--policy', '../a/top.yaml'], { cwd: join(cwd, 'w') });
    const { ro } = policy['fs'] as { ro: string[] };
    assert.deepEqual(
      ro.map((path) => join(path)),
      ['a/x', 'b/x', 'b/c/x'].map((path) => join(cwd, path)),
    );
  });

  test('is relative to the file as named, not to where a link leads', async (t) => {
    const cwd = fixture(t, {
      'a/link.yaml': { link: '../b/real.yaml' },
      'b/real.yaml': 'extends: [./base.yaml]\nfs: {}\n',
      'a/base.yaml': 'fs: {ro: [/named]}\n',
      'b/base.yaml': 'fs: {ro: [/real]}\n',
    });
    assert.deepEqual((await merged(['--policy', 'a/link.yaml'], { cwd }))['fs'], { ro: ['/named'] });
  });

  test('a circle is refused', async (t) => {
    const cwd = fixture(t, {
      'a.yaml': 'extends: [./b.yaml]\n',
      'b.yaml': 'extends: [./a.yaml]\n',
      'self.yaml': 'extends: [self.yaml]\n',
    });
    assertSays(await refused(t, ['--policy', 'a.yaml'], { cwd }), 'extends-cycle', `${cwd}/b.yaml:1:11`, /a\.yaml/);
    assertSays(await refused(t, ['--policy', 'self.yaml'], { cwd }), 'extends-cycle', 'self.yaml:1:11');
  });

  test('a circle through a link is refused too, by its depth at the latest', async (t) => {
    const cwd = fixture(t, { 'a.yaml': 'extends: [./link/a.yaml]\nfs: {}\n', link: { link: '.' } });
    assert.match((await refused(t, ['--policy', 'a.yaml'], { cwd })).code, /^extends-(cycle|deep)$/);
  });

  test('16 files deep are taken, 17 refused', async (t) => {
    const chain = (length: number): Record<string, string> =>
      Object.fromEntries(
        Array.from({ length }, (_, i) => [
          `${i}.yaml`,
          i === length - 1 ? 'fs: {ro: [/last]}\n' : `extends: [./${i + 1}.yaml]\n`,
        ]),
      );
    const enough = fixture(t, chain(16));
    assert.deepEqual((await merged(['--policy', '0.yaml'], { cwd: enough }))['fs'], { ro: ['/last'] });
    const cwd = fixture(t, chain(17));
    assertSays(await refused(t, ['--policy', '0.yaml'], { cwd }), 'extends-deep', `${cwd}/15.yaml:1:11`, /16/);
  });

  test('one file extended twice is no circle', async (t) => {
    const cwd = fixture(t, {
      'top.yaml': 'extends: [./a.yaml, ./b.yaml]\n',
      'a.yaml': 'extends: [./base.yaml]\n',
      'b.yaml': 'extends: [./base.yaml]\n',
      'base.yaml': 'fs: {ro: [/base]}\nchdir: /base\n',
    });
    assert.deepEqual((await merged(['--policy', 'top.yaml'], { cwd }))['fs'], { ro: ['/base'] });
  });

  test('a file that is missing is refused where it was asked', async (t) => {
    const cwd = fixture(t, { 'a.yaml': 'fs: {}\nextends:\n- ./none.yaml\n' });
    assertSays(
      await refused(t, ['--policy', 'a.yaml'], { cwd }),
      'policy-unreadable',
      'a.yaml:3:3',
      /none\.yaml/,
      /ENOENT/,
    );
  });

  test('what is wrong in an extended file is told with its place there', async (t) => {
    const cwd = fixture(t, { 'a.yaml': 'extends: [./b.yaml]\n', 'b.yaml': 'fs:\n  rx: [/usr]\n' });
    assertSays(await refused(t, ['--policy', 'a.yaml'], { cwd }), 'policy-key-unknown', `${cwd}/b.yaml:2:3`);
  });
});
