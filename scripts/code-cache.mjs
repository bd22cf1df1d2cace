/** V8's compiled form of what a run loads: made by the build of a checkout and of the binary, and where a package is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The front's flags for Node: the one list is in its C source. */
export function frontFlags(root) {
  const text = readFileSync(join(root, 'native', 'launcher', 'front.c'), 'utf8');
  const list = /const char \*const flags\[\] = \{([^}]*)\}/.exec(text)?.[1];
  if (list === undefined) throw new Error('native/launcher/front.c has no list of flags');
  return [...list.matchAll(/"([^"]+)"/g)].map(([, flag]) => flag);
}

/** Where the front looks for the one that belongs to the Node that runs this (src/host/launcher/front-entry.ts). In: the top of the project. */
export function codeCacheFolder(root) {
  return join(root, 'dist', 'cache', `${process.versions.v8}-${process.arch}`);
}

/*
 * COMMAND must not replace the process: the addon's run() ends in an exception, and the command line is what each warm-up says. Every path in those is one
 * that is made here: no machine need have any. What is made may be read by all, whatever the umask, and is on the disk before it gets its name: V8
 * does not notice one that is damaged.
 */
const warmUp = `
const { existsSync, mkdirSync, readFileSync, writeFileSync, writeSync } = require('node:fs');
const { dirname } = require('node:path');
const { Script } = require('node:vm');
const [dist, cache, folder] = process.argv.slice(1);
const scripts = {};
const marks = {};
const loaded = {};
const load = (name) => {
  if (name in loaded) return loaded[name].exports;
  const filename = dist + '/' + name;
  const text = readFileSync(filename, 'latin1');
  marks[name] = Buffer.from(text.slice(-33, -1), 'latin1');
  const source = '(function (exports, require, module, __filename, __dirname) {' + text + '\\n})';
  scripts[name] = new Script(source, { filename });
  const made = (loaded[name] = { exports: {} });
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
  process.umask(0o022);
  const [ro, rw, policy] = ['/ro', '/rw', '/policy.yaml'].map((name) => folder + name);
  mkdirSync(ro);
  mkdirSync(rw);
  writeFileSync(policy, 'version: 1\\nfs:\\n  ro: [./ro]\\n  rw: [./rw]\\nnet:\\n  connect: [443, "8000-8100"]\\nenv: {mode: scrub}\\n');
  const lines = [
    ['--rw', rw, '--ro', ro, '--net-connect', '443', '--env', 'A=1', '--', 'true'],
    ['--policy', policy, '--', 'true'],
  ];
  const { main } = load('landlock-run.cjs');
  for (const line of lines) {
    words = line;
    process.argv = ['node', 'front.cjs', '00', ...line];
    if ((await main('00')) !== 125) throw new Error('the warm-up did not end as expected');
  }
  if (ran !== lines.length) throw new Error('the warm-up did not reach the addon: ' + ran);
  for (const wanted of [dirname(cache), cache]) if (!existsSync(wanted)) mkdirSync(wanted);
  for (const name in scripts)
    writeFileSync(cache + '/' + name, Buffer.concat([marks[name], scripts[name].createCachedData()]), { flush: true });
})().catch((error) => {
  writeSync(1, error.stack + '\\n');
  process.exit(1);
});
`;

/** How long the warm-up may take; it takes a tenth of a second. */
const PATIENCE = 60_000;

/**
 * Makes it in a process with the front's own flags, after the bundle has worked once, so that it holds the functions that a run needs. V8 checks version,
 * flags and the length of the source before it takes one, and compiles as usual where they differ.
 *
 * Each file begins with the mark of the pack that it was made of: V8 takes one of any text of that length.
 *
 * In: the top of the project; the Node that is to take it; the folder to make, one file for each pack that a run loads. Throws with what the warm-up said.
 */
export function writeCodeCache(root, node, cache) {
  const folder = mkdtempSync(join(tmpdir(), 'landlock-run-cache-'));
  const made = `${cache}.${process.pid}`;
  try {
    const words = [...frontFlags(root), '-e', warmUp, join(root, 'dist'), made, folder];
    const ended = spawnSync(node, words, { env: {}, encoding: 'utf8', timeout: PATIENCE, killSignal: 'SIGKILL' });
    if (ended.error !== undefined) throw ended.error;
    // A failure speaks on stdout; stderr holds the diagnostics of runs, of which the ones that were stopped on purpose are no failure.
    if (ended.status !== 0) {
      const said = `${ended.stdout}${ended.stderr}`.trim();
      throw new Error(said || `${node} ended with ${ended.status ?? ended.signal}`);
    }
    rmSync(cache, { recursive: true, force: true });
    renameSync(made, cache);
  } finally {
    rmSync(made, { recursive: true, force: true });
    rmSync(folder, { recursive: true });
  }
}

/**
 * Makes it for the Node that runs this, in an installed package. Does nothing in a checkout, whose build makes one, and nothing where the package has no
 * programs for this processor: there is no start to make faster.
 *
 * In: the top of the package. Throws where it could not be made; the package then works as it does without one.
 */
export function installCodeCache(root) {
  const has = (...names) => existsSync(join(root, ...names));
  if (has('scripts', 'build.mjs') || !has('dist', 'launcher', process.arch)) return;
  writeCodeCache(root, process.execPath, codeCacheFolder(root));
}
