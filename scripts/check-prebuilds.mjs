/**
 * Refuses to make a package that would lack something or carry something old: `prepack` of package.json, and the first thing that the builders of the
 * binary and of the Debian package ask.
 *
 *   node scripts/check-prebuilds.mjs
 *
 * Exits with 1 and a line for each thing that is wrong; `npm run build && npm run build:prebuilds` puts it right.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBeneath, inspectBuilt } from './built.mjs';
import { PACK_FILES } from './bundle.mjs';
import { readContents } from './package-contents.mjs';
import { ADDONS, FRONTS, hashSources, inspectAddon, SOURCES } from './prebuilds.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path) => readFileSync(join(root, path));
const has = (path) => existsSync(join(root, path));

/** What package.json, the bundles' own list and the list of the package's contents name, and is not there. */
function missing() {
  const { files } = JSON.parse(read('package.json'));
  const tops = new Set([...readContents(root).map(({ line }) => line), ...files].map((path) => path.split('/')[0]));
  const present = [...tops].flatMap((path) => filesBeneath(root, path));
  const names = PACK_FILES.map((name) => `dist/${name}`).filter((name) => !has(name));
  const entries = files.filter((entry) => !entry.includes('*') && filesBeneath(root, entry).length === 0);
  const lines = readContents(root).filter(({ means }) => !present.some(means));
  return [...new Set([...names, ...entries, ...lines.map(({ line }) => line)])].map((path) => `${path} is missing`);
}

function oldAddons() {
  const wrong = ADDONS.filter(({ path }) => has(path)).flatMap((addon) =>
    inspectAddon(read(addon.path), addon).map((what) => `${addon.path}: ${what}`),
  );
  const current = has(SOURCES) && read(SOURCES).toString().trim() === hashSources(root);
  return !has(SOURCES) || current ? wrong : [...wrong, 'the prebuilds are older than native/'];
}

/** A launcher that is not what its hash says is refused only by the run that would write it. */
function oldLaunchers() {
  const wrong = [];
  const hashes = has('dist/launcher/templates.json') ? JSON.parse(read('dist/launcher/templates.json')) : {};
  for (const { arch, path } of FRONTS) {
    const [front, template] = ['front', 'template'].map((name) => join('dist', 'launcher', arch, name));
    if (!has(front)) wrong.push(`${front} is missing`);
    else if (has(path) && !read(path).equals(read(front))) wrong.push(`${path} is not what was built last`);
    if (has(template) && hashes[arch] !== createHash('sha256').update(read(template)).digest('hex'))
      wrong.push(`dist/launcher/templates.json is not of ${template}`);
  }
  return wrong;
}

const wrong = new Set([...missing(), ...inspectBuilt(root), ...oldAddons(), ...oldLaunchers()]);
for (const line of wrong) console.error(`check-prebuilds: ${line}`);
if (wrong.size > 0) console.error('check-prebuilds: npm run build && npm run build:prebuilds');
process.exitCode = wrong.size > 0 ? 1 : 0;
