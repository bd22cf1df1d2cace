import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Where the package's own files may be: directories that would hold native/, dist/ and bin/. Looked at when first asked for.
 *
 * From the nearest: above this module as it was built (dist/, build/src/host/), then the package `landlock-run` as this module would import it, for a
 * program that was bundled with it. Inside of an archive of Electron's nothing can be executed, so what is named is where it unpacks such files.
 */
export function packageRoots(): readonly string[] {
  return [...eachPackageRoot()];
}

/** The same one by one: a search through node_modules costs more than all the rest of a start, and is hardly ever needed. */
export function* eachPackageRoot(): Generator<string> {
  const here = moduleDirectory();
  if (here === undefined) return;
  const above = rootsAbove(here);
  yield* above;
  for (const root of installedPackage(here)) if (!above.includes(root)) yield root;
}

/** The first root that holds a file, as the path of that file; undefined where none does. */
export function packageFile(...names: readonly string[]): string | undefined {
  for (const root of eachPackageRoot()) {
    const path = join(root, ...names);
    if (existsSync(path)) return path;
  }
  return undefined;
}

function rootsAbove(here: string): string[] {
  return ['..', '../../..'].map((up) => unpacked(join(here, up)));
}

/** This module's directory. A bundler that makes a CommonJS module of an ES module leaves import.meta empty, and one that makes a string has neither. */
function moduleDirectory(): string | undefined {
  if (typeof __dirname === 'string') return __dirname;
  return import.meta.dirname;
}

function installedPackage(here: string): string[] {
  try {
    // Loaded where it is needed: it brings the loader of ES modules with it, which costs a start a millisecond.
    const { createRequire } = process.getBuiltinModule('node:module');
    return [unpacked(dirname(createRequire(join(here, 'from.js')).resolve('landlock-run/package.json')))];
  } catch {
    return [];
  }
}

function unpacked(path: string): string {
  return path.replace(/\.asar(?=$|[\\/])/, '.asar.unpacked');
}
