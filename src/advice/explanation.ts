import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Hole } from './holes.ts';

/** One grant as it is enforced: what was asked, what it comes to here. */
export interface GrantRow {
  readonly path: string;
  /** Where the path leads through links; null where it is the same. */
  readonly resolved: string | null;
  readonly kind: 'directory' | 'file';
  /** The rights that are granted and that this path can hold, by the kernel's names; which of them the kernel knows is in `handled`. */
  readonly rights: readonly string[];
  readonly origin: string;
  /** It is not there yet, and the run makes it (`--tmp`). */
  readonly made: boolean;
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

export interface FilesRow {
  /** The rights on files that this kernel enforces; what is not among them is open to COMMAND everywhere. */
  readonly handled: readonly string[];
  readonly writable: readonly GrantRow[];
  readonly readable: readonly GrantRow[];
  /** UNIX sockets that may be connected to. */
  readonly sockets: readonly GrantRow[];
  readonly profiles: readonly ProfileRow[];
  /** The terminals on descriptors 0 to 2 are granted, and there is one. */
  readonly terminal: boolean;
  readonly skipped: readonly SkippedRow[];
}

/** What COMMAND comes to. */
export interface CommandRow {
  readonly name: string;
  readonly outcome: 'runs' | 'fails' | 'unknown';
  /** The file that runs; null where none does or it is not known. */
  readonly file: string | null;
  readonly exit: number | null;
  /** `exec`: landlock-run itself says so and ends; `start`: execve goes well, and the loader or env then gives up. Null where it does not fail. */
  readonly stage: 'exec' | 'start' | null;
  /** Why it fails, in one sentence; null where it does not. */
  readonly reason: string | null;
  /** Candidates that are passed over, and why. */
  readonly passedOver: readonly { readonly file: string; readonly reason: string }[];
  readonly denied: readonly { readonly file: string; readonly why: string }[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  /** Options that would make it run, ready to paste. */
  readonly proposal: string;
}

/** How far a direction reaches: `any`, `none` or ports; and whether this kernel keeps it to that. */
export interface DirectionRow {
  readonly ports: string;
  readonly enforced: boolean;
}

export interface NetworkRow {
  readonly tcp: { readonly connect: DirectionRow; readonly bind: DirectionRow };
  readonly udp: { readonly connect: DirectionRow; readonly bind: DirectionRow };
  readonly other: { readonly value: 'any' | 'none'; readonly enforced: boolean };
  readonly unix: string;
}

/** What becomes of a variable of the caller, or is new. */
export interface VariableRow {
  readonly name: string;
  readonly change: 'set' | 'removed';
}

/** The part of an explanation that there is even where the policy itself is refused. */
export interface Verdict {
  readonly v: 1;
  /** Would a run start here? */
  readonly starts: boolean;
  /** Why not, and warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly kernel: { readonly abi: number; readonly linux: string | null; readonly absent: string | null };
}

/** The answer of --explain: a documented, versioned shape (docs/explain.md), the same for text and JSON. */
export interface Explanation extends Verdict {
  readonly level: 'strict' | 'best_effort';
  /** Null where files are left alone. */
  readonly files: FilesRow | null;
  readonly network: NetworkRow;
  readonly scopes: readonly { readonly name: string; readonly state: string }[];
  /** The parts of the seccomp filter that the policy brings (docs/filter.md). */
  readonly filter: readonly string[];
  /** What this kernel cannot enforce of what was asked, or of the usual hardening. */
  readonly unenforced: readonly UnenforcedRow[];
  readonly notStopped: readonly Hole[];
  /** Null where no COMMAND was given. */
  readonly command: CommandRow | null;
  readonly process: readonly { readonly what: string; readonly value: string }[];
  /** Every variable that COMMAND finds changed, by name; values are not told. */
  readonly environment: readonly VariableRow[];
  /** Warnings of the lint. */
  readonly lint: readonly Diagnostic[];
}

export interface UnenforcedRow {
  readonly text: string;
  /** What that makes of the sandbox, held against the policy; `unlogged`: it restricts as it should, and nobody hears of denials. */
  readonly direction: 'weaker' | 'stricter' | 'unlogged';
  /** Nobody asked for it: it is hardening that is on where the kernel has it. */
  readonly hardening: boolean;
  /** Strict refuses the run for it. */
  readonly refuses: boolean;
}
