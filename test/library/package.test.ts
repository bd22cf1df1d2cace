/** What package.json exports works for every kind of importer: ES modules, require(), workers, bundlers, types. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { build } from 'esbuild';
import { fixture } from '../support/fixture.ts';
import { projectFile, projectRoot } from '../support/paths.ts';

const SCRIPT = `run({ net: 'none' }, 'echo', ['it', 'runs']).then((r) => process.stdout.write(r.stdout))`;
const ESM = `import { run } from 'landlock-run';\n${SCRIPT};\n`;
const CJS = `const { run } = require('landlock-run');\n${SCRIPT};\n`;

/** A project in which the package is installed. */
function project(t: TestContext): string {
  const directory = fixture(t);
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(projectRoot, join(directory, 'node_modules', 'landlock-run'));
  return directory;
}

function node(file: string, ...flags: string[]): string {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const result = spawnSync(process.execPath, [...flags, file], { encoding: 'utf8', env });
  assert.equal(result.stderr, '');
  return result.stdout;
}

for (const [name, text] of Object.entries({ 'index.mjs': ESM, 'index.cjs': CJS }))
  test(`${name} imports it`, (t) => {
    const file = join(project(t), name);
    writeFileSync(file, text);
    assert.equal(node(file), 'it runs\n');
  });

test('in a worker', (t) => {
  const directory = project(t);
  writeFileSync(join(directory, 'worker.mjs'), ESM);
  const file = join(directory, 'main.mjs');
  writeFileSync(
    file,
    "import { Worker } from 'node:worker_threads';\nnew Worker(new URL('./worker.mjs', import.meta.url));\n",
  );
  assert.equal(node(file), 'it runs\n');
});

for (const format of ['esm', 'cjs'] as const)
  for (const [name, text] of Object.entries({ 'index.mjs': ESM, 'index.cjs': CJS })) {
    if (format === 'esm' && name === 'index.cjs') continue; // require() is what ES modules do not have
    test(`bundled by esbuild: ${name} to ${format}`, async (t) => {
      const directory = project(t);
      writeFileSync(join(directory, name), text);
      const outfile = join(directory, 'out', format === 'esm' ? 'bundle.mjs' : 'bundle.cjs');
      await build({
        entryPoints: [join(directory, name)],
        bundle: true,
        platform: 'node',
        format,
        outfile,
        logLevel: 'silent',
      });
      assert.equal(node(outfile), 'it runs\n');
      // Where the package is not installed, the error says what was tried, and the setting of the bundler.
      const alone = join(fixture(t), format === 'esm' ? 'bundle.mjs' : 'bundle.cjs');
      cpSync(outfile, alone);
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      const lost = spawnSync(process.execPath, [alone], { encoding: 'utf8', env });
      assert.match(lost.stderr, /addon-missing|launcher-missing/);
      assert.match(lost.stderr, /node_modules\/landlock-run above /);
    });
  }

test("unpacked beside an archive of Electron's", (t) => {
  const directory = fixture(t);
  const inside = join(directory, 'app.asar', 'node_modules', 'landlock-run');
  const unpacked = join(directory, 'app.asar.unpacked', 'node_modules', 'landlock-run');
  for (const name of ['package.json', 'dist/index.cjs', 'dist/index.mjs'])
    cpSync(projectFile(name), join(inside, name));
  cpSync(projectFile('dist/launcher'), join(unpacked, 'dist', 'launcher'), { recursive: true });
  const addon = join('native', 'build', 'Release', 'landlock_run.node');
  cpSync(projectFile(addon), join(unpacked, addon));
  const file = join(directory, 'app.asar', 'main.cjs');
  writeFileSync(file, CJS.replace("'landlock-run'", `${JSON.stringify(join(inside, 'dist', 'index.cjs'))}`));
  assert.equal(node(file), 'it runs\n');
});

test('importing has no effect, and where it is not Linux check() says so', (t) => {
  const file = join(project(t), 'elsewhere.cjs');
  const text = `Object.defineProperty(process, 'platform', { value: 'darwin' });
    const before = process.getActiveResourcesInfo().length;
    const { check, parsePolicy } = require('landlock-run');
    if (process.getActiveResourcesInfo().length !== before) throw new Error('an effect');
    check().then((report) => {
      console.log(report.accepted, report.diagnostics.map((one) => one.code).join());
      try { parsePolicy({ net: 'none' }); } catch (error) { console.log(error.name, error.code); }
    });`;
  writeFileSync(file, text);
  assert.equal(node(file), 'false not-linux\nLandlockRunError not-linux\n');
});

test('exports and types are what publint and attw expect', (t) => {
  const directory = join(fixture(t), 'package');
  mkdirSync(directory);
  for (const name of ['package.json', 'dist', 'bin', 'README.md', 'LICENSE'])
    cpSync(projectFile(name), join(directory, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('/dist/node'),
    });
  const tool = (name: string, ...words: string[]): string =>
    execFileSync(projectFile(`node_modules/.bin/${name}`), words, { cwd: directory, encoding: 'utf8' });
  assert.match(tool('publint', '--strict', '--pack', 'false'), /All good!/);
  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts'], {
    cwd: directory,
    encoding: 'utf8',
  }).trim();
  assert.match(tool('attw', packed, '--profile', 'node16', '--format', 'ascii'), /No problems found/);
  assert.equal(readFileSync(join(directory, 'package.json'), 'utf8').includes('"install"'), false);
});
