import type { Mask } from '../kernel/rights.ts';

/** One path of a profile, and the program that fails without it. */
export interface ProfileEntry {
  /** Absolute, or below the caller's home directory with a leading `~/`. */
  readonly path: string;
  readonly access: Mask;
  /** Which program needs it, and what happens otherwise. */
  readonly because: string;
  /** Set for an entry that is a UNIX socket named by an environment variable instead of a path. */
  readonly variable?: string;
}

/** A built-in profile: data, not code. */
export interface Profile {
  readonly name: string;
  readonly summary: string;
  readonly entries: readonly ProfileEntry[];
  /** Profiles that this one takes in. */
  readonly includes?: readonly string[];
  /** Takes the place of the system profile. */
  readonly replacesSystem?: boolean;
  /** Grants each terminal that is already on descriptor 0, 1 or 2. */
  readonly terminals?: boolean;
  /** Claims what `--no-net` and `--no-unix` claim. */
  readonly noNetwork?: boolean;
}
