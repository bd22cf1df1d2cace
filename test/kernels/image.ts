/** Makes the disk of a guest: node, landlock-run as it was built, and what the trials need; no distribution around them. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileC } from '../support/compile-c.ts';
import { projectFile } from '../support/paths.ts';

const DEED = ['deed.c', 'deed-files.c', 'deed-network.c', 'deed-process.c'].map((name) => `test/contract/${name}`);

/** Where things are in a guest. Nothing of it but node lies in what the system profile grants. */
export const GUEST = {
  node: '/usr/bin/node',
  project: '/project',
  command: '/project/bin/landlock-run',
  deed: '/guest/deed',
  terminal: '/guest/on-terminal',
  script: '/guest/kernels/guest.js',
  launchers: '/guest/launchers',
  place: '/place',
} as const;

/** deed and on-terminal, linked so that they start without any library. */
export const helpers = {
  deed: (): string => compileC('deed-static', DEED, ['-static']),
  terminal: (): string => compileC('on-terminal-static', ['test/contract/on-terminal.c'], ['-static']),
};

function put(source: string, tree: string, path: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  cpSync(source, join(tree, path), { recursive: true, dereference: true });
}

/** The shared libraries and the loader of a program, by the paths under which it looks for them. */
function librariesOf(program: string): string[] {
  const listing = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...listing.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map((match) => match[1] ?? '');
}

/** bin, dist and the addon, as they lie in the checkout, and what is read beside them. */
function putProject(tree: string): void {
  for (const path of ['package.json', 'bin', 'dist', 'profiles', 'schema', 'native/build/Release/landlock_run.node']) {
    if (existsSync(projectFile(path))) put(projectFile(path), tree, join(GUEST.project, path));
  }
}

/**
 * Makes the tree that becomes the disk.
 *
 * In: an empty directory; further files, as text by their path in the guest.
 * Errors: the project is not built, or a tool is missing.
 */
export function makeTree(tree: string, assignments: Readonly<Record<string, string>>): void {
  const node = realpathSync(process.execPath);
  put(node, tree, GUEST.node);
  for (const library of librariesOf(node)) put(library, tree, library);
  putProject(tree);
  put(helpers.deed(), tree, GUEST.deed);
  put(helpers.terminal(), tree, GUEST.terminal);
  put(compileC('guest-init', ['scripts/guest/init.c'], ['-static']), tree, '/init');
  for (const name of ['guest.js', 'trial.js'])
    put(projectFile(`build/test/kernels/${name}`), tree, `/guest/kernels/${name}`);
  writeFileSync(join(tree, 'guest', 'package.json'), '{ "type": "module" }\n');
  for (const [path, text] of Object.entries(assignments)) writeFileSync(join(tree, path), text);
  for (const directory of ['proc', 'sys', 'dev', 'tmp', 'root', GUEST.place])
    mkdirSync(join(tree, directory), { recursive: true });
  chmodSync(join(tree, 'tmp'), 0o1777);
}

/** Makes an ext4 image of a tree, with room to spare. It needs no privilege. */
export function makeImage(tree: string, image: string): void {
  const kilobytes = Number.parseInt(execFileSync('du', ['-sk', tree], { encoding: 'utf8' }), 10);
  const size = `${Math.ceil(kilobytes / 1024) + 64}M`;
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-O', '^has_journal', '-m', '0', '-d', tree, image, size], {
    env: { ...process.env, PATH: `${process.env['PATH']}:/sbin:/usr/sbin` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
