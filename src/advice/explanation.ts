import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Hole } from './holes.ts';

/** One grant as it is enforced: what was asked, what it comes to here. */
export interface GrantRow {
  readonly path: string;
  /** Where the path leads through links; null where it is the same. */
  readonly resolved: string | null;
  readonly kind: 'directory' | 'file';
  /** The rights that this kernel enforces and this path can hold, by the kernel's names. */
  readonly rights: readonly string[];
  readonly origin: string;
}

/** A grant that comes to nothing here. */
export interface SkippedRow {
  readonly path: string;
  readonly origin: string;
  readonly reason: string;
}

export interface ProfileRow {
  readonly name: string;
  readonly summary: string;
  readonly grants: readonly GrantRow[];
}

/** What COMMAND comes to. */
export interface CommandRow {
  readonly name: string;
  readonly outcome: 'runs' | 'fails' | 'unknown';
  /** The file that runs; null where none does or it is not known. */
  readonly file: string | null;
  readonly exit: number | null;
  /** Candidates that are passed over, and why. */
  readonly passedOver: readonly { readonly file: string; readonly reason: string }[];
  readonly denied: readonly { readonly file: string; readonly why: string }[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  /** Options that would make it run, ready to paste. */
  readonly proposal: string;
}

/** How far sockets of a kind reach: `any`, or what is granted. */
export interface NetworkRow {
  readonly tcp: { readonly connect: string; readonly bind: string };
  readonly udp: { readonly connect: string; readonly bind: string };
  readonly other: string;
  readonly unix: string;
}

/** The answer of --explain: a documented, versioned shape (docs/explain.md), the same for text and JSON. */
export interface Explanation {
  readonly v: 1;
  /** Would a run start here? */
  readonly starts: boolean;
  /** Why not, and warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly kernel: { readonly abi: number; readonly linux: string | null; readonly absent: string | null };
  readonly level: 'strict' | 'best_effort';
  /** Null where files are left alone. */
  readonly files: {
    readonly writable: readonly GrantRow[];
    readonly readable: readonly GrantRow[];
    readonly profiles: readonly ProfileRow[];
    readonly skipped: readonly SkippedRow[];
  } | null;
  readonly network: NetworkRow;
  readonly scopes: readonly { readonly name: string; readonly state: string }[];
  /** What this kernel cannot enforce of what was asked, or of the usual hardening. */
  readonly unenforced: readonly { readonly text: string; readonly direction: 'weaker' | 'stricter' }[];
  readonly notStopped: readonly Hole[];
  /** Null where no COMMAND was given. */
  readonly command: CommandRow | null;
  readonly process: readonly { readonly what: string; readonly value: string }[];
  /** Warnings of the lint. */
  readonly lint: readonly Diagnostic[];
}
