/** Every byte of a plan that carries a meaning is checked: a plan that is wrong anywhere opens nothing and runs nothing. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { full, patches } from './damaged-plans.mjs';
import { buildPlan, FS, KIND, PATH } from './plan-builder.mjs';
import { addon, runPlan, withFolder } from './run-plan.mjs';

const damaged = (plan, patch) => addon.check(buildPlan(plan, patch));

test('the plan that the cases below damage is sound', () => {
  const report = damaged(full);
  assert.deepEqual([report.exit, report.output], [0, '']);
});

for (const [title, patch] of Object.entries(patches)) {
  test(`${title} is a damaged plan`, () => {
    const report = damaged(full, patch);
    assert.equal(report.exit, 125);
    assert.match(
      report.output,
      /^landlock-run: the plan is damaged, nothing was opened and nothing ran \([^)]+\); make the plan again [^\n]*\n$/,
    );
    assert.deepEqual(report.proofs, []);
  });
}

for (const [title, plan] of Object.entries({
  'descriptors to keep that do not ascend': { ...full, keep: [5, 5] },
  'a standard descriptor to keep': { ...full, keep: [2] },
  'a descriptor to keep beyond all': { ...full, keep: [1048576] },
  'the origin of a descriptor to keep beyond the strings': { ...full, keep: [{ descriptor: 5, origin: 0x7fffffff }] },
  'a status descriptor to keep': { ...full, keep: [7], status: 7 },
  'an entry without a name': { ...full, envSet: ['=1'] },
  'a parent that is the terminal': {
    ...full,
    paths: [
      { flags: PATH.STDIO_TERMINAL, access: FS.READ_FILE },
      { path: '/usr/bin', parent: 0, relative: 5 },
    ],
  },
  'a relative part that begins with a slash': {
    ...full,
    paths: [{ path: '/usr' }, { path: '/usr//bin', parent: 0, relative: 5 }],
  },
  'more than 65,536 rules': { ...full, ports: [{ access: 2n, low: 0, high: 65535 }] },
  'an alternative to an ABI': { ...full, requirements: [{ kind: KIND.ABI, bits: 1n, alternative: 1n }] },
})) {
  test(`${title}: a damaged plan`, () => {
    assert.match(damaged(plan).output, /^landlock-run: the plan is damaged/);
  });
}

test('a plan cut off anywhere is damaged', () => {
  const bytes = buildPlan(full);
  for (let size = 0; size < bytes.length; size += 7) {
    const report = addon.check(bytes.slice(0, size));
    assert.equal(report.exit, 125, `${size} bytes`);
    assert.match(report.output, /the plan is damaged/);
  }
});

test('a damaged plan makes no directory and runs nothing, and no status descriptor is trusted', () =>
  withFolder((folder) => {
    const made = join(folder, 'made');
    const plan = {
      ...full,
      status: 4,
      paths: [{ path: made, access: FS.READ_FILE, flags: PATH.MAKE_DIRECTORY }, { path: '/usr' }],
    };
    const last = (view, layout) => view.setUint32(layout.tables[0] + 32 + 28, 1, true);
    const sound = runPlan(plan, ['true'], { patch: undefined });
    assert.equal(existsSync(made), true, sound.stderr);
    const other = { ...plan, paths: [{ ...plan.paths[0], path: `${made}2` }, plan.paths[1]] };
    const result = runPlan(other, ['sh', '-c', 'echo ran'], { patch: last });
    assert.deepEqual([result.status, result.stdout, result.extra], [125, '', '']);
    assert.equal(existsSync(`${made}2`), false);
  }));

test('single bits flipped anywhere in a plan never crash the decoder', () => {
  const bytes = buildPlan(full);
  for (let at = 0; at < bytes.length; at += 3) {
    const changed = bytes.slice();
    changed[at] ^= 1 << (at % 8);
    const report = addon.check(changed);
    assert.equal(report.signal, 0, `byte ${at}`);
  }
});
