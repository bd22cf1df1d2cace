import type { Bytes } from '../base/bytes.ts';
import { fsMask, type Mask, WRITE_RIGHTS } from '../kernel/rights.ts';
import { directoryOf, isBelow, isBelowOrSame } from '../policy/path.ts';
import { coverEach, type Drafts, unite } from './drafts.ts';
import type { LearnedForm, LearnedGrant, LeftOut } from './learned.ts';
import { MANY_FILES, RANDOM_NAMES, SHARED_TEMPORARY } from './rules.ts';
import { prefixOf, treeOf } from './trees.ts';
import type { Use } from './use.ts';
import { isTooWide } from './wide.ts';
import type { World } from './world.ts';

/** What the rules make of uses. */
export interface Generalised {
  readonly grants: readonly LearnedGrant[];
  readonly profiles: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/** What is granted already, and by what else it could be. */
export interface Already {
  allows(resolved: Bytes, access: Mask): boolean;
  /** Profiles that may be named and that grant the access; the narrowest first. */
  profilesCovering(resolved: Bytes, access: Mask): readonly string[];
}

/**
 * Uses → the fewest grants that the rules allow (rules.ts). What is granted already is left out; so is what a grant may never be given for.
 * Pure but for what `world` looks at.
 */
export function generalise(uses: readonly Use[], already: Already, world: World): Generalised {
  const drafts: Drafts = new Map();
  const leftOut: LeftOut[] = [];
  const profiles = new Set<string>();
  for (const use of uses) {
    if (already.allows(use.path, use.access)) continue;
    const [profile] = already.profilesCovering(use.path, use.access);
    if (profile !== undefined) profiles.add(profile);
    else if (isUngrantable(use)) leftOut.push({ ...use, why: 'files of /proc and /sys are another with each process' });
    else {
      for (const one of use.how === 'change' ? placesOfChange(use, world) : placesOfTouch(use, world)) {
        if (one.form === 'none') leftOut.push({ ...use, path: one.path, why: one.what ?? TOO_WIDE });
        else unite(drafts, one.path, one.form, use, one.what);
      }
    }
  }
  return { grants: coverEach(manyFiles(drafts, world)), profiles: [...profiles].sort(), leftOut };
}

/** Writing to /proc, and reading one process's part of it where /proc is not granted as a whole. */
function isUngrantable({ path, access }: Use): boolean {
  return (
    isBelowOrSame(path, '/proc' as Bytes) || ((access & WRITE_RIGHTS) !== 0 && isBelowOrSame(path, '/sys' as Bytes))
  );
}

/** A grant that a rule chose for a use, or that there can be none. */
interface Placement {
  readonly path: Bytes;
  readonly form: LearnedForm | 'none';
  readonly what: string | undefined;
}

const place = (path: Bytes, form: Placement['form'], what?: string): Placement => ({ path, form, what });

const TOO_WIDE = 'it takes a grant on a directory that is too wide';

/** Something was made, removed or renamed in a directory. */
function placesOfChange({ path, items }: Use, world: World): Placement[] {
  const tree = treeOf(path, world);
  if (tree?.write === 'tree') return [place(tree.root, 'rw', tree.what)];
  if (!isTooWide(path, world.home)) return [place(path, 'rw')];
  if (SHARED_TEMPORARY.includes(path) && [...items].some((item) => isRandom(item) || isGone(item, world))) {
    return [place(path, 'rw', 'names made up anew each time, and not below TMPDIR')];
  }
  // What was made there is there now, so the next run needs only that.
  return [...items].map((item) => {
    if (isGone(item, world) || isOthers(item, world)) return place(item, 'none', TOO_WIDE);
    return place(item, world.kind(item) === 'directory' ? 'rw' : 'rwfile', 'in a directory that is too wide itself');
  });
}

/** Something that was there before was read, written, listed or executed. */
function placesOfTouch({ path, access }: Use, world: World): Placement[] {
  const executes = (access & fsMask('execute')) !== 0;
  const tree = treeOf(path, world);
  if ((access & WRITE_RIGHTS) !== 0) {
    if (tree?.write === 'tree') return [place(tree.root, 'rw', tree.what)];
    return [place(path, 'rwfile'), ...(executes ? [place(path, 'ro')] : [])];
  }
  const form = executes ? 'ro' : 'read';
  if (tree !== undefined) return [place(tree.root, form, tree.what)];
  const prefix = executes ? prefixOf(path, world) : undefined;
  if (prefix !== undefined) return [place(prefix, form, 'where the program is installed')];
  if (world.kind(path) !== 'directory') return [place(path, form)];
  return isTooWide(path, world.home) ? [place(path, 'none', `listing: ${TOO_WIDE}`)] : [place(path, 'list')];
}

/** Many single files of one directory become that directory. */
function manyFiles(drafts: Drafts, world: World): Drafts {
  const byDirectory = new Map<Bytes, LearnedGrant[]>();
  for (const draft of drafts.values()) {
    if ((draft.form !== 'read' && draft.form !== 'ro') || world.kind(draft.path) === 'directory') continue;
    const directory = directoryOf(draft.path);
    byDirectory.set(directory, [...(byDirectory.get(directory) ?? []), draft]);
  }
  for (const [directory, files] of byDirectory) {
    if (files.length < MANY_FILES || isTooWide(directory, world.home)) continue;
    for (const file of files) unite(drafts, directory, file.form, file, 'many of its files');
  }
  return drafts;
}

function isRandom(item: Bytes): boolean {
  const name = item.slice(item.lastIndexOf('/') + 1);
  return RANDOM_NAMES.some((pattern) => pattern.test(name));
}

/** Is it a directory that is too wide itself, and was there before the run? */
function isOthers(item: Bytes, world: World): boolean {
  return world.kind(item) === 'directory' && world.bornSince(item) !== true && isTooWide(item, world.home);
}

function isGone(item: Bytes, world: World): boolean {
  return world.kind(item) === 'missing';
}

/** Is `path` inside one of the grants that may be written? */
export function writableBy(path: Bytes, grants: readonly LearnedGrant[]): LearnedGrant | undefined {
  return grants.find((grant) => grant.form === 'rw' && (isBelow(path, grant.path) || path === grant.path));
}
