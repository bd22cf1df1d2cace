// Builds everything that runs from a checkout: types checked and modules emitted (build/), one bundle (dist/), the addon (native/build/).
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function step(what, command, args) {
  console.log(`build: ${what}`);
  execFileSync(command, args, { cwd: root, stdio: 'inherit' });
}

mkdirSync(join(root, 'build'), { recursive: true });
step('types and modules', process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '--project', '.']);

console.log('build: bundle');
await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outfile: 'dist/landlock-run.cjs',
  define: { 'import.meta.dirname': '__dirname' },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'eof',
  logLevel: 'warning',
});

if (!process.argv.includes('--without-addon')) {
  step('addon', process.execPath, [join('scripts', 'build-addon.mjs')]);
}
