/**
 * Builds the static programs around the native core into dist/launcher: for each architecture that a compiler is there for
 * the `front` of the command line, the `template` of compiled launchers and the `spawn` helper of the library; and for this
 * machine bin/landlock-run.
 *
 *   node scripts/build-launcher.mjs
 *
 * Prints the sizes. Two builds of one source by one compiler are the same bytes, wherever they are made. Without a
 * compiler for this machine bin/landlock-run becomes the plain Node script, with a line that says so.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const output = join(root, 'dist', 'launcher');

/** By Node's name of the architecture: compilers to try, the most specific last. */
const COMPILERS = { x64: ['x86_64-linux-gnu-gcc'], arm64: ['aarch64-linux-gnu-gcc'] };

/** Each program: its own sources. What it does not use of the core the linker leaves out. */
const PROGRAMS = {
  template: ['compiled.c', 'image.c', 'process.c', 'start.c'],
  front: [
    'environment-mark.c',
    'find-node.c',
    'front.c',
    'node-limits.c',
    'node-trial.c',
    'own-path.c',
    'process.c',
    'start.c',
    'state-record.c',
  ],
  spawn: ['process.c', 'spawn.c', 'start.c'],
};

const COMPILE = [
  '-std=c11',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Os',
  '-ffreestanding',
  '-fno-pie',
  '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables',
  '-fno-ident',
  '-ffunction-sections',
  '-fdata-sections',
];
const COMPILE_FOR = { x64: ['-fcf-protection=none'], arm64: ['-mbranch-protection=none', '-mno-outline-atomics'] };
const LINK = [
  '-static',
  '-nostdlib',
  '-no-pie',
  '-Wl,--gc-sections,--build-id=none,-z,norelro,-z,max-page-size=65536,--no-warn-rwx-segments',
];

const core = readdirSync(join(root, 'native', 'core'))
  .filter((name) => name.endsWith('.c'))
  .sort()
  .map((name) => join('native', 'core', name));

const works = (compiler) => spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status === 0;

function compilerFor(arch) {
  const own = arch === process.arch ? [process.env.CC ?? 'cc', 'gcc', 'clang'] : [];
  return [...own, ...COMPILERS[arch]].find(works);
}

/** What the kernel maps, and no more: section headers and symbols go. */
function strip(elf) {
  const at = Number(elf.readBigUInt64LE(32));
  const rows = Array.from({ length: elf.readUInt16LE(56) }, (_, index) => at + index * elf.readUInt16LE(54));
  const ends = rows
    .filter((row) => elf.readUInt32LE(row) === 1)
    .map((row) => Number(elf.readBigUInt64LE(row + 8) + elf.readBigUInt64LE(row + 32)));
  const stripped = Buffer.from(elf.subarray(0, Math.max(...ends)));
  stripped.writeBigUInt64LE(0n, 40); // e_shoff
  stripped.fill(0, 58, 64); // e_shentsize, e_shnum, e_shstrndx
  return stripped;
}

/** Compiles every source once. Names are relative to the top, so that nothing in the output depends on where the checkout is. */
function compile(compiler, arch, folder) {
  const sources = [
    ...core,
    ...new Set(
      Object.values(PROGRAMS)
        .flat()
        .map((name) => join('native', 'launcher', name)),
    ),
  ];
  const objects = {};
  for (const source of sources) {
    const object = join(folder, `${arch}-${source.replaceAll('/', '-')}.o`);
    execFileSync(compiler, [...COMPILE, ...COMPILE_FOR[arch], '-c', source, '-o', object], {
      cwd: root,
      stdio: 'inherit',
    });
    objects[source] = object;
  }
  return objects;
}

function link(compiler, name, objects, folder) {
  const linked = join(folder, name);
  const wanted = [...PROGRAMS[name].map((source) => join('native', 'launcher', source)), ...core].map(
    (source) => objects[source],
  );
  execFileSync(compiler, [...wanted, ...LINK, '-Wl,-T,native/launcher/layout.ld', '-o', linked], {
    cwd: root,
    stdio: 'inherit',
  });
  return strip(readFileSync(linked));
}

/** A program that is running now is replaced, not written into. */
function install(bytes, path) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, bytes);
  chmodSync(temporary, 0o755);
  renameSync(temporary, path);
}

const hashes = {};
const folder = mkdtempSync(join(tmpdir(), 'landlock-run-launcher-'));
try {
  for (const arch of Object.keys(COMPILERS)) {
    const compiler = compilerFor(arch);
    if (compiler === undefined) {
      console.log(`build-launcher: no compiler for ${arch}, left out`);
      continue;
    }
    const objects = compile(compiler, arch, folder);
    for (const name of Object.keys(PROGRAMS)) {
      const bytes = link(compiler, name, objects, folder);
      install(bytes, join(output, arch, name));
      if (name === 'template') hashes[arch] = createHash('sha256').update(bytes).digest('hex');
      console.log(`build-launcher: ${arch} ${name}: ${bytes.length} bytes`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
mkdirSync(output, { recursive: true });
writeFileSync(join(output, 'templates.json'), `${JSON.stringify(hashes)}\n`);

const command = join(root, 'bin', 'landlock-run');
if (hashes[process.arch] !== undefined) {
  install(readFileSync(join(output, process.arch, 'front')), command);
} else {
  copyFileSync(join(root, 'bin', 'plain-node.cjs'), `${command}.${process.pid}`);
  chmodSync(`${command}.${process.pid}`, 0o755);
  renameSync(`${command}.${process.pid}`, command);
  console.log(
    `build-launcher: no C compiler for this machine; bin/landlock-run is the plain Node script (docs/launcher.md)`,
  );
}
