/** What the build of the static programs comes to: small, self-contained, the same bytes everywhere. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { projectFile } from '../support/paths.ts';

/** Bytes. What a launcher costs to start grows with its size. */
const LARGEST = { template: 48 * 1024, front: 28 * 1024, spawn: 48 * 1024 } as const;
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

const built = Object.keys(MACHINES).filter((arch) => existsSync(projectFile(`dist/launcher/${arch}`)));
const programs = built.flatMap((arch) => (['template', 'front', 'spawn'] as const).map((name) => ({ arch, name })));

test('without a compiler bin/landlock-run is the plain Node script, and works with an addon from elsewhere', (t) => {
  const root = fixture(t, { 'np/x': '' });
  for (const path of [
    'package.json',
    'scripts',
    'native/core',
    'native/launcher',
    'bin/package.json',
    'bin/plain-node.cjs',
    'bin/landlock-run.sh',
  ])
    cpSync(projectFile(path), join(root, path), { recursive: true });
  symlinkSync(process.execPath, join(root, 'np/node'));
  const options = { cwd: root, encoding: 'utf8', env: { PATH: join(root, 'np') } } as const;
  const said = execFileSync(process.execPath, ['scripts/build-launcher.mjs'], options);
  assert.match(said, /no C compiler for this machine; bin\/landlock-run is the plain Node script/);
  cpSync(projectFile('dist'), join(root, 'dist'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.includes('/launcher'),
  });
  const addon = 'native/build/Release/landlock_run.node';
  cpSync(projectFile(addon), join(root, addon));
  for (const name of ['landlock-run', 'landlock-run.sh'])
    assert.equal(execFileSync(join(root, 'bin', name), ['--no-net', '--', '/bin/echo', 'ran'], options), 'ran\n');
  assert.throws(
    () => execFileSync(join(root, 'bin/landlock-run'), ['--no-net', '--compile', 'x'], { ...options, stdio: 'pipe' }),
    (error: { status: number; stderr: string }) =>
      error.status === 125 && /^landlock-run: [^\n]*template[^\n]*\n$/.test(error.stderr),
  );
});

test('the programs for this machine are built', () => {
  assert.ok(built.includes(process.arch), 'npm run build; it takes a C compiler');
  assert.deepEqual(
    readFileSync(projectFile('bin/landlock-run')),
    readFileSync(projectFile(`dist/launcher/${process.arch}/front`)),
  );
});

for (const { arch, name } of programs) {
  const file = readFileSync(projectFile(`dist/launcher/${arch}/${name}`));
  const headers = Array.from({ length: file.readUInt16LE(56) }, (_, index) => 64 + index * 56);
  const types = headers.map((at) => file.readUInt32LE(at));

  test(`${arch} ${name}: ${file.length} bytes, at most ${LARGEST[name]}`, (t) => {
    t.diagnostic(`${file.length} bytes`);
    assert.ok(file.length <= LARGEST[name]);
  });

  test(`${arch} ${name}: for its machine, with no interpreter, no dynamic section, no executable stack, nothing both written and executed`, () => {
    assert.equal(file.readUInt16LE(18), MACHINES[arch]);
    const [PT_NULL, PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_GNU_STACK] = [0, 1, 2, 3, 0x6474e551];
    assert.deepEqual(types, [PT_LOAD, PT_LOAD, PT_GNU_STACK, PT_NULL]);
    assert.ok(!types.includes(PT_DYNAMIC) && !types.includes(PT_INTERP));
    assert.deepEqual(
      headers.map((at) => file.readUInt32LE(at + 4)),
      [5, 6, 6, 4],
    );
    assert.equal(file.readBigUInt64LE(40), 0n, 'section headers');
  });
}

function copyOfSources(t: TestContext, name: string): string {
  const root = join(fixture(t), name);
  for (const path of ['native/core', 'native/launcher', 'scripts', 'bin']) {
    mkdirSync(join(root, path), { recursive: true });
    cpSync(projectFile(path), join(root, path), { recursive: true });
  }
  symlinkSync(projectFile('node_modules'), join(root, 'node_modules'));
  return root;
}

function build(root: string): Map<string, string> {
  execFileSync(process.execPath, [join(root, 'scripts/build-launcher.mjs')], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = join(root, 'dist/launcher');
  const files = readdirSync(output, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((entry) => [
      join(entry.parentPath, entry.name).slice(output.length),
      readFileSync(join(entry.parentPath, entry.name)).toString('base64'),
    ]),
  );
}

test('two builds in two directories are the same bytes', (t) => {
  const first = build(copyOfSources(t, 'a'));
  const second = build(copyOfSources(t, 'a much longer name, with spaces'));
  assert.ok(first.size >= 3);
  assert.deepEqual(first, second);
});
