/**
 * Refuses to make an npm package that would lack something or carry something old: `prepack` of package.json.
 *
 *   node scripts/check-prebuilds.mjs
 *
 * Exits with 1 and a line for each thing that is wrong; `npm run build && npm run build:prebuilds` puts it right.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADDONS, FRONTS, hashSources, inspectAddon, LICENSES, SOURCES } from './prebuilds.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path) => readFileSync(join(root, path));
const has = (path) => existsSync(join(root, path));
const wrong = [];

for (const addon of ADDONS) {
  if (!has(addon.path)) wrong.push(`${addon.path} is missing`);
  else wrong.push(...inspectAddon(read(addon.path), addon).map((what) => `${addon.path}: ${what}`));
}
for (const { arch, path } of FRONTS) {
  const built = join('dist', 'launcher', arch, 'front');
  if (!has(path) || !has(built)) wrong.push(`${has(path) ? built : path} is missing`);
  else if (!read(path).equals(read(built))) wrong.push(`${path} is not what was built last`);
  for (const name of ['spawn', 'template']) {
    const file = join('dist', 'launcher', arch, name);
    if (!has(file)) wrong.push(`${file} is missing`);
  }
}
if (!has(SOURCES)) wrong.push(`${SOURCES} is missing`);
else if (read(SOURCES).toString().trim() !== hashSources(root)) wrong.push('the prebuilds are older than native/');
for (const file of [LICENSES, 'dist/front.cjs', 'dist/landlock-run.cjs', 'dist/index.cjs', 'dist/index.mjs']) {
  if (!has(file)) wrong.push(`${file} is missing`);
}
for (const line of wrong) console.error(`check-prebuilds: ${line}`);
if (wrong.length > 0) console.error('check-prebuilds: npm run build && npm run build:prebuilds');
process.exitCode = wrong.length > 0 ? 1 : 0;
