/** A system of musl's: busybox, musl, and no glibc. No official Node is made for it, so the addon meets the loader alone. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectAddon } from '../../scripts/prebuilds.mjs';
import { binary, cache, makeRoot, projectRoot } from './support/root.mjs';

const addonOf = (arch, libc) => join(projectRoot, `prebuilds/linux-${arch}-${libc}/landlock_run.node`);
function muslRoot(t) {
  const root = makeRoot(t, 'musl-root');
  mkdirSync(join(root.path, 'bin'));
  for (const name of ['sh', 'cat']) symlinkSync('busybox', join(root.path, 'bin', name));
  assert.equal(root.run('cat /lib64/ld-linux-x86-64.so.2').code, 1, 'no glibc');
  return root;
}

test('a compiled launcher runs', (t) => {
  const root = muslRoot(t);
  const launcher = join(root.path, 'launcher');
  execFileSync(binary, ['--ro', '/bin', '--ro', '/lib', '--rw', '/work', '--compile', launcher]);
  const ran = root.run('echo secret >/root/secret; cd /work; /launcher sh -c "echo made >file; cat file /root/secret"');
  assert.deepEqual([ran.code, ran.stdout], [1, 'made\n']);
  assert.match(ran.stderr, /Permission denied/);
});

test('the front runs, and says that Node is missing', (t) => {
  const root = muslRoot(t);
  root.put(join(projectRoot, 'bin/landlock-run-x64'), '/opt/landlock-run/bin/landlock-run-x64');
  root.put(join(projectRoot, 'dist/front.cjs'), '/opt/landlock-run/dist/front.cjs');
  const ran = root.run('/opt/landlock-run/bin/landlock-run-x64 --no-net -- echo ran');
  assert.deepEqual([ran.code, ran.stdout], [125, '']);
  assert.match(ran.stderr, /^landlock-run: .*[Nn]ode/);
});

test('the single binary says that it needs glibc', (t) => {
  const root = muslRoot(t);
  root.bind(binary, '/landlock-run');
  const ran = root.run('/landlock-run --no-net -- echo ran');
  assert.deepEqual([ran.code, ran.stdout], [125, '']);
  assert.match(ran.stderr, /glibc/);
});

test("musl's loader takes the addon, with nothing missing but Node-API", (t) => {
  const root = muslRoot(t);
  const addon = addonOf('x64', 'musl');
  const listed = execFileSync('nm', ['--dynamic', '--undefined-only', '--format=just-symbols', addon], {
    encoding: 'utf8',
  });
  const stubs = listed
    .split('\n')
    .filter((name) => name.startsWith('napi_'))
    .map((name) => `int ${name}(void) { return 1; }`);
  assert.ok(stubs.length > 10);
  const source = join(root.path, 'load.c');
  writeFileSync(
    source,
    `#include <dlfcn.h>\n#include <stdio.h>\n${stubs.join('\n')}
int main(int argc, char **argv) {
    void *addon = dlopen(argv[argc - 1], RTLD_NOW);
    if (addon == NULL || dlsym(addon, "napi_register_module_v1") == NULL)
        return puts(dlerror()), 1;
    return puts("loaded"), 0;
}\n`,
  );
  const musl = join(cache, '../musl/x64');
  const own = execFileSync('gcc', ['-print-file-name=include'], { encoding: 'utf8' }).trim();
  const words = [
    '-nostdinc',
    '-isystem',
    `${musl}/include`,
    '-isystem',
    own,
    '-fPIC',
    '-c',
    source,
    '-o',
    `${source}.o`,
  ];
  execFileSync('gcc', words);
  const start = ['Scrt1.o', 'crti.o'].map((name) => join(musl, 'lib', name));
  const linked = [
    '-nostdlib',
    '-pie',
    ...start,
    `${source}.o`,
    '-L',
    `${musl}/lib`,
    '-lc',
    '-lgcc',
    join(musl, 'lib/crtn.o'),
  ];
  execFileSync('gcc', [
    ...linked,
    '-rdynamic',
    '-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1',
    '-o',
    join(root.path, 'load'),
  ]);
  root.put(addon, '/landlock_run.node');
  const ran = root.run('/load /landlock_run.node');
  assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, 'loaded\n', '']);
  root.put(addonOf('x64', 'glibc'), '/landlock_run.node');
  const other = root.run('/load /landlock_run.node');
  assert.equal(other.code, 1, 'the one for glibc does not load');
  assert.match(other.stdout, /gnu_get_libc_version/);
});

test('an addon for the wrong system is seen', () => {
  const bytes = readFileSync(addonOf('x64', 'glibc'));
  assert.deepEqual(inspectAddon(bytes, { arch: 'x64', libc: 'glibc' }), []);
  assert.match(inspectAddon(bytes, { arch: 'arm64', libc: 'glibc' }).join(), /machine 62/);
  assert.match(inspectAddon(bytes, { arch: 'x64', libc: 'musl' }).join(), /GLIBC_/);
  assert.deepEqual(inspectAddon(readFileSync(addonOf('arm64', 'musl')), { arch: 'arm64', libc: 'musl' }), []);
});
