/** The numbers of docs/plan-format.md, version 1. native/core/plan.h has the same ones. */
export const PLAN_MAGIC = 'LLRPLAN\0';
export const PLAN_VERSION = 1;
export const HEADER_SIZE = 144;
export const TABLES_AT = 48;
export const STRINGS_AT = 128;
export const CHDIR_ORIGIN_AT = 136;
export const LISTEN_ORIGIN_AT = 140;
export const NO_PARENT = 0xffff_ffff;

export const PLAN_FLAGS = {
  files: 1 << 0,
  allowUnsandboxed: 1 << 1,
  allowOverlap: 1 << 2,
  verbose: 1 << 3,
  json: 1 << 4,
  envClear: 1 << 5,
  keepPath: 1 << 6,
  keepFdArgs: 1 << 7,
  keepFdListen: 1 << 8,
} as const;

export const PATH_FLAGS = {
  stated: 1 << 0,
  required: 1 << 1,
  optional: 1 << 2,
  profile: 1 << 3,
  fileOnly: 1 << 4,
  makeDirectory: 1 << 5,
  stdioTerminal: 1 << 6,
  write: 1 << 7,
} as const;

export const REQUIREMENT_KINDS = { fs: 0, net: 1, scope: 2, restrict: 3, abi: 4, filter: 5 } as const;
export const REQUIREMENT_ACTIONS = { drop: 0, warn: 1, refuse: 2 } as const;
export const REQUIREMENT_FLAGS = { stated: 1 << 0, stricter: 1 << 1 } as const;
