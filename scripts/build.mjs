// Builds everything that runs from a checkout: types checked and modules emitted (build/), bundles and the static launchers (dist/), the addon
// (native/build/), and bin/landlock-run.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function step(what, command, args) {
  console.log(`build: ${what}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`build: ${what} failed, see above`);
  process.exit(1);
}

mkdirSync(join(root, 'build'), { recursive: true });
step('types and modules', process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '--project', '.']);

/** commander loads node:child_process at once (2 ms), for subcommands in files of their own, which we do not have: whoever asked for it would get nothing. */
const commanderWithoutChildren = {
  name: 'commander-without-children',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/node_modules/commander/') ? { path: 'none', namespace: 'none' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
  },
};

console.log('build: bundles');
const bundle = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  define: { 'import.meta.dirname': '__dirname' },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'eof',
  plugins: [commanderWithoutChildren],
  logLevel: 'warning',
};
await build({ ...bundle, entryPoints: ['src/cli/main.ts'], target: 'node20', outfile: 'dist/landlock-run.cjs' });
// Old syntax: it is what tells an old Node that it is too old.
await build({
  ...bundle,
  entryPoints: ['src/host/launcher/front-entry.ts'],
  target: 'node12',
  outfile: 'dist/front.cjs',
});

if (!process.argv.includes('--without-addon')) {
  step('addon', process.execPath, [join('scripts', 'build-addon.mjs')]);
}
step('launcher', process.execPath, [join('scripts', 'build-launcher.mjs')]);
step('code cache', process.execPath, [join('scripts', 'build-code-cache.mjs')]);
