import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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

const CONSOLE = /^```console\n([\s\S]*?)^```$/gm;

/** Every ```console block: lines that begin with `$ ` are typed, the others are what is printed. */
function blocksOf(document: string): Step[][] {
  const text = readFileSync(projectFile(document), 'utf8');
  return [...text.matchAll(CONSOLE)].map(([, body = '']) => {
    const steps: { command: string; expected: string[] }[] = [];
    for (const line of body.replace(/\n$/, '').split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), expected: [] });
      else steps.at(-1)?.expected.push(line);
    }
    return steps;
  });
}

/** Programs that not every machine has, and that blocks begin with. */
function missingOf(steps: readonly Step[]): string | false {
  const missing = ['strace'].find(
    (name) =>
      steps.some(({ command }) => command.startsWith(`${name} `)) && spawnSync(name, ['--version']).error !== undefined,
  );
  return missing !== undefined && `needs ${missing}`;
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

for (const document of [...documents, 'SECURITY.md', 'CONTRIBUTING.md', 'examples/identity/README.md']) {
  test(`${document} shows a prompt in no block but those that are run`, () => {
    const rest = readFileSync(projectFile(document), 'utf8').replace(
      documents.includes(document) ? CONSOLE : /(?!)/,
      '',
    );
    assert.deepEqual(rest.match(/^\s*\$ .*$/gm), null);
  });
}

for (const document of documents) {
  for (const [index, steps] of blocksOf(document).entries()) {
    test(`${document}, block ${index + 1} prints what it says: ${steps[0]?.command ?? ''}`, {
      skip: missingOf(steps),
    }, async (t) => {
      const directory = fixture(t, {
        'proj/package.json': '{"name":"proj"}\n',
        'proj/src/index.js': 'console.log(1)\n',
        'sibling/.env': 'PASSWORD=hunter2\n',
        'secret.txt': 'hunter2\n',
        'tool/t': { content: '#!/bin/sh\n', mode: 0o755 },
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
