import type { Bytes } from '../base/bytes.ts';
import { ancestorsOf, directoryOf, isBelowOrSame } from '../policy/path.ts';
import { MARKERS, PREFIX, SECRET_PLACES, TREES, VERSION } from './rules.ts';
import { isTooWide } from './wide.ts';
import type { World } from './world.ts';

/** A tree that a path belongs to. */
export interface Tree {
  readonly root: Bytes;
  readonly what: string;
  readonly write: 'tree' | 'directory';
}

/** The tree that a path belongs to by the rules, the first that holds; nothing where it is granted by itself. */
export function treeOf(path: Bytes, world: World): Tree | undefined {
  if (SECRET_PLACES.some((place) => isBelowOrSame(path, place as Bytes))) return undefined;
  return treeByPath(path, world) ?? treeByMarker(path, world);
}

function treeByPath(path: Bytes, world: World): Tree | undefined {
  for (const { pattern, what, write } of TREES) {
    const root = pattern.exec(path)?.[1] as Bytes | undefined;
    if (root === undefined || !isUsable(root, world)) continue;
    return { root: withoutVersion(root, world), what, write };
  }
  return undefined;
}

function treeByMarker(path: Bytes, world: World): Tree | undefined {
  const above = [...(world.kind(path) === 'directory' ? [path] : []), ...ancestorsOf(path)].filter((one) =>
    isUsable(one, world),
  );
  for (const { names, what, write } of MARKERS) {
    const root = above.find((directory) => names.every((name) => world.has(directory, name)));
    if (root !== undefined) return { root, what, write };
  }
  return undefined;
}

/** What was installed together with an executable; nothing where that is too wide. */
export function prefixOf(path: Bytes, world: World): Bytes | undefined {
  const root = PREFIX.exec(path)?.[1] as Bytes | undefined;
  return root !== undefined && isUsable(root, world) ? withoutVersion(root, world) : undefined;
}

function withoutVersion(root: Bytes, world: World): Bytes {
  const above = directoryOf(root);
  return VERSION.test(root.slice(above.length + 1)) && isUsable(above, world) ? above : root;
}

/** A root that was there before the run and is not too wide. */
function isUsable(root: Bytes, world: World): boolean {
  return !isTooWide(root, world.home) && world.kind(root) === 'directory' && world.bornSince(root) !== true;
}
