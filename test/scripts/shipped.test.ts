/** The scripts that users call come with every package that can hold them, and the documents say where they are. */
import assert from 'node:assert/strict';
import { accessSync, constants, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../support/paths.ts';

const read = (path: string) => readFileSync(projectFile(path), 'utf8');

for (const name of ['check-first', 'diagnose']) {
  test(`${name}.sh is executable, shipped, and named where it is`, () => {
    accessSync(projectFile(`scripts/${name}.sh`), constants.X_OK);
    const { files } = JSON.parse(read('package.json')) as { files: readonly string[] };
    assert.ok(files.includes(`scripts/${name}.sh`));
    const debian = /^for name in (.*); do\n {2}put 755 "scripts\/\$name\.sh" "(usr\/.*)\/\$name\.sh"$/m.exec(
      read('scripts/build-deb.sh'),
    );
    assert.ok(debian?.[1]?.split(' ').includes(name));
    for (const place of [`/${debian?.[2]}/`, '$(npm root -g)/landlock-run/scripts/', `${name}.sh`]) {
      assert.ok(read('docs/troubleshooting.md').includes(place), place);
    }
  });
}
