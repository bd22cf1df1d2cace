/** What a COMMAND leaves in a project is never executed in the place of our own programs, wherever the library is imported from. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { build } from 'esbuild';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';

const ADDON = 'native/build/Release/landlock_run.node';
const HELPER = `dist/launcher/${process.arch}/spawn`;

/** A project with the package installed as npm does it: there the front is called by its processor. */
function makeProject(t: TestContext): string {
  const project = fixture(t, { 'package.json': '{"name": "victim"}' });
  const installed = join(project, 'node_modules/landlock-run');
  for (const path of ['package.json', 'dist', ADDON]) {
    mkdirSync(dirname(join(installed, path)), { recursive: true });
    cpSync(projectFile(path), join(installed, path), { recursive: true, verbatimSymlinks: true });
  }
  cpSync(projectFile('bin/landlock-run'), join(installed, `bin/landlock-run-${process.arch}`));
  rmSync(join(installed, 'dist/node'), { force: true });
  return project;
}

/** Puts programs that tell on themselves where ours would be if the project were our package. */
function plant(project: string): void {
  for (const path of ['bin/landlock-run', `bin/landlock-run-${process.arch}`, HELPER, ADDON]) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), `#!/bin/sh\n: >${project}/escaped\n`);
    chmodSync(join(project, path), 0o755);
  }
}

function node(project: string, file: string): string {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const result = spawnSync(process.execPath, [file], { cwd: project, encoding: 'utf8', env });
  assert.deepEqual([result.status, result.stderr], [0, '']);
  return result.stdout;
}

const SCRIPT = `run({ net: 'none' }, 'echo', ['ours'])
  .then((result) => console.log(result.stdout.trim(), wrap({ net: 'none' }, ['true'])[0]));`;

test('the installed package starts its own front and helper', (t) => {
  if (!requireAbi(t, 4)) return;
  const project = makeProject(t);
  plant(project);
  writeFileSync(join(project, 'main.mjs'), `import { run, wrap } from 'landlock-run';\n${SCRIPT}`);
  const front = join(project, `node_modules/landlock-run/bin/landlock-run-${process.arch}`);
  assert.equal(node(project, 'main.mjs'), `ours ${front}\n`);
  assert.equal(existsSync(join(project, 'escaped')), false);
});

for (const directory of ['tools', 'dist', 'build/src/host'])
  test(`a bundle in ${directory} starts those of the installed package`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const project = makeProject(t);
    plant(project);
    const entry = join(project, 'main.mjs');
    writeFileSync(entry, `import { run, wrap } from 'landlock-run';\n${SCRIPT}`);
    const outfile = join(project, directory, 'bundle.mjs');
    await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'silent' });
    const front = join(project, `node_modules/landlock-run/bin/landlock-run-${process.arch}`);
    assert.equal(node(project, outfile), `ours ${front}\n`);
    assert.equal(existsSync(join(project, 'escaped')), false);
  });

test('where the package lacks its addon, none is looked for beside node_modules', (t) => {
  const project = makeProject(t);
  plant(project);
  rmSync(join(project, 'node_modules/landlock-run', ADDON));
  writeFileSync(
    join(project, 'main.mjs'),
    "import { run } from 'landlock-run';\nrun({ net: 'none' }, 'true').catch((error) => console.log(error.code, error.message));",
  );
  const said = node(project, 'main.mjs');
  assert.match(said, /^addon-missing /);
  assert.ok(said.includes(join(project, 'node_modules/landlock-run', ADDON)));
  assert.ok(!said.includes(join(project, ADDON)), said);
});
