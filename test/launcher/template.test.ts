/** A template that is missing, damaged or not to be told from others is `template-missing`, and nothing is written. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { projectFile } from '../support/paths.ts';
import { type RunResult, run } from '../support/run.ts';

/** A copy of what a checkout runs, so that it can be damaged. */
function copy(t: TestContext): string {
  const root = fixture(t);
  for (const path of ['package.json', 'bin', 'dist', 'native/build/Release/landlock_run.node'])
    cpSync(projectFile(path), join(root, path), { recursive: true, verbatimSymlinks: true });
  return root;
}

function compile(root: string): Promise<RunResult> {
  return run(join(root, 'bin/landlock-run'), ['--json', '--no-net', '--compile', join(root, 'out')]);
}

const hashes = 'dist/launcher/templates.json';
const template = `dist/launcher/${process.arch}/template`;

for (const [what, file, content, reason] of [
  ['no templates.json', hashes, undefined, /templates\.json: ENOENT$/],
  ['an empty templates.json', hashes, '', /templates\.json is damaged$/],
  ['a templates.json that is cut off', hashes, '{"x64":"12', /templates\.json is damaged$/],
  ['a templates.json that holds null', hashes, 'null', /templates\.json is damaged$/],
  ['a templates.json without this processor', hashes, '{}', /its content is not what was built$/],
  ['no template', template, undefined, /template: ENOENT$/],
  ['another template', template, 'other', /its content is not what was built$/],
] as const)
  test(`${what} is template-missing`, async (t) => {
    const root = copy(t);
    assert.equal((await compile(root)).code, 0);
    rmSync(join(root, 'out'));
    rmSync(join(root, file));
    if (content !== undefined) writeFileSync(join(root, file), content);
    const { code, stderr } = await compile(root);
    assert.equal(code, 125, stderr);
    const told = JSON.parse(stderr) as { code: string; message: string };
    assert.equal(told.code, 'template-missing');
    assert.match(told.message, reason);
    assert.ok(!existsSync(join(root, 'out')));
  });

test('where several roots lack it, the message names the nearest', async (t) => {
  const root = copy(t);
  // Without `exports` a package's own name leads elsewhere: that is a further root.
  writeFileSync(join(root, 'package.json'), '{"name": "landlock-run", "version": "0"}');
  const further = join(root, 'node_modules/landlock-run');
  cpSync(projectFile('package.json'), join(further, 'package.json'));
  rmSync(join(root, hashes));
  const { code, stderr } = await compile(root);
  assert.equal(code, 125);
  const { message } = JSON.parse(stderr) as { message: string };
  assert.ok(message.includes(`: ${join(root, hashes)}: ENOENT`), message);
});
