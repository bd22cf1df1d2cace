/** Where the project's own files are, from wherever this module was compiled to. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`no package.json above ${fileURLToPath(import.meta.url)}`);
    directory = parent;
  }
  return directory;
}

/** The top directory of the project. */
export const projectRoot: string = findRoot();

/** The command line tool, as it runs from the checkout. */
export const cliPath: string = join(projectRoot, 'bin', 'landlock-run');

/** The absolute path of a project file. In: its path from the top, like `test/support/prober.c`. */
export function projectFile(path: string): string {
  return join(projectRoot, path);
}
