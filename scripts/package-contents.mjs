/** What the npm package is to hold: test/packages/contents.txt, which test:packages compares with what npm packs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each line, and what tells a file that it means. In: the top of the project. */
export function readContents(root) {
  const lines = readFileSync(join(root, 'test/packages/contents.txt'), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ line, means: (file) => globOf(line).test(file) }));
}

function globOf(line) {
  const pattern = line.replaceAll('.', '\\.').replaceAll('**/', '\0').replaceAll('*', '[^/]*');
  return new RegExp(`^${pattern.replaceAll('\0', '(?:[^/]+/)*')}$`);
}
