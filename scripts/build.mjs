// Builds everything that runs from a checkout: types checked and modules emitted (build/), bundles and the static launchers (dist/), the addon
// (native/build/), and bin/landlock-run. With --without-addon the addon is left to prebuilds/ or to a build elsewhere: then no compiler is needed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashInputs, writeBuilt } from './built.mjs';
import { bundle } from './bundle.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function step(what, command, args) {
  console.log(`build: ${what}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  const instead = what === 'addon' ? '; --without-addon goes on without it (docs/launcher.md)' : '';
  console.error(`build: ${what} failed, see above${instead}`);
  process.exit(1);
}

const inputs = hashInputs(root);
mkdirSync(join(root, 'build'), { recursive: true });
step('types and modules', process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '--project', '.']);

console.log('build: bundles');
await bundle(root);
step('library', process.execPath, [join('scripts', 'bundle-library.mjs')]);

if (!process.argv.includes('--without-addon')) {
  step('addon', process.execPath, [join('scripts', 'build-addon.mjs')]);
}
step('launcher', process.execPath, [join('scripts', 'build-launcher.mjs')]);
// It is made by a run, which needs an addon, for a front, which only a compiler makes.
const makers = [join('native', 'build', 'Release', 'landlock_run.node'), 'prebuilds'].map((name) => join(root, name));
if (makers.some(existsSync)) step('code cache', process.execPath, [join('scripts', 'build-code-cache.mjs')]);
else console.log('build: no addon, so no code cache');
writeBuilt(root, inputs);
