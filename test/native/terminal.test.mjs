/** A terminal on descriptors 0 to 2 is granted by its descriptor. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { buildPlan, FS, filesPlan, PATH } from './plan-builder.mjs';
import { root } from './run-plan.mjs';

const folder = mkdtempSync(join(tmpdir(), 'landlock-run-'));
after(() => rmSync(folder, { recursive: true }));
const core = join(root, 'native', 'core');
const program = join(folder, 'core-main');
const sources = readdirSync(core)
  .filter((name) => name.endsWith('.c'))
  .map((name) => join(core, name));
execFileSync(process.env.CC ?? 'cc', [
  '-std=c11',
  join(root, 'test', 'native', 'core-main.c'),
  ...sources,
  '-o',
  program,
]);

/** What is seen on a terminal of its own by a command that opens /dev/stderr. */
function seen(rows) {
  const plan = join(folder, 'plan');
  writeFileSync(plan, buildPlan(filesPlan(rows)));
  const command = `${program} run ${plan} sh -c 'echo written >/dev/stderr'`;
  return spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'latin1',
    env: { PATH: '/usr/bin:/bin', SHELL: '/bin/sh' },
  }).stdout;
}

const skip = spawnSync('script', ['--version']).status === 0 ? false : 'script(1) is missing';

test('the terminal can be opened again with its row, and not without', { skip }, () => {
  assert.match(seen([]), /Permission denied/);
  const access = FS.READ_FILE | FS.WRITE_FILE | FS.TRUNCATE | FS.IOCTL_DEV;
  assert.equal(seen([{ access, flags: PATH.STDIO_TERMINAL }]), 'written\r\n');
});
