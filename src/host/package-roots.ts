import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Where the package's own files may be: directories that would hold native/, dist/ and bin/. Looked at when first asked for.
 *
 * From the nearest: the package that this module was built in, then the package `landlock-run` as this module would import it, for a program that was
 * bundled with it. Nothing else that lies above this module is a place of ours: what is found there is executed, and above a program's own bundle, or
 * above node_modules, is what a COMMAND may write to. Inside of an archive of Electron's nothing can be executed, so what is named is where it unpacks
 * such files.
 */
export function packageRoots(): readonly string[] {
  return [...eachPackageRoot()];
}

/** The same one by one: a search through node_modules costs more than all the rest of a start, and is hardly ever needed. */
export function* eachPackageRoot(): Generator<string> {
  const here = moduleDirectory();
  if (here === undefined) return;
  const own = ownRoot(here);
  if (own !== undefined) yield own;
  const installed = installedRoot(here);
  if (installed !== undefined && installed !== own) yield installed;
}

/** What was searched where there is no root at all, for a message. */
export function soughtPackage(): string {
  return `node_modules/landlock-run above ${moduleDirectory() ?? 'this program'}`;
}

/**
 * The first of these files that is there, each a path within a root; undefined where none is. A nearer root has all of them looked for before a further
 * one.
 */
export function packageFile(...names: readonly string[]): string | undefined {
  for (const root of eachPackageRoot()) {
    const found = names.map((name) => join(root, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The directories of a package in which the build puts this module, and the way from there to its top. */
const BUILT = [
  [/\/dist$/, '..'],
  [/\/build\/src\/host$/, '../../..'],
] as const;

function ownRoot(here: string): string | undefined {
  for (const [place, up] of BUILT) {
    const root = join(here, up);
    if (place.test(here) && isOurs(root)) return unpacked(root);
  }
  return undefined;
}

function isOurs(root: string): boolean {
  try {
    return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name?: unknown }).name === 'landlock-run';
  } catch {
    return false;
  }
}

/** This module's directory. A bundler that makes a CommonJS module of an ES module leaves import.meta empty, and one that makes a string has neither. */
function moduleDirectory(): string | undefined {
  if (typeof __dirname === 'string') return __dirname;
  return import.meta.dirname;
}

function installedRoot(here: string): string | undefined {
  try {
    // Loaded where it is needed: it brings the loader of ES modules with it, which costs a start a millisecond.
    const { createRequire } = process.getBuiltinModule('node:module');
    return unpacked(dirname(createRequire(join(here, 'from.js')).resolve('landlock-run/package.json')));
  } catch {
    return undefined;
  }
}

function unpacked(path: string): string {
  return path.replace(/\.asar(?=$|[\\/])/, '.asar.unpacked');
}
