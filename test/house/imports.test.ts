import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectFile } from '../support/paths.ts';

/** Packages by the only places that may import them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  commander: ['src/cli/parse.ts'],
  chalk: ['src/render/'],
  yaml: ['src/policy/read-yaml.ts', 'src/render/policy-yaml.ts', 'src/render/learned-yaml.ts'],
  'smol-toml': ['src/import/read-toml.ts'],
  valibot: ['src/policy/schema.ts', 'src/policy/validate.ts'],
  'fastest-levenshtein': ['src/base/nearest.ts'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

/** The table of CONTRIBUTING.md: folder → folders that it may import. */
function readRules(): Map<string, readonly string[]> {
  const text = readFileSync(projectFile('CONTRIBUTING.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `src\/(\w+)` \|[^|]*\| ([^|]*) \|$/gm)];
  return new Map(
    rows.map(([, folder = '', allowed = '']) => [folder, allowed === 'nothing' ? [] : allowed.split(', ')]),
  );
}

function readImports(): Import[] {
  const files = readdirSync(projectFile('src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  return files.flatMap((path) => {
    // A doc comment may show how the library is imported.
    const text = readFileSync(projectFile(join('src', path)), 'utf8').replace(/^(?:\/\*\*| \*).*$/gm, '');
    const found = [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'([^']+)'/gm)];
    return found.map(([, to = '']) => ({ from: `src/${path}`, to }));
  });
}

const rules = readRules();
const imports = readImports();
const folderOf = (path: string): string => path.split('/')[1] ?? '';

test('the table in CONTRIBUTING.md names every folder of src, in the order in which data flows', () => {
  const folders = readdirSync(projectFile('src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual([...rules.keys()].sort(), folders.map((entry) => entry.name).sort());
  const order = [...rules.keys()];
  for (const [folder, allowed] of rules) {
    for (const other of allowed) assert.ok(order.indexOf(other) < order.indexOf(folder), `${folder} before ${other}`);
  }
});

test('a folder imports only the folders that the table in CONTRIBUTING.md allows', () => {
  const wrong = imports
    .filter(({ to }) => to.startsWith('.'))
    .map(({ from, to }) => ({ from, to: join(from, '..', to) }))
    .filter(({ from, to }) => folderOf(from).endsWith('.ts') === false && folderOf(to) !== folderOf(from))
    .filter(({ from, to }) => !(rules.get(folderOf(from)) ?? []).includes(folderOf(to)));
  assert.deepEqual(wrong, []);
});

test('only host, library and cli have effects: nobody else imports node modules', () => {
  const wrong = imports.filter(({ from, to }) => to.startsWith('node:') && !/^src\/(host|library|cli)\//.test(from));
  assert.deepEqual(wrong, []);
});

test('a package is imported where CONTRIBUTING.md says, and nowhere else', () => {
  const packages = imports.filter(({ to }) => !to.startsWith('.') && !to.startsWith('node:'));
  const wrong = packages.filter(({ from, to }) => !(PACKAGES[to] ?? []).some((place) => from.startsWith(place)));
  assert.deepEqual(wrong, []);
});
