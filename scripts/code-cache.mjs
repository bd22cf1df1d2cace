/** V8's compiled form of what a run loads. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The front's flags for Node: the one list is in its C source. */
export function frontFlags(root) {
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
const loaded = {};
const load = (name) => {
  if (name in loaded) return loaded[name].exports;
  const filename = dist + '/' + name;
  const source = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(filename, 'latin1') + '\\n})';
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

/**
 * Makes it in a process with the front's own flags, after the bundle has worked once, so that it holds the functions that a run needs. V8 checks version,
 * flags and source before it takes one, and compiles as usual where they differ.
 *
 * In: the top of the project; the Node that is to take it; the folder to make, one file for each pack that a run loads.
 */
export function writeCodeCache(root, node, cache) {
  const folder = mkdtempSync(join(tmpdir(), 'landlock-run-cache-'));
  const made = `${cache}.${process.pid}`;
  try {
    // Its stderr holds the diagnostics of runs that were stopped on purpose; a failure speaks on stdout.
    execFileSync(node, [...frontFlags(root), '-e', warmUp, join(root, 'dist'), made, folder], {
      stdio: ['ignore', 'inherit', 'ignore'],
      env: {},
    });
    rmSync(cache, { recursive: true, force: true });
    renameSync(made, cache);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
