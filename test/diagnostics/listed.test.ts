/** docs/diagnostics.md lists every code once, and none that is not. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { allMessages } from '../../src/diagnostics/messages.ts';
import { nativeMessages } from '../../src/diagnostics/native-messages.ts';
import { projectFile } from '../support/paths.ts';

const messages = allMessages();

const text = readFileSync(projectFile('docs/diagnostics.md'), 'utf8');
const rows = text.split('\n').filter((line) => /^\| `[a-z-]+` \|/.test(line) && !line.startsWith('| `{'));
const codeOf = (row: string): string => /`([a-z-]+)`/.exec(row)?.[1] ?? '';

test('every code of every table has its row, and no other has', () => {
  const codes = [...Object.keys(messages), ...nativeMessages.map(({ code }) => code)];
  assert.equal(new Set(codes).size, codes.length, 'a code stands in two tables');
  assert.deepEqual(rows.map(codeOf).sort(), codes.sort());
});

test('a row tells a cause and what to do', () => {
  for (const row of rows) {
    const cells = row
      .replaceAll('\\|', '')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    assert.ok(cells.length >= 3 && cells.every((cell) => cell.length > 2), row);
  }
});

test('a row of the native core tells its level and exit status', () => {
  for (const { code, level, exit } of nativeMessages) {
    const row = rows.find((line) => codeOf(line) === code) ?? '';
    assert.ok(row.startsWith(`| \`${code}\` | ${exit === 0 ? level : `${level}, ${exit}`} |`), row);
  }
});

test('every table of messages is in the one that is told from', () => {
  const files = readdirSync(projectFile('src/diagnostics')).filter((name) => /^messages-.*\.ts$/.test(name));
  const source = readFileSync(projectFile('src/diagnostics/messages.ts'), 'utf8');
  for (const file of files) assert.ok(source.includes(`./${file}'`), `${file} is left out of messages.ts`);
});
