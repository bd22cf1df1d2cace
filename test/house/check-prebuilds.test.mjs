/** No package is made of what is incomplete or old. Tried in a tree that has a file for everything that the packages hold. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hashInputs, writeBuilt } from '../../scripts/built.mjs';
import { readContents } from '../../scripts/package-contents.mjs';
import { ADDONS, FRONTS, hashSources, inspectAddon, SOURCES } from '../../scripts/prebuilds.mjs';

const project = fileURLToPath(new URL('../..', import.meta.url));
const MACHINES = { x64: 62, arm64: 183 };
const whole = mkdtempSync(join(tmpdir(), 'landlock-run-whole-'));
const tree = mkdtempSync(join(tmpdir(), 'landlock-run-tree-'));

function put(path, bytes) {
  mkdirSync(dirname(join(whole, path)), { recursive: true });
  writeFileSync(join(whole, path), bytes);
}

function addonOf({ arch, libc, path }) {
  const head = Buffer.alloc(64);
  head.write('\x7fELF', 'latin1');
  head.writeUInt16LE(MACHINES[arch], 18);
  const bytes = Buffer.concat([
    head,
    Buffer.from(`\0${libc === 'musl' ? 'libc.so' : 'libc.so.6'}\0napi_register_module_v1\0`),
  ]);
  assert.deepEqual(inspectAddon(bytes, { arch, libc }), []);
  put(path, bytes);
}

/** As npm run build and build:prebuilds would leave it. */
before(() => {
  for (const path of ['scripts', 'packaging', 'package.json', 'test/packages/contents.txt', 'src/cli/options.ts'])
    cpSync(join(project, path), join(whole, path), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(whole, 'node_modules'));
  for (const { line } of readContents(project)) {
    const path = line.replaceAll('**/', '').replaceAll('*', 'one');
    if (!existsSync(join(whole, path))) put(path, `${path}\n`);
  }
  const templates = FRONTS.map(({ arch }) => [arch, readFileSync(join(whole, 'dist/launcher', arch, 'template'))]);
  const hashes = templates.map(([arch, bytes]) => [arch, createHash('sha256').update(bytes).digest('hex')]);
  put('dist/launcher/templates.json', JSON.stringify(Object.fromEntries(hashes)));
  for (const { arch, path } of FRONTS) put(`dist/launcher/${arch}/front`, readFileSync(join(whole, path)));
  writeBuilt(whole, hashInputs(whole));
  ADDONS.forEach(addonOf);
  put(SOURCES, `${hashSources(whole)}\n`);
});

beforeEach(() => {
  rmSync(tree, { recursive: true });
  cpSync(whole, tree, { recursive: true, verbatimSymlinks: true });
});

after(() => {
  for (const folder of [whole, tree]) rmSync(folder, { recursive: true });
});

function run(command, words, env = {}) {
  return spawnSync(command, words, { cwd: tree, encoding: 'utf8', env: { ...process.env, ...env } });
}

const check = () => run(process.execPath, ['scripts/check-prebuilds.mjs']);

/** In: what is wrong, as the check says it. */
function assertRefused(said) {
  const { status, stdout, stderr } = check();
  assert.deepEqual([status, stdout], [1, '']);
  assert.ok(stderr.split('\n').includes(`check-prebuilds: ${said}`), `${said} in ${stderr}`);
  assert.ok(stderr.endsWith('check-prebuilds: npm run build && npm run build:prebuilds\n'));
}

test('what is whole and current is packed', () => {
  const { status, stdout, stderr } = check();
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
  const packed = run('npm', ['pack', '--dry-run', '--json', '--silent']);
  assert.equal(packed.status, 0, packed.stderr);
  assert.ok(JSON.parse(packed.stdout)[0].files.length > 50);
});

test('npm pack refuses what the check refuses', () => {
  rmSync(join(tree, 'dist/reports.cjs'));
  const { status, stderr } = run('npm', ['pack', '--dry-run']);
  assert.equal(status, 1);
  assert.match(stderr, /^check-prebuilds: dist\/reports\.cjs is missing$/m);
});

const NAMED = readContents(project)
  .map(({ line }) => line)
  .filter((line) => !['package.json', 'scripts/code-cache.mjs'].includes(line));

test('whatever the package is to hold, its absence is refused', () => {
  const lines = NAMED.map((line) => [line, line.replaceAll('**/', '').replaceAll('*', 'one')]);
  for (const [, path] of lines) rmSync(join(tree, path));
  const said = check().stderr.split('\n');
  assert.deepEqual(
    lines.filter(([line]) => !said.includes(`check-prebuilds: ${line} is missing`)),
    [],
  );
});

test('a folder without its files is refused', () => {
  rmSync(join(tree, 'dist/types'), { recursive: true });
  assertRefused('dist/types is missing');
  assertRefused('dist/types/esm/one.d.ts is missing');
});

test('sources that changed after the build are refused', () => {
  appendFileSync(join(tree, 'src/cli/options.ts'), '\n');
  assertRefused('dist/ was built of other sources than those that are here');
});

test('prebuilds of newer sources than the front, the helper and the templates beside them are refused', () => {
  appendFileSync(join(tree, 'native/core/one.c'), '\n');
  assertRefused('the prebuilds are older than native/');
  writeFileSync(join(tree, SOURCES), `${hashSources(tree)}\n`);
  assertRefused('dist/ was built of other sources than those that are here');
});

test('an output that was changed, or that no build made, is refused', () => {
  appendFileSync(join(tree, 'dist/launcher/x64/spawn'), '\n');
  assertRefused('dist/launcher/x64/spawn is not what was built');
  writeFileSync(join(tree, 'dist/old.cjs'), '');
  assertRefused('dist/old.cjs was not built');
  appendFileSync(join(tree, 'bin/landlock-run-x64'), '\n');
  assertRefused('bin/landlock-run-x64 is not what was built last');
});

test('a template whose hash is another is refused', () => {
  writeFileSync(join(tree, 'dist/launcher/templates.json'), '{}');
  assertRefused('dist/launcher/templates.json is not of dist/launcher/x64/template');
});

test('the binary and the Debian package are made of nothing that the check refuses', (t) => {
  appendFileSync(join(tree, 'native/core/one.c'), '\n');
  const binary = run(process.execPath, ['scripts/build-binary.mjs']);
  assert.equal(binary.status, 1);
  assert.match(binary.stderr, /^build-binary: the check of what the binary is made of failed, see above$/m);
  const deb = run('scripts/build-deb.sh', []);
  if (/is missing: apt-get install dpkg-dev/.test(deb.stderr))
    return t.skip('dpkg-dev is missing: apt-get install dpkg-dev');
  assert.equal(deb.status, 1);
  assert.match(deb.stderr, /^build-deb: what the package would be made of is incomplete or old, see above$/m);
});

test('where npm has neither network nor cache, the binary fails with one line and leaves nothing', () => {
  const cache = join(tree, 'cache');
  const env = { XDG_CACHE_HOME: cache, npm_config_offline: 'true', npm_config_cache: join(tree, 'npm') };
  const { status, stderr } = run(process.execPath, ['scripts/build-binary.mjs'], env);
  assert.equal(status, 1);
  const own = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('npm '));
  assert.deepEqual(own, ["build-binary: fetching Node and pkg, which needs npm's registry once, failed, see above"]);
  assert.deepEqual(readdirSync(join(cache, 'landlock-run-tests')), []);
});
