import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { OPTIONS } from '../../src/cli/options.ts';
import { cliPath, projectFile } from '../support/paths.ts';
import { run } from '../support/run.ts';

/** What replaces a run by something else, and so has a form of its own. */
const MODES = ['--check', '--explain', '--why', '--compile', '--learn', '--trace', '--import', '--print-policy'];
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

test('landlock-run(1) begins with the forms that --help begins with, every mode among them', { skip }, async () => {
  const { stdout } = await run(cliPath, ['--help']);
  const forms = stdout.slice('Usage:'.length, stdout.indexOf('\n\n')).split('\n');
  const lines = rendered('man/landlock-run.1').split('\n');
  const synopsis = lines.slice(lines.indexOf('SYNOPSIS') + 1, lines.indexOf('DESCRIPTION'));
  const plain = (text: string): string =>
    text.replace('[options]', '[option ...]').replace('[ARG...]', '[ARG ...]').trim();
  assert.deepEqual(synopsis.map(plain).filter(Boolean), forms.map(plain));
  for (const mode of MODES)
    assert.ok(
      forms.some((form) => form.includes(` ${mode}`)),
      mode,
    );
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
