import type { Bytes } from '../base/bytes.ts';
import { WRITE_RIGHTS } from '../kernel/rights.ts';
import type { FileView } from './overlap.ts';
import { directoryOf, joinPath, ROOT, withoutDotDot } from './path.ts';
import type { Grant } from './statement.ts';

/** What following a path by hand needs to see of the file system. */
export interface LinkView extends Pick<FileView, 'resolve'> {
  /** What a symbolic link holds; undefined for anything else. The path has no link in its directory part. */
  readLink(path: Bytes): Bytes | undefined;
}

/** The kernel follows no more links than this in one path (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * Names what lies below a grant with write by that grant's own path, however it was spelled (through a link, or by `..`): links are followed
 * up to where the path enters what is writable, and no further. From there on an earlier run decides what the path is, so it must be opened from
 * that grant's descriptor (makePathRules), and that is chosen by the letter. Links on the way in lie outside of what is writable, so nobody who
 * is held by the policy can change them between this look and the opening.
 *
 * A grant that is itself such a directory keeps its spelling, and is opened by it: a compiled launcher follows the link as it is when it runs.
 */
export function anchorGrants<Held extends Grant>(grants: readonly Held[], view: LinkView): Held[] {
  const writable = new Set(
    grants.filter((grant) => (grant.access & WRITE_RIGHTS) !== 0).map((grant) => view.resolve(grant.path)),
  );
  if (writable.size === 0) return [...grants];
  return grants.map((grant) => {
    const path = pathFromWritable(grant.path, writable, view);
    if (path === undefined || path === grant.path) return grant;
    return writable.has(path) ? { ...grant, anchor: path } : { ...grant, path };
  });
}

/** The path from the first directory on its way that is writable, by that directory's resolved path; undefined where it enters none. */
export function pathFromWritable(
  path: Bytes,
  writable: { has(path: Bytes): boolean },
  view: LinkView,
): Bytes | undefined {
  const rest = partsOf(path);
  let at = ROOT;
  for (let links = 0; links <= MOST_LINKS; ) {
    // What a `..` leaves again was not entered.
    if (writable.has(at) && rest.at(0) !== '..') return withoutDotDot(joinParts(at, rest));
    const part = rest.shift();
    if (part === undefined) return undefined;
    if (part === '..') {
      at = directoryOf(at);
      continue;
    }
    const next = joinPath(at, part as Bytes);
    const target = view.readLink(next);
    if (target === undefined) {
      at = next;
      continue;
    }
    links++;
    if (target.startsWith('/')) at = ROOT;
    rest.unshift(...partsOf(target));
  }
  return undefined;
}

function partsOf(path: Bytes): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function joinParts(directory: Bytes, parts: readonly string[]): Bytes {
  return parts.length === 0 ? directory : joinPath(directory, parts.join('/') as Bytes);
}
