import type { Bytes } from '../base/bytes.ts';
import { SCRUB_GLOBS } from '../policy/environment.ts';
import type { EnvEdits } from '../policy/policy.ts';

/** What becomes of one variable of the caller in COMMAND's environment: the order of docs/plan-format.md, for one name. Pure. */
export function variableAfterEdits(name: Bytes, value: Bytes | undefined, edits: EnvEdits): Bytes | undefined {
  const set = edits.set.find((one) => one.name === name);
  if (set !== undefined) return set.value;
  if (value === undefined || edits.pass.includes(name)) return value;
  const kept = edits.keep.some((glob) => matchesGlob(name, glob));
  if (edits.mode.value === 'clear' && !kept) return undefined;
  if (edits.mode.value === 'scrub' && !kept && isScrubbed(name)) return undefined;
  return edits.unset.some((glob) => matchesGlob(name, glob)) ? undefined : value;
}

/** Is the name one that `scrub` takes away? */
export function isScrubbed(name: string): boolean {
  return SCRUB_GLOBS.some((glob) => matchesGlob(name.toUpperCase(), glob));
}

/** `*` is any run of bytes, `?` any one. */
export function matchesGlob(name: string, glob: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${pattern}$`).test(name);
}
