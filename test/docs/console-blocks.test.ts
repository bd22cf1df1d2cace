import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { projectFile } from '../support/paths.ts';
import { run } from '../support/run.ts';

/** A command of a block, and what it prints; `...` stands for any lines. */
interface Step {
  readonly command: string;
  readonly expected: readonly string[];
}

/** Directories of what the blocks call by its bare name. */
const OURS = [projectFile('bin'), projectFile('scripts')];

const documents = ['README.md', ...readdirSync(projectFile('docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

/** Every ```console block: lines that begin with `$ ` are typed, the others are what is printed. */
function blocksOf(document: string): Step[][] {
  const text = readFileSync(projectFile(document), 'utf8');
  return [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, body = '']) => {
    const steps: { command: string; expected: string[] }[] = [];
    for (const line of body.replace(/\n$/, '').split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), expected: [] });
      else steps.at(-1)?.expected.push(line);
    }
    return steps;
  });
}

function assertPrinted(printed: string, expected: readonly string[], directory: string): void {
  const pattern = expected
    .map((line) => (line === '...' ? '[\\s\\S]*' : literally(line.replaceAll('$PWD', directory))))
    .join('\\n');
  assert.match(printed.replace(/\n$/, ''), new RegExp(`^${pattern}$`));
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

for (const document of documents) {
  for (const [index, steps] of blocksOf(document).entries()) {
    test(`${document}, block ${index + 1} prints what it says: ${steps[0]?.command ?? ''}`, async (t) => {
      const directory = fixture(t, {
        'proj/package.json': '{"name":"proj"}\n',
        'proj/src/index.js': 'console.log(1)\n',
        'sibling/.env': 'PASSWORD=hunter2\n',
      });
      for (const { command, expected } of steps) {
        const result = await run('bash', ['-c', `exec 2>&1; ${command}`], {
          cwd: directory,
          env: { PATH: [...OURS, process.env['PATH'] ?? ''].join(delimiter), HOME: directory },
        });
        assertPrinted(result.stdout, expected, directory);
      }
    });
  }
}
