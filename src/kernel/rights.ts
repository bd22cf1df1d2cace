/**
 * Landlock's access rights and scopes by the kernel's own names. Each tuple is in the kernel's bit order (include/uapi/linux/landlock.h),
 * so names, masks, documentation and the policy schema all derive from it.
 */

/** LANDLOCK_ACCESS_FS_*: index is bit number. */
export const FS_RIGHTS = [
  'execute',
  'write_file',
  'read_file',
  'read_dir',
  'remove_dir',
  'remove_file',
  'make_char',
  'make_dir',
  'make_reg',
  'make_sock',
  'make_fifo',
  'make_block',
  'make_sym',
  'refer',
  'truncate',
  'ioctl_dev',
  'resolve_unix',
] as const;
export type FsRight = (typeof FS_RIGHTS)[number];

/** LANDLOCK_ACCESS_NET_*: index is bit number. */
export const NET_RIGHTS = ['bind_tcp', 'connect_tcp', 'bind_udp', 'connect_send_udp'] as const;
export type NetRight = (typeof NET_RIGHTS)[number];

/** LANDLOCK_SCOPE_*: index is bit number. */
export const KERNEL_SCOPES = ['abstract_unix_socket', 'signal'] as const;
export type KernelScope = (typeof KERNEL_SCOPES)[number];

/** LANDLOCK_RESTRICT_SELF_*: index is bit number. */
export const RESTRICT_FLAGS = [
  'log_same_exec_off',
  'log_new_exec_on',
  'log_subdomains_off',
  'tsync',
  'no_new_privs',
] as const;
export type RestrictFlag = (typeof RESTRICT_FLAGS)[number];

/** A set of rights as the kernel takes it: one bit for each. All of them fit a number with room to spare. */
export type Mask = number;

function maskIn<Name extends string>(names: readonly Name[], chosen: readonly Name[]): Mask {
  return chosen.reduce((mask, name) => mask | (1 << names.indexOf(name)), 0);
}

function namesIn<Name extends string>(names: readonly Name[], mask: Mask): Name[] {
  return names.filter((_, bit) => (mask & (1 << bit)) !== 0);
}

export const fsMask = (...rights: readonly FsRight[]): Mask => maskIn(FS_RIGHTS, rights);
export const netMask = (...rights: readonly NetRight[]): Mask => maskIn(NET_RIGHTS, rights);
export const scopeMask = (...scopes: readonly KernelScope[]): Mask => maskIn(KERNEL_SCOPES, scopes);
export const restrictMask = (...flags: readonly RestrictFlag[]): Mask => maskIn(RESTRICT_FLAGS, flags);
export const fsRightsOf = (mask: Mask): FsRight[] => namesIn(FS_RIGHTS, mask);
export const netRightsOf = (mask: Mask): NetRight[] => namesIn(NET_RIGHTS, mask);
export const scopesOf = (mask: Mask): KernelScope[] => namesIn(KERNEL_SCOPES, mask);
export const restrictFlagsOf = (mask: Mask): RestrictFlag[] => namesIn(RESTRICT_FLAGS, mask);

/** Rights that a rule on anything but a directory may hold; any other is EINVAL there (landlock_add_rule(2)). */
export const FILE_RIGHTS: Mask = fsMask('execute', 'write_file', 'read_file', 'truncate', 'ioctl_dev', 'resolve_unix');

/** Rights by which something is changed: what makes a grant a grant "with write". */
export const WRITE_RIGHTS: Mask = fsMask(
  'write_file',
  'remove_dir',
  'remove_file',
  'make_char',
  'make_dir',
  'make_reg',
  'make_sock',
  'make_fifo',
  'make_block',
  'make_sym',
  'refer',
  'truncate',
);

/** The groups of contract and command line, each a set of the kernel's rights. */
export const RIGHT_GROUPS = {
  read: fsMask('read_file', 'read_dir'),
  write: fsMask('write_file', 'truncate'),
  exec: fsMask('execute'),
  // refer is in both: a rename or link across directories needs it at either end, beside what creates and removes.
  create: fsMask('make_reg', 'make_dir', 'make_sym', 'make_fifo', 'make_sock', 'refer'),
  remove: fsMask('remove_file', 'remove_dir', 'refer'),
} as const satisfies Record<string, Mask>;
export type RightGroup = keyof typeof RIGHT_GROUPS;

/** What the kinds of grant stand for. */
export const GRANT_RIGHTS = {
  ro: RIGHT_GROUPS.read | RIGHT_GROUPS.exec,
  rw:
    RIGHT_GROUPS.read |
    RIGHT_GROUPS.exec |
    RIGHT_GROUPS.write |
    RIGHT_GROUPS.create |
    RIGHT_GROUPS.remove |
    fsMask('ioctl_dev'),
  rwfile: fsMask('read_file', 'write_file', 'truncate', 'ioctl_dev'),
  unix: fsMask('resolve_unix'),
} as const satisfies Record<string, Mask>;
