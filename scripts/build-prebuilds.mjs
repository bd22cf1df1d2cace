/**
 * Builds what the npm package carries ready-made: the addon for each processor and C library, prebuilds/linux-ARCH-LIBC/landlock_run.node, and the
 * fronts bin/landlock-run-ARCH that bin/landlock-run.sh chooses from. `npm run build` comes first.
 *
 *   node scripts/build-prebuilds.mjs
 *
 * Needs Debian's gcc and gcc-aarch64-linux-gnu with their C libraries; musl's is fetched (scripts/fetch-musl.sh). Ends with 1 unless all of it was
 * built: a package that lacks one would say so only where it is missed.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADDONS, FRONTS, hashSources, inspectAddon, LICENSES, SOURCES } from './prebuilds.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'landlock-run-tests', 'musl');

const COMPILERS = { x64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' };

/* The same as native/binding.gyp has, and nothing in the output that depends on where the checkout is. */
const COMPILE = [
  ...['-std=c11', '-Wall', '-Wextra', '-Werror', '-O2', '-fPIC', '-shared', '-fvisibility=hidden', '-fno-ident'],
  ...['-DNAPI_VERSION=8', '-Wl,-z,relro,-z,now,-z,noexecstack,--build-id=none,--as-needed', '-s'],
];

const fail = (line) => {
  console.error(`build-prebuilds: ${line}`);
  process.exit(1);
};

/** Node-API's headers: those that came with the Node that runs this. */
function headers() {
  const folder = join(dirname(process.execPath), '..', 'include', 'node');
  if (!existsSync(join(folder, 'node_api.h')))
    fail(`${folder}/node_api.h is missing: run this with a Node that has its headers`);
  return folder;
}

function sources() {
  const gyp = JSON.parse(readFileSync(join(root, 'native', 'binding.gyp'), 'utf8'));
  const listed = gyp.targets[0].sources.filter((name) => name.endsWith('.c'));
  const core = readdirSync(join(root, 'native', 'core')).filter((name) => name.endsWith('.c'));
  return [...listed, ...core.sort().map((name) => `core/${name}`)].map((name) => `native/${name}`);
}

/** Where a compiler of Debian's is told to build for musl: its headers before any other, its libc instead of glibc, and the compiler's own headers. */
function muslOptions(compiler, arch) {
  const folder = join(cache, arch);
  execFileSync(join(root, 'scripts', 'fetch-musl.sh'), [arch, folder], { stdio: 'inherit' });
  const own = execFileSync(compiler, ['-print-file-name=include'], { encoding: 'utf8' }).trim();
  const before = ['-nostdinc', '-isystem', join(folder, 'include'), '-isystem', own];
  return { before, after: ['-nostdlib', '-L', join(folder, 'lib'), '-lc', '-lgcc'] };
}

function build({ arch, libc, path }) {
  const compiler = COMPILERS[arch];
  const { before, after } = libc === 'musl' ? muslOptions(compiler, arch) : { before: [], after: [] };
  const output = join(root, path);
  mkdirSync(dirname(output), { recursive: true });
  const words = [...before, ...COMPILE, '-isystem', headers(), ...sources(), ...after, '-o', `${output}.new`];
  execFileSync(compiler, words, { cwd: root, stdio: 'inherit' });
  renameSync(`${output}.new`, output);
}

// Asked first: a source that changes meanwhile may be in one addon and not in the next.
const made = hashSources(root);
for (const addon of ADDONS) {
  build(addon);
  const wrong = inspectAddon(readFileSync(join(root, addon.path)), addon);
  if (wrong.length > 0) fail(`${addon.path}: ${wrong.join('; ')}`);
  console.log(`build-prebuilds: ${addon.path}: ${readFileSync(join(root, addon.path)).length} bytes`);
}
for (const { arch, path } of FRONTS) {
  const front = join(root, 'dist', 'launcher', arch, 'front');
  if (!existsSync(front)) fail(`${front} is missing: npm run build, with a compiler for ${arch}`);
  copyFileSync(front, join(root, `${path}.new`));
  chmodSync(join(root, `${path}.new`), 0o755);
  renameSync(join(root, `${path}.new`), join(root, path));
  console.log(`build-prebuilds: ${path}: ${readFileSync(front).length} bytes`);
}

/** Whose code esbuild puts into our bundles: what src/ imports by name, and nothing else, is taken from node_modules. */
const BUNDLED = ['chalk', 'commander', 'fastest-levenshtein', 'smol-toml', 'valibot', 'yaml'];

function licenseOf(name) {
  const folder = join(root, 'node_modules', name);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (file === undefined) fail(`${name} has no licence file`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

writeFileSync(join(root, LICENSES), BUNDLED.map(licenseOf).join(`\n${'-'.repeat(80)}\n\n`));
writeFileSync(join(root, SOURCES), `${made}\n`);
