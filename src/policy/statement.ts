import type { Bytes } from '../base/bytes.ts';
import type { Origin } from '../diagnostics/origin.ts';
import type { Mask } from '../kernel/rights.ts';
import type { Limit } from './limit.ts';
import type { PortRange } from './port.ts';

/** The scopes of the contract: two of the kernel's, two that are rights, one that is the filter's. */
export const SCOPE_NAMES = [
  'signal',
  'abstract-unix-socket',
  'pathname-unix-socket',
  'device-ioctl',
  'terminal',
] as const;
export type ScopeName = (typeof SCOPE_NAMES)[number];

export const AUDIT_LEVELS = ['off', 'command', 'all'] as const;
export type AuditLevel = (typeof AUDIT_LEVELS)[number];

export const ENV_MODES = ['inherit', 'scrub', 'clear'] as const;
export type EnvMode = (typeof ENV_MODES)[number];

/** How a grant was written; `tmp` is `--tmp`, granted like rw; `command` is `--add-command`. */
export type GrantForm = 'ro' | 'rw' | 'rwfile' | 'grant' | 'unix' | 'tmp' | 'command';

/** Who asked for a grant: the user, a profile, or a config that the user pointed to. */
export type GrantSource = 'stated' | 'profile' | 'discovered';

export interface Grant {
  /** Absolute and clean (policy/path.ts). */
  readonly path: Bytes;
  /** Where the path leads, if that is a grant with write and was named through a link: what other paths are compared with (anchor.ts). */
  readonly anchor?: Bytes;
  readonly access: Mask;
  readonly form: GrantForm;
  readonly source: GrantSource;
  readonly required: boolean;
  readonly optional: boolean;
  readonly origin: Origin;
}

/** Settings that have one value: a later rank loses to an earlier one, equal ranks must agree. */
export interface Settings {
  bare: boolean;
  tmp: Bytes;
  no_unix: boolean;
  audit: AuditLevel;
  keep_caps: boolean;
  keep_path: boolean;
  compatibility: 'strict' | 'best_effort';
  require_paths: boolean;
  allow_overlap: boolean;
  allow_unsandboxed: boolean;
  add_command: boolean;
  env_mode: EnvMode;
  chdir: Bytes;
  status_fd: number;
}
export type SettingName = keyof Settings;

type SettingStatement = {
  [Name in SettingName]: { readonly kind: 'setting'; readonly name: Name; readonly value: Settings[Name] };
}[SettingName];

export type Direction = 'connect' | 'bind';
export type Transport = 'tcp' | 'udp';

/** One thing that a source says. A policy is what all statements of all sources come to. */
export type StatementBody =
  | { readonly kind: 'grant'; readonly grant: Grant }
  /** Files are mentioned (`fs: {}`), or stated to be unrestricted (`fs: any`). */
  | { readonly kind: 'files'; readonly value: 'only' | 'any' }
  | { readonly kind: 'deny'; readonly path: Bytes }
  | { readonly kind: 'profile'; readonly name: string }
  /** A category is mentioned; what it grants is said by ports. */
  | { readonly kind: 'transport'; readonly transport: Transport }
  | {
      readonly kind: 'ports';
      readonly transport: Transport;
      readonly direction: Direction;
      /** `none` is a claim: who grants what it denies is refused. */
      readonly ports: PortRange | 'any' | 'none';
    }
  | { readonly kind: 'other_net'; readonly value: 'any' | 'none' }
  | { readonly kind: 'no_net' }
  | { readonly kind: 'scope'; readonly name: ScopeName; readonly on: boolean }
  | { readonly kind: 'min_abi'; readonly abi: number }
  | { readonly kind: 'env'; readonly action: 'keep' | 'unset' | 'pass'; readonly name: Bytes }
  | { readonly kind: 'env_set'; readonly name: Bytes; readonly value: Bytes }
  | { readonly kind: 'limit'; readonly limit: Limit }
  | { readonly kind: 'keep_fd'; readonly fd: number | 'args' | 'listen' }
  | SettingStatement;

export type Statement = StatementBody & {
  readonly origin: Origin;
  /** 0 is the command line, 1 a policy file, 2 what that extends, and so on: the smaller one wins a single value. */
  readonly rank: number;
};
