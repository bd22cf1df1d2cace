import {
  FS_RIGHTS,
  type FsRight,
  fsMask,
  KERNEL_SCOPES,
  type KernelScope,
  type Mask,
  NET_RIGHTS,
  type NetRight,
  netMask,
  type RestrictFlag,
  restrictMask,
  scopeMask,
} from './rights.ts';

/** One version of Landlock's ABI: what it adds to the one before, and the first mainline kernel that has it. */
export interface AbiRow {
  readonly abi: number;
  readonly linux: string;
  readonly fs: readonly FsRight[];
  readonly net: readonly NetRight[];
  readonly scopes: readonly KernelScope[];
  readonly restrict: readonly RestrictFlag[];
  /** What else came with it, for people. */
  readonly also?: string;
}

/**
 * Every ABI there is. Adding one means adding a row here (and its new names to rights.ts, in bit order).
 * Source: Documentation/userspace-api/landlock.rst and the tags that first held each change.
 */
export const ABI_TABLE: readonly AbiRow[] = [
  { abi: 1, linux: '5.13', fs: FS_RIGHTS.slice(0, 13), net: [], scopes: [], restrict: [] },
  { abi: 2, linux: '5.19', fs: ['refer'], net: [], scopes: [], restrict: [] },
  { abi: 3, linux: '6.2', fs: ['truncate'], net: [], scopes: [], restrict: [] },
  { abi: 4, linux: '6.7', fs: [], net: ['bind_tcp', 'connect_tcp'], scopes: [], restrict: [] },
  { abi: 5, linux: '6.10', fs: ['ioctl_dev'], net: [], scopes: [], restrict: [] },
  { abi: 6, linux: '6.12', fs: [], net: [], scopes: ['abstract_unix_socket', 'signal'], restrict: [] },
  {
    abi: 7,
    linux: '6.15',
    fs: [],
    net: [],
    scopes: [],
    restrict: ['log_same_exec_off', 'log_new_exec_on', 'log_subdomains_off'],
    also: 'audit records; the errata query',
  },
  { abi: 8, linux: '7.0', fs: [], net: [], scopes: [], restrict: ['tsync'] },
  { abi: 9, linux: '7.1', fs: ['resolve_unix'], net: [], scopes: [], restrict: [] },
  {
    abi: 10,
    linux: '7.2',
    fs: [],
    net: ['bind_udp', 'connect_send_udp'],
    scopes: [],
    restrict: [],
    also: 'quiet rules',
  },
  { abi: 11, linux: '7.3', fs: [], net: [], scopes: [], restrict: ['no_new_privs'] },
];

/** Everything that an ABI offers, its own row and all before it. */
export interface AbiMasks {
  readonly fs: Mask;
  readonly net: Mask;
  readonly scopes: Mask;
  readonly restrict: Mask;
}

/** The masks of a kernel that keeps its word about `abi`; 0 (no Landlock) has none, a future one at least the newest known. */
export function masksOfAbi(abi: number): AbiMasks {
  const rows = ABI_TABLE.filter((row) => row.abi <= abi);
  return {
    fs: fsMask(...rows.flatMap((row) => row.fs)),
    net: netMask(...rows.flatMap((row) => row.net)),
    scopes: scopeMask(...rows.flatMap((row) => row.scopes)),
    restrict: restrictMask(...rows.flatMap((row) => row.restrict)),
  };
}

/** The newest ABI that this program knows. */
export const NEWEST_ABI = ABI_TABLE.reduce((newest, row) => Math.max(newest, row.abi), 0);

function rowThat(adds: (row: AbiRow) => boolean): AbiRow {
  const row = ABI_TABLE.find(adds);
  if (row === undefined) throw new Error('a right without a row in the ABI table');
  return row;
}

/** The ABI and kernel that brought a right, scope or flag. */
export const sinceFs = (right: FsRight): AbiRow => rowThat((row) => row.fs.includes(right));
export const sinceNet = (right: NetRight): AbiRow => rowThat((row) => row.net.includes(right));
export const sinceScope = (scope: KernelScope): AbiRow => rowThat((row) => row.scopes.includes(scope));
export const sinceRestrict = (flag: RestrictFlag): AbiRow => rowThat((row) => row.restrict.includes(flag));

/** `Landlock ABI 4 (Linux 6.7)`. */
export function describeAbi(row: AbiRow): string {
  return `Landlock ABI ${row.abi} (Linux ${row.linux})`;
}

/** The first mainline kernel of an ABI, where it is known. */
export function linuxOfAbi(abi: number): string | undefined {
  return ABI_TABLE.find((row) => row.abi === abi)?.linux;
}

/** All rights that this program knows, for the sake of documentation and checks. */
export const ALL_FS: Mask = (1 << FS_RIGHTS.length) - 1;
export const ALL_NET: Mask = (1 << NET_RIGHTS.length) - 1;
export const ALL_SCOPES: Mask = (1 << KERNEL_SCOPES.length) - 1;
