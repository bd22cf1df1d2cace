/** The npm package: what it holds, and that it works where there is nothing but Node. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { differences, dumpThrough, expected } from '../../build/test/support/inherited-state.js';
import { readContents } from '../../scripts/package-contents.mjs';
import { assertInstalled, INSTALL, INSTALLED, install, rootWithNode, tarball } from './support/npm-root.mjs';
import { listPackage } from './support/pack.mjs';
import { projectRoot } from './support/root.mjs';

test('holds what test/packages/contents.txt lists, and nothing else', () => {
  const contents = readContents(projectRoot);
  const files = listPackage().files.map(({ path }) => path);
  assert.deepEqual(
    files.filter((file) => !contents.some(({ means }) => means(file))),
    [],
    'not listed',
  );
  assert.deepEqual(
    contents.filter(({ means }) => !files.some(means)).map(({ line }) => line),
    [],
    'listed, but not there',
  );
});

test('is as large as docs/packages.md says', () => {
  const text = readFileSync(join(projectRoot, 'docs/packages.md'), 'utf8');
  const said = /npm package \| ([0-9.]+) MB packed, ([0-9.]+) MB installed/.exec(text);
  assert.ok(said);
  const { size, unpackedSize } = listPackage();
  for (const [is, claimed] of [
    [size, said[1]],
    [unpackedSize, said[2]],
  ]) {
    assert.ok(Math.abs(is / 1e6 / Number(claimed) - 1) < 0.2, `${is} bytes, and the document says ${claimed} MB`);
  }
});

for (const version of [20, 22, 24, 26]) {
  test(`installs without network, compiler and scripts, and runs: Node ${version}`, (t) => {
    const root = install(t, version);
    const found = root.run(
      'for tool in cc gcc clang python3 make; do command -v $tool; done; node -p process.versions.node',
    );
    assert.match(found.stdout, new RegExp(`^${version}\\.`), 'nothing but Node');
    assert.equal(existsSync(join(root.path, INSTALLED, 'dist/cache')), false, 'what a script would make');
    const checked = root.run('cd /work && npx --no-install landlock-run --check');
    assert.deepEqual([checked.code, checked.stderr], [0, '']);
    assert.match(checked.stdout, /^yes: /);
    const ran = root.run(
      'cd /work && echo secret >/root/secret && mkdir proj && npx --no-install landlock-run --rw proj -- sh -c "echo made >proj/file; cat proj/file /root/secret"',
    );
    assert.deepEqual([ran.code, ran.stdout], [1, 'made\n']);
    assert.match(ran.stderr, /Permission denied/);
    const control = root.run('cat /root/secret');
    assert.deepEqual([control.code, control.stdout], [0, 'secret\n']);
    const library = root.run(`cd /work && node --input-type=module -e '
      import { run } from "landlock-run";
      const result = await run({ fs: { ro: ["/work"] } }, "cat", ["/root/secret"]).catch((error) => error);
      console.log(/Permission denied/.test(String(result.stderr)), (await import("node:module")).createRequire("/work/x")("landlock-run").run !== undefined)'`);
    assert.deepEqual([library.code, library.stdout, library.stderr], [0, 'true true\n', '']);
    const compiled = root.run(
      'cd /work && npx --no-install landlock-run --ro /etc --compile /launcher && umount /usr/local/bin/node && /launcher cat /root/secret',
    );
    assert.equal(compiled.code, 1);
    assert.match(compiled.stderr, /Permission denied/);
  });
}

test('an addon that does not load leads to the next, and the refusal names all', (t) => {
  const root = install(t, 22);
  const glibc = `${INSTALLED}/prebuilds/linux-x64-glibc/landlock_run.node`;
  const moved = root.run(
    `cd /work && mv ${glibc} /addon && cp ${glibc.replace('glibc', 'musl')} ${glibc} && cp /addon ${glibc.replace('glibc', 'musl')} && npx --no-install landlock-run --no-net -- echo ran`,
  );
  assert.deepEqual([moved.code, moved.stdout, moved.stderr], [0, 'ran\n', '']);
  const neither = root.run(
    `cd /work && rm ${glibc.replace('glibc', 'musl')}; npx --no-install landlock-run --no-net -- echo ran`,
  );
  assert.deepEqual([neither.code, neither.stdout], [125, '']);
  for (const place of ['native/build/Release', 'prebuilds/linux-x64-glibc', 'prebuilds/linux-x64-musl']) {
    assert.ok(neither.stderr.includes(`${INSTALLED}/${place}/landlock_run.node`), `${place} in ${neither.stderr}`);
  }
});

test('npm install --global puts the command and its manual pages where they are looked for', (t) => {
  const prefix = mkdtempSync(join(tmpdir(), 'landlock-run-global-'));
  t.after(() => rmSync(prefix, { recursive: true }));
  const words = ['--global', '--prefix', prefix, '--offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball];
  execFileSync('npm', ['install', ...words], { stdio: 'pipe' });
  for (const path of ['bin/landlock-run', 'share/man/man1/landlock-run.1', 'share/man/man5/landlock-run-policy.5'])
    assert.ok(readFileSync(join(prefix, path)).length > 0, path);
});

test('on another system it installs and says that Landlock is part of Linux', (t) => {
  const root = rootWithNode(t, 22);
  mkdirSync(join(root.path, 'usr/bin'), { recursive: true });
  writeFileSync(join(root.path, 'usr/bin/uname'), '#!/bin/sh\n[ "$1" = -s ] && echo Darwin || echo Darwin arm64\n', {
    mode: 0o755,
  });
  writeFileSync(join(root.path, 'darwin.cjs'), "Object.defineProperty(process, 'platform', { value: 'darwin' });\n");
  const made = root.run(INSTALL.replace('npm install', 'NODE_OPTIONS=--require=/darwin.cjs npm install'));
  assertInstalled(made);
  assert.equal(existsSync(join(root.path, INSTALLED, 'dist/cache')), false);
  const ran = root.run('cd /work && node_modules/.bin/landlock-run --no-net -- echo ran');
  assert.deepEqual([ran.code, ran.stdout], [125, '']);
  assert.equal(
    ran.stderr,
    'landlock-run: Landlock is part of the Linux kernel, and this is Darwin; run it on Linux 5.13 or newer\n',
  );
  const library = root.run(
    `cd /work && node --require=/darwin.cjs -e 'require("landlock-run").check().then((report) => console.log(JSON.stringify(report)))'`,
  );
  assert.match(library.stdout, /Landlock is part of the Linux kernel, and this is darwin/);
});

const ODD =
  "env -i PATH=/usr/local/bin:/usr/bin:/bin A=1 'odd-name=2' 'BASH_FUNC_x%%=() { :; }' NODE_OPTIONS=--nope LD_DEBUG= PWD=/";

test('the script on PATH loses odd names alone, and the front beside it nothing', (t) => {
  const root = install(t, 22);
  const plain = root.run(`${ODD} env`).stdout;
  const direct = root.run(`${ODD} ${INSTALLED}/bin/landlock-run-x64 --no-net -- env`);
  assert.deepEqual([direct.stdout, direct.stderr], [plain, '']);
  const script = root.run(`cd / && ${ODD} /work/node_modules/.bin/landlock-run --no-net -- env`);
  const lines = (text) => text.split('\n').sort();
  const kept = lines(plain).filter((line) => !/^(odd-name|BASH_FUNC)/.test(line));
  assert.deepEqual([lines(script.stdout), script.stderr], [kept, '']);
});

test('through the script COMMAND inherits the same, but for the environment', async () => {
  const plain = await dumpThrough(['/usr/bin/env']);
  const ours = await dumpThrough([join(projectRoot, 'bin/landlock-run.sh'), '--ro', '/', '--']);
  assert.ok(ours.size > 90);
  assert.deepEqual(
    differences(plain, ours).filter((name) => !name.startsWith('env')),
    expected(),
  );
});

test('the script fails with 125, whatever is missing', (t) => {
  const root = install(t, 22);
  rmSync(join(root.path, INSTALLED, 'bin/landlock-run-x64'));
  const missing = root.run('/work/node_modules/.bin/landlock-run --no-net -- echo ran');
  assert.deepEqual([missing.code, missing.stdout], [125, '']);
  assert.match(missing.stderr, /^landlock-run: .*landlock-run-x64 is missing/);
  writeFileSync(join(root.path, INSTALLED, 'bin/landlock-run-x64'), '\x7fELF', { mode: 0o755 });
  const damaged = root.run('/work/node_modules/.bin/landlock-run --no-net -- echo ran');
  assert.deepEqual([damaged.code, damaged.stdout], [125, '']);
});

test('builds from source on request, with what the package holds', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'landlock-run-source-'));
  t.after(() => rmSync(folder, { recursive: true }));
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  const installed = join(folder, 'package');
  rmSync(join(installed, 'prebuilds'), { recursive: true });
  const run = () =>
    spawnSync(join(installed, 'bin/landlock-run-x64'), ['--no-net', '--', 'echo', 'ran'], { encoding: 'utf8' });
  assert.equal(run().status, 125);
  const headers = `--nodedir=${join(process.execPath, '../..')}`;
  execFileSync(
    join(projectRoot, 'node_modules/.bin/node-gyp'),
    ['rebuild', headers, '--directory', join(installed, 'native')],
    { stdio: 'pipe' },
  );
  const built = run();
  assert.deepEqual([built.status, built.stdout, built.stderr], [0, 'ran\n', '']);
});
