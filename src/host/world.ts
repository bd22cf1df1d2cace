import { lstatSync, statSync } from 'node:fs';
import { type Bytes, bufferOfBytes } from '../base/bytes.ts';
import type { World } from '../learn/world.ts';
import type { FileView } from '../policy/overlap.ts';
import { exists } from './observe.ts';

/**
 * This machine as generalising sees it, after a run. Each answer is kept.
 *
 * @param began when the run began, in nanoseconds; asked for late, since the run begins after this is made.
 */
export function makeWorld(view: FileView, home: Bytes | undefined, began: () => bigint): World {
  const born = new Map<Bytes, boolean | undefined>();
  const kinds = new Map<Bytes, ReturnType<World['kind']>>();
  return {
    home: home === undefined ? undefined : view.resolve(home),
    resolve: (path) => view.resolve(path),
    kind: (path) => remembered(kinds, path, () => kindOf(path)),
    bornSince: (path) => remembered(born, path, () => bornSince(path, began())),
    has: (directory, name) => exists(`${directory}/${name}` as Bytes),
  };
}

function remembered<Value>(known: Map<Bytes, Value>, path: Bytes, look: () => Value): Value {
  if (!known.has(path)) known.set(path, look());
  return known.get(path) as Value;
}

function kindOf(path: Bytes): ReturnType<World['kind']> {
  try {
    const status = statSync(bufferOfBytes(path));
    return status.isDirectory() ? 'directory' : status.isFile() ? 'file' : 'special';
  } catch {
    return 'missing';
  }
}

/** statx(2) gives the time of birth; file systems without one give 0. */
function bornSince(path: Bytes, began: bigint): boolean | undefined {
  try {
    const { birthtimeNs } = lstatSync(bufferOfBytes(path), { bigint: true });
    return birthtimeNs === 0n ? undefined : birthtimeNs >= began;
  } catch {
    return undefined;
  }
}
