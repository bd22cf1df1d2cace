/** The packs that scripts/bundle.mjs makes of the tool: what one asks of another is there, and nothing is in two. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { PACK_FILES } from '../../scripts/bundle.mjs';

const require = createRequire(import.meta.url);
const place = (file) => new URL(`../../dist/${file}`, import.meta.url).pathname;
const textOf = (file) => readFileSync(place(file), 'utf8');
const packOf = (file) => require(place(file));

for (const file of PACK_FILES) {
  test(`every module that ${file} asks of another pack is given, with everything that it exports`, () => {
    const questions = [...textOf(file).matchAll(/require\("\.\/([\w-]+\.cjs)"\)\.modules\("([^"]+)"\)/g)];
    assert.ok(questions.length > 0);
    for (const [, holder = '', module = ''] of questions) {
      const given = packOf(holder).modules(module);
      assert.ok(given !== undefined, `${holder} does not give ${module}`);
      const missing = Object.keys(given).filter((name) => given[name] === undefined);
      assert.deepEqual(missing, [], `${holder}: ${module}`);
      assert.ok(Object.keys(given).length > 0, `${holder}: ${module}`);
    }
  });
}

/** Words that one module has: of the command line's package, of YAML's, and of a message that every run can end with. */
const OWN = {
  passThroughOptions: 'landlock-run.cjs',
  BAD_SCALAR_START: 'policy-files.cjs',
  'please report it with the command line': 'landlock-run.cjs',
};

test('a module is in one pack only', () => {
  for (const [word, file] of Object.entries(OWN)) {
    const holders = PACK_FILES.filter((one) => textOf(one).includes(word));
    assert.deepEqual(holders, [file], word);
  }
});

test('a module that no pack has is not given', () => {
  assert.equal(packOf('reports.cjs').modules('src/cli/none.ts'), undefined);
});
