import type { Bytes } from '../base/bytes.ts';
import type { Mask } from '../kernel/rights.ts';
import type { Direction, Transport } from '../policy/statement.ts';

/** A Landlock right that an act takes, and on what. */
export interface Need {
  /** Absolute; the kernel's own resolved form where the trace has it. */
  readonly path: Bytes;
  readonly access: Mask;
  /**
   * `self`: on what is there; `parent`: on the directory in which something is made or removed; `made`: on what the call makes
   * if it is not there (O_CREAT), and then the right falls to the directory, but for devices; `source`: on the directory that a hard link leads out of, which is not learned:
   * it would take write on what is only read, the kernel answers EXDEV without, and programs then copy.
   */
  readonly on: 'self' | 'parent' | 'made' | 'source';
}

/** What a traced process did, or tried. */
export type Act =
  | { readonly kind: 'path'; readonly path: Bytes; readonly needs: readonly Need[] }
  | {
      readonly kind: 'port';
      readonly transport: Transport;
      readonly direction: Direction;
      readonly port: number;
    }
  | { readonly kind: 'socket'; readonly family: 'tcp' | 'udp' | 'unix' | 'other' }
  /** A UNIX socket was bound or connected to; an abstract one has no path. */
  | { readonly kind: 'unix'; readonly direction: Direction; readonly path: Bytes; readonly abstract: boolean }
  | { readonly kind: 'signal'; readonly target: number }
  /** What no grant allows: mount, pivot_root. */
  | { readonly kind: 'never' };

export interface TraceEvent {
  readonly pid: number;
  readonly program: Bytes;
  /** One word or two for people: `read`, `make directory`. */
  readonly verb: string;
  readonly act: Act;
  /** Undefined where it succeeded. */
  readonly errno: string | undefined;
}
