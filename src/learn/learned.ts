import type { Bytes } from '../base/bytes.ts';
import { fsMask, GRANT_RIGHTS, type Mask, RIGHT_GROUPS } from '../kernel/rights.ts';

/** How a learned grant is written: `list` and `read` are exact rights, the rest are the policy's own words. */
export type LearnedForm = 'list' | 'read' | 'ro' | 'rwfile' | 'rw' | 'unix';

export const FORM_ACCESS: Readonly<Record<LearnedForm, Mask>> = {
  list: fsMask('read_dir'),
  read: RIGHT_GROUPS.read,
  ro: GRANT_RIGHTS.ro,
  rwfile: GRANT_RIGHTS.rwfile,
  rw: GRANT_RIGHTS.rw,
  unix: GRANT_RIGHTS.unix,
};

/** One entry of a learned policy. */
export interface LearnedGrant {
  readonly path: Bytes;
  readonly form: LearnedForm;
  /** Who did what, by program. */
  readonly because: ReadonlyMap<Bytes, ReadonlySet<string>>;
  /** What the path is, where a rule chose it. */
  readonly what: string | undefined;
}

/** What a run needed and no grant may give: told, and not written. */
export interface LeftOut {
  readonly path: Bytes;
  readonly because: ReadonlyMap<Bytes, ReadonlySet<string>>;
  readonly why: string;
}

/** The shortest options that say the same as a grant. */
export function flagOf(form: LearnedForm): string {
  if (form === 'list') return '--grant read_dir:';
  return form === 'read' ? '--grant read:' : `--${form} `;
}
