/**
 * Builds what `import ... from 'landlock-run'` loads: dist/index.mjs and dist/index.cjs, each whole in itself (nothing to resolve, and no require() in the
 * first, so that a bundler can make either of it), and the types for both below dist/types.
 *
 *   node scripts/bundle-library.mjs
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const types = join(root, 'dist', 'types');

const library = {
  absWorkingDir: root,
  entryPoints: ['src/index.ts'],
  bundle: true,
  // Not `node`: packages then come in the form of ES modules, which call no require().
  platform: 'neutral',
  mainFields: ['module', 'main'],
  external: ['node:*'],
  target: 'node20',
  legalComments: 'eof',
  logLevel: 'warning',
};
await build({ ...library, format: 'esm', outfile: 'dist/index.mjs' });
await build({ ...library, format: 'cjs', outfile: 'dist/index.cjs', define: { 'import.meta.dirname': '__dirname' } });

/** Declarations name each other by the source's own ending; what is there is a .d.ts, which an importer asks for as .js. */
function nameOutputs(directory) {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue;
    const path = join(directory, name);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, '$1$2.js$1'));
  }
}

/**
 * Puts a package's own declarations, without their comments, beside the one declaration of ours that is made of them: the library depends on no package.
 */
function bringTypes(name, user) {
  const given = readFileSync(join(root, 'node_modules', name, 'dist', 'index.d.mts'), 'utf8');
  const file = join(types, 'esm', user);
  const text = readFileSync(file, 'utf8').replaceAll(`from '${name}'`, `from './${name}.js'`);
  writeFileSync(join(dirname(file), `${name}.d.ts`), given.replace(/\/\*[\s\S]*?\*\/\s*|^\/\/.*\n/gm, ''));
  writeFileSync(file, text);
}

rmSync(types, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [
    join('node_modules', 'typescript', 'bin', 'tsc'),
    '--project',
    'tsconfig.types.json',
    '--outDir',
    join(types, 'esm'),
  ],
  { cwd: root, stdio: 'inherit' },
);
nameOutputs(join(types, 'esm'));
bringTypes('valibot', join('policy', 'schema.d.ts'));
cpSync(join(types, 'esm'), join(types, 'cjs'), { recursive: true });
writeFileSync(join(types, 'esm', 'package.json'), '{ "type": "module" }\n');
writeFileSync(join(types, 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
