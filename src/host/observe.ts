import { accessSync, statSync } from 'node:fs';
import type { FileIdentity, ObservedRule, PathState } from '../advice/reach.ts';
import { type Bytes, bufferOfBytes } from '../base/bytes.ts';
import type { FileView } from '../policy/overlap.ts';
import { isBelowOrSame } from '../policy/path.ts';
import type { PathRule } from '../ruleset/ruleset.ts';
import { isForeignDescriptor } from './descriptor-path.ts';

/**
 * Looks at every path of a ruleset, for reports. What it sees is advice: the run opens each path itself.
 *
 * @param allowOverlap grants a path all the same that a link leads out of the writable directory above it.
 */
export function observeRules(rules: readonly PathRule[], view: FileView, allowOverlap: boolean): ObservedRule[] {
  return rules.map((rule) => {
    const resolved = view.resolve(rule.path);
    const parent = rule.parent === undefined ? undefined : rules[rule.parent];
    const outside = !allowOverlap && parent !== undefined && !isBelowOrSame(resolved, view.resolve(parent.path));
    const state = stateOf(rule.path);
    const made = state === 'missing' && rule.makeDirectory;
    const seen = made ? 'directory' : outside && state !== 'missing' ? 'leads-outside' : state;
    return { rule, resolved, state: seen, identity: identityOf(rule.path) ?? resolved, made };
  });
}

/** Which file stands at a path, links followed; undefined where none does. */
export function identityOf(path: Bytes): FileIdentity | undefined {
  try {
    const { dev, ino } = statSync(bufferOfBytes(path), { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** The same, each path looked at once; the path itself where nothing is there. */
export function makeIdentify(): (path: Bytes) => FileIdentity {
  const known = new Map<Bytes, FileIdentity>();
  return (path) => {
    const seen = known.get(path) ?? identityOf(path) ?? path;
    known.set(path, seen);
    return seen;
  };
}

/** What stands at a path, links followed. */
export function stateOf(path: Bytes): PathState {
  if (isForeignDescriptor(path)) return 'missing';
  try {
    return statSync(bufferOfBytes(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unopenable';
  }
}

/** Does anything exist at this path? */
export function exists(path: Bytes): boolean {
  if (isForeignDescriptor(path)) return false;
  try {
    accessSync(bufferOfBytes(path));
    return true;
  } catch {
    return false;
  }
}
