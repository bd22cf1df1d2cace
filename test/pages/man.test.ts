import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { OPTIONS } from '../../src/cli/options.ts';
import { projectFile } from '../support/paths.ts';

const PAGES = ['man/landlock-run.1', 'man/landlock-run-policy.5'];

/** The page as plain text, wide enough that nothing is broken over lines. */
function rendered(page: string): string {
  const { stdout } = spawnSync('man', ['-l', projectFile(page)], {
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '1000', MANPAGER: 'cat', LC_ALL: 'C.UTF-8' },
  });
  return stdout.replaceAll(/.\u0008/g, '');
}

const hasMan = spawnSync('man', ['--version']).status === 0;
const skip = hasMan ? false : 'man is missing: apt-get install man-db groff-base';

for (const page of PAGES) {
  test(`${page} has no warnings`, { skip }, () => {
    const { status, stderr } = spawnSync(
      'man',
      ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', projectFile(page)],
      {
        encoding: 'utf8',
        env: { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
      },
    );
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });
}

test('every option is in landlock-run(1), with its value and its text', { skip }, () => {
  const text = rendered('man/landlock-run.1');
  for (const row of OPTIONS.filter((one) => one.hidden !== true)) {
    const heading = row.value === undefined ? row.name : `${row.name} ${row.value}`;
    assert.ok(
      text.split('\n').some((line) => `${line.trim()} `.replace(`${row.short}, `, '').startsWith(`${heading} `)),
      heading,
    );
    assert.ok(text.replace(/\s+/g, ' ').includes(row.text.slice(1)), row.text);
  }
});

test('every key of the schema is in landlock-run-policy(5)', { skip }, () => {
  const text = rendered('man/landlock-run-policy.5');
  const schema = JSON.parse(readFileSync(projectFile('schema/policy.schema.json'), 'utf8')) as {
    properties: Record<string, unknown>;
  };
  for (const key of [...Object.keys(schema.properties), 'fs.ro', 'net.connect', 'env.mode', 'limits.nofile']) {
    assert.ok(
      text.split('\n').some((line) => `${line.trim()} `.startsWith(`${key} `)),
      key,
    );
  }
});
