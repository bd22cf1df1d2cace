/**
 * Capabilities with which root could go round a files policy: load a module, read the raw disk, mount, read kernel memory.
 * Numbers from include/uapi/linux/capability.h; they never change.
 */
export const VOIDING_CAPABILITIES = {
  CAP_SYS_MODULE: 16,
  CAP_SYS_RAWIO: 17,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_BOOT: 22,
  CAP_MKNOD: 27,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

/** All of them as one mask by capability number (64 bits, so a bigint). */
export const VOIDING_CAPABILITIES_MASK: bigint = Object.values(VOIDING_CAPABILITIES).reduce(
  (mask, number) => mask | (1n << BigInt(number)),
  0n,
);
