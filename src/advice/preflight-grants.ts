import type { Bytes } from '../base/bytes.ts';
import type { Inspection } from '../executable/inspection.ts';
import type { Mask } from '../kernel/rights.ts';
import { maskOf } from './preflight.ts';

/** A grant on one file. */
export interface FileGrant {
  /** As it is opened: the kernel follows the links when the rule is made. */
  readonly path: Bytes;
  readonly access: Mask;
}

/**
 * The grants of `--add-command`: exactly the files that were found for the candidate that would run and the programs that it looks up,
 * and the loader's own files; no directory. Empty where nothing would run.
 */
export function neededGrants(inspection: Inspection): FileGrant[] {
  return inspection.needs.map((need) => ({ path: need.path, access: maskOf(need) }));
}
