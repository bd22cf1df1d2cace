/** What `npm run build` made, and of what: dist/built.json, by which a package is known to be of one piece. It is in no package itself. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const BUILT = 'dist/built.json';

/** Everything that the bundles, the types and the static programs are made of, and what makes them. */
const INPUTS = [
  ...['src', 'native/addon', 'native/core', 'native/launcher', 'native/binding.gyp'],
  ...['scripts/bundle.mjs', 'scripts/bundle-library.mjs', 'scripts/build-launcher.mjs'],
  ...['package-lock.json', 'tsconfig.json', 'tsconfig.types.json'],
];

/** What of dist/ may come into a package. The code cache and the binaries are made of these by others. */
const OUTPUT = /^dist\/([^/]+\.[cm]js|types\/.*|launcher\/.*)$/;

const SAID_ONE_BY_ONE = 20;

/** Every file at or beneath a path of the project, sorted; none where there is nothing. */
export function filesBeneath(root, path) {
  if (!existsSync(join(root, path))) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** One hash over names and contents. In: the top of the project; which files, and folders with all that is in them. */
export function hashFiles(root, paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesBeneath(root, path))) {
    hash.update(`${file}\0${hashOf(readFileSync(join(root, file)))}\n`);
  }
  return hash.digest('hex');
}

/** To be asked before anything is built: a source that changes meanwhile may be in one output and not in the next. */
export const hashInputs = (root) => hashFiles(root, INPUTS);

function hashOutputs(root) {
  const files = filesBeneath(root, 'dist').filter((file) => OUTPUT.test(file));
  return Object.fromEntries(files.map((file) => [file, hashOf(readFileSync(join(root, file)))]));
}

/** Notes what was built. In: hashInputs() of before. */
export function writeBuilt(root, inputs) {
  writeFileSync(join(root, BUILT), `${JSON.stringify({ inputs, outputs: hashOutputs(root) }, null, 1)}\n`);
}

/** What of dist/ is not as the last whole build of these sources left it, as sentences; empty where all is. */
export function inspectBuilt(root) {
  if (!existsSync(join(root, BUILT))) return [`${BUILT} is missing`];
  const { inputs, outputs } = JSON.parse(readFileSync(join(root, BUILT), 'utf8'));
  const wrong = inputs === hashInputs(root) ? [] : ['dist/ was built of other sources than those that are here'];
  const found = hashOutputs(root);
  const lost = Object.keys(outputs).filter((file) => found[file] === undefined);
  // A folder that is gone is one thing that is wrong.
  if (lost.length > SAID_ONE_BY_ONE) wrong.push(`${lost[0]} is missing, and ${lost.length - 1} more of what was built`);
  else wrong.push(...lost.map((file) => `${file} is missing`));
  for (const [file, hash] of Object.entries(found)) {
    if (outputs[file] === undefined) wrong.push(`${file} was not built`);
    else if (outputs[file] !== hash) wrong.push(`${file} is not what was built`);
  }
  return wrong;
}
