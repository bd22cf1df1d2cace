import type { Bytes } from '../base/bytes.ts';
import type { Origin } from '../diagnostics/origin.ts';
import type { Mask } from '../kernel/rights.ts';
import type { PortRange } from '../policy/port.ts';
import type { GrantForm, GrantSource } from '../policy/statement.ts';

/** What happens where this kernel cannot meet a requirement. */
export type Unmet = 'drop' | 'warn' | 'refuse';

export type RequirementKind = 'fs' | 'net' | 'scope' | 'restrict' | 'abi' | 'filter';

/** One thing that the kernel must be able to do for the policy to mean what it says (docs/plan-format.md, "Requirements"). */
export interface Requirement {
  readonly kind: RequirementKind;
  /** Bits of the kind; for `abi` the smallest version accepted. */
  readonly bits: Mask;
  /** Filter features that stand in where the kernel lacks the bits. */
  readonly alternative: Mask;
  readonly unmet: Unmet;
  /** The user asked for it, so it counts when asking whether anything is enforced at all. */
  readonly stated: boolean;
  /** Where it is absent the kernel denies more, not less. */
  readonly stricter: boolean;
  readonly origin: Origin | undefined;
  /** What is lacking where it is unmet, for reports: `TCP by port: needs Landlock ABI 4 (Linux 6.7)`. */
  readonly lack: string;
  /** The diagnostic that is printed where it is unmet and not simply dropped. */
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

/** A path_beneath rule: all grants of one path, united. */
export interface PathRule {
  readonly path: Bytes;
  readonly access: Mask;
  /** Index of the rule whose descriptor this one is opened from: the nearest above it with write. */
  readonly parent: number | undefined;
  /** Where in the path the part below the parent begins; 0 without parent. */
  readonly relative: number;
  readonly required: boolean;
  readonly optional: boolean;
  /** No directory may stand there (`--rwfile`). */
  readonly fileOnly: boolean;
  /** Made if missing (`--tmp`). */
  readonly makeDirectory: boolean;
  readonly source: GrantSource;
  readonly form: GrantForm;
  readonly origin: Origin;
}

/** A net_port rule over a range of ports. */
export interface PortRule {
  readonly access: Mask;
  readonly range: PortRange;
  readonly origin: Origin;
}

/** A grant that adds nothing to one above it, and so is not opened. */
export interface RedundantGrant {
  readonly path: Bytes;
  readonly origin: Origin;
  readonly coveredBy: Bytes;
}

/** What Landlock and the filter get: everything that a policy means to the kernel, for any kernel. */
export interface Ruleset {
  readonly requirements: readonly Requirement[];
  readonly paths: readonly PathRule[];
  readonly ports: readonly PortRule[];
  /** The terminals on descriptors 0 to 2 are granted, with these rights; 0 = not. */
  readonly terminalAccess: Mask;
  readonly redundant: readonly RedundantGrant[];
}
