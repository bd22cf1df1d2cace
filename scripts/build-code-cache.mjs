/**
 * Writes V8's compiled form of what a run loads, dist/cache/V8-ARCH/, and dist/node, a link to the Node that runs this: the two that the front starts with.
 *
 *   node scripts/build-code-cache.mjs
 *
 * The cache is made in a process with the front's own flags, after the bundle has worked once, so that it holds the functions that a run needs. V8
 * checks version, flags and source before it takes one, and compiles as usual where they differ.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
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
const { mkdirSync, readFileSync, writeFileSync, writeSync } = require('node:fs');
const { Script } = require('node:vm');
const [dist, cache, folder] = process.argv.slice(1);
const scripts = {};
const load = (name) => {
  const filename = dist + '/' + name;
  const source = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(filename, 'latin1') + '\\n})';
  scripts[name] = new Script(source, { filename });
  const made = { exports: {} };
  const inner = (wanted) => (wanted.startsWith('./') ? load(wanted.slice(2)) : require(wanted));
  scripts[name].runInThisContext().call(made.exports, made.exports, inner, made, filename, dist);
  return made.exports;
};
let words;
let ran = 0;
const dlopen = process.dlopen;
process.dlopen = (module, path) => {
  dlopen.call(process, module, path);
  const run = () => {
    ran++;
    throw new Error('warm');
  };
  module.exports = { ...module.exports, adopt: () => {}, rawArguments: () => words, run };
};
(async () => {
  const policy = folder + '/policy.yaml';
  writeFileSync(policy, 'version: 1\\nfs:\\n  ro: [/opt]\\n  rw: [./proj]\\nnet:\\n  connect: [443, "8000-8100"]\\nenv: {mode: scrub}\\n');
  const lines = [
    ['--rw', '/tmp', '--ro', '/opt', '--net-connect', '443', '--env', 'A=1', '--', 'true'],
    ['--policy', policy, '--', 'true'],
  ];
  const { main } = load('landlock-run.cjs');
  for (const line of lines) {
    words = line;
    process.argv = ['node', 'front.cjs', '00', ...line];
    if ((await main('00')) !== 125) throw new Error('the warm-up did not end as expected');
  }
  if (ran !== lines.length) throw new Error('the warm-up did not reach the addon: ' + ran);
  mkdirSync(cache);
  for (const name in scripts) writeFileSync(cache + '/' + name, scripts[name].createCachedData());
})().catch((error) => {
  writeSync(1, error.stack + '\\n');
  process.exit(1);
});
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
for (const name of readdirSync(cache))
  console.log(`build-code-cache: ${name}: ${readFileSync(join(cache, name)).length} bytes`);
