/** Every ```js block of README and docs runs as it stands, and prints what the comment behind its console.log says. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile, projectRoot } from '../support/paths.ts';
import { run } from '../support/run.ts';

const documents = ['README.md', ...readdirSync(projectFile('docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const blocks = documents.flatMap((document) =>
  [...readFileSync(projectFile(document), 'utf8').matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, text = '']) => ({
    document,
    text,
  })),
);

test('there are some', () => {
  assert.ok(blocks.length > 0);
});

for (const [index, { document, text }] of blocks.entries())
  test(`${document}, block ${index + 1} prints what it says`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const says = [...text.matchAll(/^console\.log\(.*; \/\/ (.*)$/gm)].map(([, line]) => line);
    assert.ok(says.length > 0, 'nothing is said');
    const directory = fixture(t, { 'proj/x': '', 'sibling/.env': 'PASSWORD=hunter2\n', 'node_modules/x': '' });
    symlinkSync(projectRoot, join(directory, 'node_modules/landlock-run'));
    writeFileSync(join(directory, 'block.mjs'), text);
    const result = await run(process.execPath, ['block.mjs'], { cwd: directory });
    assert.deepEqual([result.code, result.stdout.trimEnd().split('\n'), result.stderr], [0, says, '']);
  });
