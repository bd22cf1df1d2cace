import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { ABI_TABLE, linuxOfAbi, NEWEST_ABI } from '../kernel/abi-table.ts';
import { FILTER_FEATURES } from '../kernel/filter-features.ts';
import { FS_RIGHTS, KERNEL_SCOPES, NET_RIGHTS } from '../kernel/rights.ts';
import type { KernelFacts } from '../ruleset/evaluate.ts';
import type { Hole } from './holes.ts';

/** One right, scope or feature, and whether this kernel has it. */
export interface Availability {
  readonly name: string;
  readonly available: boolean;
  /** The ABI and mainline kernel that brought it. */
  readonly abi: number;
  readonly linux: string;
}

/** The report of --check: a documented shape (docs/check.md), the same for text and JSON. */
export interface CheckReport {
  readonly v: 1;
  /** Would a run with these options be accepted here? */
  readonly accepted: boolean;
  readonly landlock: {
    readonly abi: number;
    readonly linux: string | null;
    /** Why there is none; null where there is. */
    readonly absent: string | null;
    /** This kernel is newer than this program knows. */
    readonly newer: boolean;
    /** Fixed errata by number; null where the kernel does not tell. */
    readonly errata: readonly number[] | null;
  };
  readonly rights: {
    readonly fs: readonly Availability[];
    readonly net: readonly Availability[];
    readonly scope: readonly Availability[];
  };
  readonly filter: readonly { readonly name: string; readonly available: boolean }[];
  /** What the throw-away child tried; empty where it did not get that far. */
  readonly proofs: readonly Proof[];
  readonly diagnostics: readonly Diagnostic[];
  /** What is not stopped under these options on this kernel. */
  readonly notStopped: readonly Hole[];
  /** Warnings about the options; they change nothing about the verdict. */
  readonly lint: readonly Diagnostic[];
}

export interface Proof {
  readonly name: string;
  readonly subject: string;
  readonly expected: string;
  readonly observed: string;
  readonly ok: boolean;
}

/** What the report is made from. */
export interface CheckFacts {
  readonly kernel: KernelFacts & {
    readonly absent: string | undefined;
    readonly errata: readonly number[] | undefined;
  };
  readonly accepted: boolean;
  readonly proofs: readonly Proof[];
  readonly diagnostics: readonly Diagnostic[];
  readonly holes: readonly Hole[];
  readonly lint: readonly Diagnostic[];
}

/** Facts → report. Pure. */
export function makeCheckReport(facts: CheckFacts): CheckReport {
  const { kernel } = facts;
  return {
    v: 1,
    accepted: facts.accepted,
    landlock: {
      abi: kernel.abi,
      linux: linuxOfAbi(kernel.abi) ?? null,
      absent: kernel.absent ?? null,
      newer: kernel.abi > NEWEST_ABI,
      errata: kernel.errata ?? null,
    },
    rights: {
      fs: availability(FS_RIGHTS, kernel.fs, 'fs'),
      net: availability(NET_RIGHTS, kernel.net, 'net'),
      scope: availability(KERNEL_SCOPES, kernel.scopes, 'scopes'),
    },
    filter: FILTER_FEATURES.map((name, bit) => ({ name, available: (kernel.filter & (1 << bit)) !== 0 })),
    proofs: facts.proofs,
    diagnostics: facts.diagnostics,
    notStopped: facts.holes,
    lint: facts.lint,
  };
}

function availability(names: readonly string[], mask: number, column: 'fs' | 'net' | 'scopes'): Availability[] {
  return names.map((name, bit) => {
    const row = ABI_TABLE.find((one) => (one[column] as readonly string[]).includes(name));
    return { name, available: (mask & (1 << bit)) !== 0, abi: row?.abi ?? 0, linux: row?.linux ?? '' };
  });
}
