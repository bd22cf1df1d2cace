/**
 * Bundles the command line tool as packs of modules: what every run needs, what a policy file needs, and the rest. A start pays for reading, compiling
 * and remembering what it may never use, so each pack is a file of its own with a code cache of its own; within a pack nothing is looked up on disk.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';

/** File → the entry modules whose imports it holds, unless an earlier pack has them. */
const PACKS = {
  'landlock-run.cjs': ['src/cli/main.ts', 'src/cli/run.ts'],
  'policy-files.cjs': ['src/host/load-sources.ts'],
  'reports.cjs': null, // all that is left
};

/** Names of the packs; the first is the tool itself. */
export const PACK_FILES = Object.keys(PACKS);

const OPTIONS = {
  define: { 'import.meta.dirname': '__dirname' },
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
};

/**
 * What packages ask of Node without a need, and what they get instead. commander loads node:child_process at once (2 ms), for subcommands in files of
 * their own, which we do not have; `process` is there without being loaded.
 */
const INSTEAD = {
  'node:child_process': 'module.exports = {};',
  'node:process': 'module.exports = process;',
  process: 'module.exports = process;',
};
const lessOfNode = {
  name: 'less-of-node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, importer }) =>
      path in INSTEAD && /\/node_modules\/(commander|yaml)\//.test(importer)
        ? { path, namespace: 'instead' }
        : undefined,
    );
    onLoad({ filter: /./, namespace: 'instead' }, ({ path }) => ({ contents: INSTEAD[path] }));
  },
};

/** Writes dist/landlock-run.cjs and its further packs, and dist/front.cjs. In: the top of the project. */
export async function bundle(root) {
  const outputs = await splitModules(root);
  const packOf = assignPacks(outputs);
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (const file of PACK_FILES) {
    const modules = [];
    for (const [name, { text }] of outputs) if (packOf.get(name) === file) modules.push(await renderModule(name, text));
    const table = `{\n${modules.join(',\n')}\n}`;
    const elsewhere = Object.fromEntries(
      [...packOf].filter(([, pack]) => pack !== PACK_FILES[0]).map(([name, pack]) => [`./${name}`, `./${pack}`]),
    );
    const content =
      file === PACK_FILES[0] ? renderTool(table, elsewhere) : `'use strict';\nmodule.exports = ${table};\n`;
    writeFileSync(join(root, 'dist', file), content);
  }
  // Old syntax: it is what tells an old Node that it is too old.
  await build({
    ...OPTIONS,
    absWorkingDir: root,
    entryPoints: ['src/host/launcher/front-entry.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node12',
    outfile: 'dist/front.cjs',
  });
}

/** Modules as esbuild splits them by who imports them: name → text, imports, and the source file that it begins with. */
async function splitModules(root) {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir: 'dist',
    legalComments: 'inline',
    write: false,
    metafile: true,
    plugins: [lessOfNode],
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  return new Map(
    Object.entries(metafile.outputs).map(([path, { entryPoint, imports }]) => {
      const own = imports
        .filter((one) => one.kind === 'import-statement' && !one.external)
        .map((one) => basename(one.path));
      return [basename(path), { text: texts.get(basename(path)), entryPoint, imports: own }];
    }),
  );
}

/** Module → the first pack that needs it. */
function assignPacks(outputs) {
  const packOf = new Map();
  for (const [file, entries] of Object.entries(PACKS)) {
    const names = [...outputs.keys()];
    const starts = entries?.map((entry) => names.find((name) => outputs.get(name).entryPoint === entry)) ?? names;
    if (starts.includes(undefined)) throw new Error(`bundle: not every entry of ${file} is a module: ${entries}`);
    const queue = [...starts];
    for (const name of queue) {
      if (packOf.has(name)) continue;
      packOf.set(name, file);
      queue.push(...outputs.get(name).imports);
    }
  }
  return packOf;
}

/** A property of a pack's table: the module as a function, its imports turned into calls of `require`. */
async function renderModule(name, text) {
  const { code } = await transform(text, {
    format: 'cjs',
    target: 'node20',
    platform: 'node',
    supported: { 'dynamic-import': false },
    minify: true,
  });
  return `${JSON.stringify(`./${name}`)}:function(exports,require,module){${code.trimEnd()}\n}`;
}

/** The first pack: its table, where the other modules are, and the few lines that make a module when it is first asked for. */
function renderTool(table, elsewhere) {
  return `'use strict';
const modules = ${table};
const elsewhere = ${JSON.stringify(elsewhere)};
const made = {};
function load(name) {
  if (name in made) return made[name].exports;
  if (name in elsewhere && !(name in modules)) Object.assign(modules, require(elsewhere[name]));
  if (!(name in modules)) return require(name);
  const module = (made[name] = { exports: {} });
  modules[name](module.exports, load, module);
  return module.exports;
}
module.exports = load('./main.js');
`;
}
