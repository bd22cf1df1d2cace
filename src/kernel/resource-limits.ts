/** One resource of prlimit(1), by its name there. */
export interface ResourceLimit {
  /** RLIMIT_* number (include/uapi/asm-generic/resource.h; x86-64 and arm64 agree). */
  readonly number: number;
  /** What a value counts. Only bytes take the suffixes K, M, G, T. */
  readonly unit: 'bytes' | 'seconds' | 'microseconds' | 'count';
  /** Set where the kernel accepts the limit and does nothing with it (setrlimit(2)): promising it would be a lie. */
  readonly ignored?: string;
}

export const RESOURCE_LIMITS: Readonly<Record<string, ResourceLimit>> = {
  as: { number: 9, unit: 'bytes' },
  core: { number: 4, unit: 'bytes' },
  cpu: { number: 0, unit: 'seconds' },
  data: { number: 2, unit: 'bytes' },
  fsize: { number: 1, unit: 'bytes' },
  locks: { number: 10, unit: 'count', ignored: 'Linux ignores it since 2.4.25' },
  memlock: { number: 8, unit: 'bytes' },
  msgqueue: { number: 12, unit: 'bytes' },
  nice: { number: 13, unit: 'count' },
  nofile: { number: 7, unit: 'count' },
  nproc: { number: 6, unit: 'count' },
  rss: { number: 5, unit: 'bytes', ignored: 'Linux ignores it since 2.4.30' },
  rtprio: { number: 14, unit: 'count' },
  rttime: { number: 15, unit: 'microseconds' },
  sigpending: { number: 11, unit: 'count' },
  stack: { number: 3, unit: 'bytes' },
};

/** RLIM_INFINITY: all ones. */
export const UNLIMITED = 0xffff_ffff_ffff_ffffn;
