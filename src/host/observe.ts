import { accessSync, statSync } from 'node:fs';
import type { ObservedRule, PathState } from '../advice/reach.ts';
import { type Bytes, bufferOfBytes } from '../base/bytes.ts';
import type { FileView } from '../policy/overlap.ts';
import { isBelowOrSame } from '../policy/path.ts';
import type { PathRule } from '../ruleset/ruleset.ts';

/** Looks at every path of a ruleset, for reports. What it sees is advice: the run opens each path itself. */
export function observeRules(rules: readonly PathRule[], view: FileView): ObservedRule[] {
  return rules.map((rule) => {
    const resolved = view.resolve(rule.path);
    const parent = rule.parent === undefined ? undefined : rules[rule.parent];
    const outside = parent !== undefined && !isBelowOrSame(resolved, view.resolve(parent.path));
    const state = stateOf(rule.path);
    return { rule, resolved, state: outside && state !== 'missing' ? 'leads-outside' : state };
  });
}

/** What stands at a path, links followed. */
export function stateOf(path: Bytes): PathState {
  try {
    return statSync(bufferOfBytes(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unopenable';
  }
}

/** Does anything exist at this path? */
export function exists(path: Bytes): boolean {
  try {
    accessSync(bufferOfBytes(path));
    return true;
  } catch {
    return false;
  }
}
