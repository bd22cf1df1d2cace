/**
 * Bundles the command line tool as packs of modules: what every run needs, what a policy file needs, and the rest. A start pays for reading, compiling
 * and remembering what it may never use, so each pack is a file of its own with a code cache of its own; within a pack nothing is looked up, on disk or
 * by name. A module is in one pack only: a later pack takes it from an earlier one.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { build } from 'esbuild';

/** File → the modules that it is made for. Whatever else is imported dynamically is made for the last. */
const PACKS = {
  'landlock-run.cjs': ['src/cli/main.ts'],
  'policy-files.cjs': ['src/host/load-sources.ts'],
  'reports.cjs': [],
};

const FRONT_ENTRY_END = '//end';

/** Names of the packs; the first is the tool itself. */
export const PACK_FILES = Object.keys(PACKS);

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

const OPTIONS = {
  bundle: true,
  // Not `node`: packages then come in the form of ES modules, of which only what is used is taken.
  platform: 'neutral',
  mainFields: ['module', 'main'],
  external: ['node:*'],
  format: 'cjs',
  define: { 'import.meta.dirname': '__dirname' },
  legalComments: 'inline',
  logLevel: 'warning',
};

/** What is wanted only where something was misspelt, and takes its time to be set up: made when it is first called. */
const LATER = { 'fastest-levenshtein': ['distance'] };
const later = {
  name: 'later',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, kind, resolveDir }) =>
      path in LATER && kind === 'import-statement'
        ? { path, namespace: 'later', pluginData: resolveDir, sideEffects: false }
        : undefined,
    );
    onLoad({ filter: /./, namespace: 'later' }, ({ path, pluginData }) => ({
      contents: LATER[path]
        .map((name) => `export const ${name} = (...words) => require('${path}').${name}(...words);`)
        .join('\n'),
      resolveDir: pluginData,
    }));
  },
};

/** Writes dist/landlock-run.cjs and its further packs, and dist/front.cjs. In: the top of the project. */
export async function bundle(root) {
  const packs = PACK_FILES.map((file) => ({ file, starts: new Set(PACKS[file]), inputs: new Set(), given: new Set() }));
  // What is in a pack follows from the earlier ones, and what it gives to the later ones from those: so all are made twice.
  for (const pack of packs) pack.inputs = await listModules(root, packs, pack);
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (const pack of packs) {
    const { outputFiles } = await buildPack(root, packs, pack, { write: false });
    writeFileSync(join(root, 'dist', pack.file), marked(outputFiles[0].text));
  }
  // Old syntax: it is what tells an old Node that it is too old.
  await build({
    ...OPTIONS,
    absWorkingDir: root,
    entryPoints: ['src/host/launcher/front-entry.ts'],
    target: 'node12',
    minifySyntax: true,
    minifyWhitespace: true,
    // By its last line the front knows that all of it is there (native/launcher/front.c).
    footer: { js: FRONT_ENTRY_END },
    outfile: 'dist/front.cjs',
  });
}

/** A text with its mark: by the last line a code cache is known to be made of it (src/host/launcher/load-pack.ts). */
function marked(text) {
  return `${text}//${createHash('sha256').update(text).digest('hex').slice(0, 32)}\n`;
}

async function listModules(root, packs, pack) {
  const { metafile } = await buildPack(root, packs, pack, { write: false, metafile: true });
  return new Set(Object.keys(metafile.inputs).filter((path) => !path.includes(':')));
}

async function buildPack(root, packs, pack, options) {
  const entry = await renderEntry(root, packs, pack);
  return build({
    ...OPTIONS,
    ...options,
    absWorkingDir: root,
    stdin: { contents: entry, resolveDir: root, sourcefile: pack.file },
    target: 'node20',
    minify: true,
    plugins: [lessOfNode, later, betweenPacks(root, packs, pack)],
  });
}

/**
 * What a pack exports: `modules`, which gives each module that others may ask for. The first pack is the tool, whose entry is everything that it is;
 * what it gives to the others is put together when one of them asks.
 */
async function renderEntry(root, packs, pack) {
  const lines = [];
  const cases = [];
  const add = (path, value) => cases.push(`case ${JSON.stringify(path)}: return ${value};`);
  if (pack === packs[0]) lines.push("export { main } from './src/cli/main.ts';");
  else {
    for (const path of pack.starts) {
      const module = JSON.stringify(`./${path}`);
      // What the pack is made for is always asked for: it need not be ready to be made later.
      const eager = PACKS[pack.file].includes(path);
      if (eager) lines.push(`import * as start${lines.length} from ${module};`);
      add(path, eager ? `start${lines.length - 1}` : `require(${module})`);
    }
  }
  for (const path of [...pack.given].sort()) {
    const own = (await listExports(root, path)).map((name, index) => [name, `given${lines.length}_${index}`]);
    lines.push(`import { ${own.map(([name, as]) => `${name} as ${as}`)} } from ${JSON.stringify(`./${path}`)};`);
    add(path, `{ ${own.map(([name, as]) => `${name}: ${as}`)} }`);
  }
  return `${lines.join('\n')}\nexport function modules(path) {\nswitch (path) {\n${cases.join('\n')}\n}\n}\n`;
}

/** The names that a module exports, types left out. */
async function listExports(root, path) {
  const list = { format: 'esm', outdir: 'dist', write: false, metafile: true, plugins: [lessOfNode] };
  const { metafile } = await build({ ...OPTIONS, ...list, absWorkingDir: root, entryPoints: [path] });
  return Object.values(metafile.outputs)[0].exports;
}

/** Turns an import of what another pack has into a question to that pack. */
function betweenPacks(root, packs, pack) {
  const earlier = packs.slice(0, packs.indexOf(pack));
  const last = packs.at(-1);
  return {
    name: 'between-packs',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData, namespace }) => {
        if (pluginData === 'found' || namespace !== 'file') return undefined;
        if (path.startsWith('node:') || importer.includes('/node_modules/')) return undefined;
        const found = await resolve(path, { kind, importer, resolveDir, namespace, pluginData: 'found' });
        const module = relative(root, found.path);
        const starting = packs.find(({ starts }) => starts.has(module));
        if (kind === 'dynamic-import' && pack !== last && starting === undefined) last.starts.add(module);
        const holder = starting ?? (kind === 'dynamic-import' && pack !== last ? last : undefined);
        if (holder !== undefined)
          return holder === pack ? undefined : { path: `${holder.file}#${module}`, namespace: 'start' };
        const giver = earlier.find(({ inputs }) => inputs.has(module));
        if (giver === undefined) return undefined;
        giver.given.add(module);
        return { path: `${giver.file}#${module}`, namespace: 'given', sideEffects: false };
      });
      const ask = (path) => {
        const [file, module] = path.split('#');
        return [`require("./${basename(file)}").modules(${JSON.stringify(module)})`, module];
      };
      onLoad({ filter: /./, namespace: 'start' }, ({ path }) => ({ contents: `module.exports = ${ask(path)[0]};` }));
      onLoad({ filter: /./, namespace: 'given' }, async ({ path }) => {
        const [question, module] = ask(path);
        const names = await listExports(root, module);
        const own = names.map((name) =>
          name === 'default' ? 'export default given.default;' : `export const ${name} = given.${name};`,
        );
        return { contents: `const given = ${question};\n${own.join('\n')}\n` };
      });
      onResolve({ filter: /./, namespace: 'start' }, ({ path }) => ({ path, external: true }));
      onResolve({ filter: /./, namespace: 'given' }, ({ path }) => ({ path, external: true }));
    },
  };
}
