import type { Bytes } from '../base/bytes.ts';
import type { Origin } from '../diagnostics/origin.ts';
import type { Limit } from './limit.ts';
import type { PortRange } from './port.ts';
import type { AuditLevel, EnvMode, Grant, ScopeName } from './statement.ts';

/** A value and who said so; `origin` is undefined where nobody did and it is the default. */
export interface Settled<T> {
  readonly value: T;
  readonly origin: Origin | undefined;
}

/** What a direction of a transport may reach. A list without ranges is "nothing". */
export type PortAccess =
  | { readonly kind: 'any' }
  | { readonly kind: 'only'; readonly ranges: readonly PortRange[]; readonly origin: Origin };

/** TCP or UDP, mentioned. Both directions `any` restrict nothing. */
export interface Sockets {
  readonly connect: PortAccess;
  readonly bind: PortAccess;
  readonly origin: Origin;
}

export interface Files {
  readonly grants: readonly Grant[];
  readonly origin: Origin;
}

/** What the user asked for, settled from all sources and checked as far as it can be without looking at files. Immutable. */
export interface Policy {
  /** Undefined: left alone, whether unmentioned or `any`. */
  readonly files: Files | undefined;
  /** `fs: any` was stated. */
  readonly filesAny: boolean;
  readonly profiles: readonly Settled<string>[];
  readonly bare: Settled<boolean>;
  readonly tmp: Settled<Bytes> | undefined;
  readonly addCommand: Settled<boolean>;
  readonly tcp: Sockets | undefined;
  readonly udp: Sockets | undefined;
  readonly otherNet: Settled<'any' | 'none'>;
  readonly noNet: Settled<boolean>;
  readonly noUnix: Settled<boolean>;
  readonly scopes: Readonly<Record<ScopeName, Settled<boolean>>>;
  readonly audit: Settled<AuditLevel>;
  readonly keepCaps: Settled<boolean>;
  readonly keepPath: Settled<boolean>;
  readonly compatibility: Settled<'strict' | 'best_effort'>;
  readonly minAbi: Settled<number> | undefined;
  readonly requirePaths: Settled<boolean>;
  readonly allowOverlap: Settled<boolean>;
  readonly allowUnsandboxed: Settled<boolean>;
  readonly env: EnvEdits;
  readonly limits: readonly Settled<Limit>[];
  readonly chdir: Settled<Bytes> | undefined;
  readonly keepFds: readonly Settled<number | 'args' | 'listen'>[];
  readonly statusFd: Settled<number> | undefined;
}

/** Edits of COMMAND's environment, applied in this order: mode, unset, set. `keep` survives any mode, `pass` everything. */
export interface EnvEdits {
  readonly mode: Settled<EnvMode>;
  readonly keep: readonly Bytes[];
  readonly unset: readonly Bytes[];
  readonly pass: readonly Bytes[];
  readonly set: readonly { readonly name: Bytes; readonly value: Bytes; readonly origin: Origin }[];
}
