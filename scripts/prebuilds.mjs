/** What the npm package carries ready-made, and what is true of each file. */
import { hashFiles } from './built.mjs';

/** Which sources the prebuilds were made of: hashSources() at that time. */
export const SOURCES = 'prebuilds/sources.sha256';

/** The licences of the packages whose code is in our bundles. */
export const LICENSES = 'dist/licenses.txt';

/** One hash over everything below native/ that is built. In: the top of the project. */
export const hashSources = (root) =>
  hashFiles(root, ['native/addon', 'native/core', 'native/launcher', 'native/binding.gyp']);

const ARCHITECTURES = ['x64', 'arm64'];

/** The addon, for each processor and C library. */
export const ADDONS = ARCHITECTURES.flatMap((arch) =>
  ['glibc', 'musl'].map((libc) => ({ arch, libc, path: `prebuilds/linux-${arch}-${libc}/landlock_run.node` })),
);

/** The front, for each processor. */
export const FRONTS = ARCHITECTURES.map((arch) => ({ arch, path: `bin/landlock-run-${arch}` }));

/** e_machine (elf.h). */
const MACHINES = { x64: 62, arm64: 183 };

/** The oldest glibc that Node 20 and newer run on; an addon that asks for more would not load where Node does. */
const OLDEST_GLIBC = [2, 28];

/**
 * What is wrong with an addon as a file, as sentences; empty where nothing is.
 *
 * In: its bytes; which one it is to be.
 */
export function inspectAddon(bytes, { arch, libc }) {
  const wrong = [];
  if (bytes.toString('latin1', 0, 4) !== '\x7fELF') return ['it is no ELF file'];
  const machine = bytes.readUInt16LE(18);
  if (machine !== MACHINES[arch]) wrong.push(`it is for machine ${machine}`);
  const text = bytes.toString('latin1');
  const versions = [...new Set(text.match(/GLIBC_[0-9.]+/g))];
  const needed = ['libc.so.6', 'libc.so', 'libgcc_s.so.1', 'ld-linux-x86-64.so.2', 'ld-linux-aarch64.so.1'].filter(
    (name) => text.includes(`\0${name}\0`),
  );
  const wanted = libc === 'musl' ? ['libc.so'] : ['libc.so.6'];
  if (needed.join() !== wanted.join()) wrong.push(`it needs ${needed.join(', ') || 'no C library'}, not ${wanted}`);
  if (libc === 'musl' && versions.length > 0) wrong.push(`it asks for ${versions.join(', ')}`);
  for (const version of versions) {
    const [major, minor = 0] = version.slice('GLIBC_'.length).split('.').map(Number);
    if (major > OLDEST_GLIBC[0] || minor > OLDEST_GLIBC[1]) wrong.push(`it asks for ${version}`);
  }
  if (!text.includes('napi_register_module_v1')) wrong.push('it registers no module');
  return wrong;
}
