/**
 * Writes V8's compiled form of the bundle, dist/cache/V8-ARCH, and dist/node, a link to the Node that runs this: the two that the front starts with.
 *
 *   node scripts/build-code-cache.mjs
 *
 * The cache is made in a process with the front's own flags, after the bundle has worked once, so that it holds the functions that a run needs. V8
 * checks version, flags and source before it takes one, and compiles as usual where they differ.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const cache = join(dist, 'cache', `${process.versions.v8}-${process.arch}`);

/** The front's flags for Node: the one list is in its C source. */
function frontFlags() {
  const text = readFileSync(join(root, 'native', 'launcher', 'front.c'), 'utf8');
  const list = /const char \*const flags\[\] = \{([^}]*)\}/.exec(text)?.[1];
  if (list === undefined) throw new Error('native/launcher/front.c has no list of flags');
  return [...list.matchAll(/"([^"]+)"/g)].map(([, flag]) => flag);
}

/* COMMAND must not replace the process: the addon's run() ends in an exception, and the command line is what each warm-up says. */
const warmUp = `
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const [dist, cache, folder] = process.argv.slice(1);
const filename = dist + '/landlock-run.cjs';
const script = new Script('(function (exports, require, module, __filename, __dirname) {' + readFileSync(filename, 'latin1') + '\\n})', { filename });
const module_ = { exports: {} };
script.runInThisContext().call(module_.exports, module_.exports, require, module_, filename, dist);
let words;
const dlopen = process.dlopen;
process.dlopen = (module, path) => {
  dlopen.call(process, module, path);
  const { rawArguments, run } = module.exports;
  if (typeof rawArguments !== 'function' || typeof run !== 'function') throw new Error('not the addon: ' + path);
  let ran = 0;
  module.exports = { ...module.exports, adopt: () => {}, rawArguments: () => words, run: () => { ran++; throw new Error('warm'); }, ran: () => ran };
  process.addon = module.exports;
};
(async () => {
  writeFileSync(folder + '/policy.yaml', 'version: 1\\nfs:\\n  ro: [/opt]\\n  rw: [./proj]\\nnet:\\n  connect: [443, "8000-8100"]\\nenv: {mode: scrub}\\n');
  for (const line of [['--rw', '/tmp', '--ro', '/opt', '--net-connect', '443', '--env', 'A=1', '--', 'true'], ['--policy', folder + '/policy.yaml', '--', 'true']]) {
    words = line;
    process.argv = ['node', 'front.cjs', '00', ...line];
    if ((await module_.exports.main('00')) !== 125) throw new Error('the warm-up did not end as expected');
  }
  if (process.addon.ran() !== 2) throw new Error('the warm-up did not reach the addon twice: ' + process.addon.ran());
  writeFileSync(cache, script.createCachedData());
})().catch((error) => { require('node:fs').writeSync(1, error.stack + '\\n'); process.exit(1); });
`;

const folder = mkdtempSync(join(tmpdir(), 'landlock-run-cache-'));
try {
  rmSync(join(dist, 'cache'), { recursive: true, force: true });
  mkdirSync(join(dist, 'cache'));
  // Its stderr holds the diagnostics of runs that were stopped on purpose; a failure speaks on stdout.
  execFileSync(process.execPath, [...frontFlags(), '-e', warmUp, dist, `${cache}.${process.pid}`, folder], {
    stdio: ['ignore', 'inherit', 'ignore'],
    env: {},
  });
  renameSync(`${cache}.${process.pid}`, cache);
} finally {
  rmSync(folder, { recursive: true });
}

const link = join(dist, 'node');
symlinkSync(process.execPath, `${link}.${process.pid}`);
renameSync(`${link}.${process.pid}`, link);
console.log(`build-code-cache: ${readFileSync(cache).length} bytes for V8 ${process.versions.v8}`);
