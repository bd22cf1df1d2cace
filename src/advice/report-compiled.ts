import type { RequirementKind, Unmet } from '../ruleset/ruleset.ts';

/** What is in a compiled launcher: a documented shape (docs/explain.md), the same for text and JSON. */
export interface CompiledReport {
  readonly v: 1;
  readonly launcher: string;
  readonly architecture: string;
  readonly paths: readonly CompiledPath[];
  readonly ports: readonly { readonly rights: readonly string[]; readonly ports: string; readonly origin: string }[];
  readonly requirements: readonly CompiledRequirement[];
  readonly limits: readonly { readonly name: string; readonly soft: string | null; readonly hard: string | null }[];
  readonly environment: {
    readonly mode: 'inherit' | 'scrub' | 'clear';
    readonly keep: readonly string[];
    readonly unset: readonly string[];
    readonly pass: readonly string[];
    /** Names; values are not told. */
    readonly set: readonly string[];
  };
  /** COMMAND's PATH stays as it is; else directories that it may not search are left out of it. */
  readonly keepPath: boolean;
  readonly chdir: string | null;
  readonly keepFds: readonly string[];
  readonly statusFd: number | null;
  readonly filesRestricted: boolean;
  readonly capabilitiesLost: readonly string[];
  /** How the launcher tells what it has to tell. */
  readonly diagnostics: { readonly json: boolean; readonly verbose: boolean };
  /** Consents that were given when it was made. */
  readonly consents: readonly string[];
}

export interface CompiledPath {
  /** Null: each terminal on descriptors 0 to 2. */
  readonly path: string | null;
  readonly rights: readonly string[];
  readonly origin: string;
  readonly required: boolean;
  /** It may be written, and nothing is said where it is missing; of what is only read nothing is said anyway. */
  readonly optional: boolean;
  /** Granted as one file: a directory there is refused. */
  readonly fileOnly: boolean;
  /** A directory that is made where it is missing. */
  readonly made: boolean;
  readonly profile: boolean;
}

export interface CompiledRequirement {
  readonly kind: RequirementKind;
  readonly names: readonly string[];
  /** Parts of the filter that stand in for it. */
  readonly instead: readonly string[];
  /** What becomes of a run where the kernel lacks it. */
  readonly unmet: Unmet;
  readonly origin: string;
}
