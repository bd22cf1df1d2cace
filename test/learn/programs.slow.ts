import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { requireAbi } from '../support/kernel.ts';
import { entriesBelow, setUp, writeWithout } from './learned.ts';
import { missingOf, PROGRAMS } from './programs.ts';

for (const program of PROGRAMS) {
  test(`learns ${program.name}: proven, small, and each grant is missed by name`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const reason = missingOf({ ...program, needs: { ...program.needs, '/usr/bin/strace': 'strace' } });
    if (reason !== undefined) return t.skip(reason);
    const setting = setUp(t, program);
    if (setting === undefined) return;
    const { root, policy, command, landlockRun } = setting;

    const learned = await landlockRun('--learn', policy, '--', ...command);
    assert.equal(learned.code, 0, learned.stderr);
    const seen = Number(/(\d+) paths seen/.exec(learned.stderr)?.[1]);
    const entries = entriesBelow(setting.read(), root, join(root, 'home'));
    const count = Object.values(setting.read().fs).flat().length;
    t.diagnostic(`${program.name}: ${seen} paths seen, ${count} grants, ${entries.length} of them below its files`);
    assert.ok(entries.length > 0 && count <= 10 && seen > 3 * count, JSON.stringify(setting.read()));

    const again = await landlockRun('--learn', policy, '--', ...command);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /grants all of them already/);

    await t.test('a file beside the granted trees stays denied', async () => {
      const inside = (path: string): boolean => entries.some((one) => path.startsWith(`${one.path}/`));
      const siblings = entries.map(({ path }) => `${path}-beside`).filter((path) => !inside(path));
      const beside = [join(root, 'beside', 'secret.txt'), ...siblings];
      for (const file of beside) {
        writeFileSync(file, 'secret\n');
        const control = await landlockRun('--no-net', '--', 'cat', file);
        assert.equal(control.stdout, 'secret\n');
        const denied = await landlockRun('--policy', policy, '--', 'cat', file);
        assert.match(denied.stderr, /Permission denied/, file);
      }
    });

    for (const entry of entries) {
      await t.test(`--trace names ${entry.option.replace(root, '')} where it is taken away`, async () => {
        const traced = await landlockRun('--trace', '--policy', writeWithout(setting, entry), '--', ...command);
        assert.ok(traced.stderr.includes(`${entry.option} would allow`), `${entry.option}\n${traced.stderr}`);
      });
    }
  });
}
