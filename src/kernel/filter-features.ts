import type { Mask } from './rights.ts';

/**
 * What the seccomp filter can do, by the bit numbers of the plan format. The native core knows the instructions (native/core/filter.c);
 * here is only which part a policy needs, and how to name it to people.
 */
export const FILTER_FEATURES = [
  'terminal',
  'prlimit',
  'tcp',
  'udp_none',
  'other_net_none',
  'inet_none',
  'unix_none',
  'truncate',
  'io_uring',
] as const;
export type FilterFeature = (typeof FILTER_FEATURES)[number];

export const filterMask = (...features: readonly FilterFeature[]): Mask =>
  features.reduce((mask, feature) => mask | (1 << FILTER_FEATURES.indexOf(feature)), 0);

export const filterFeaturesOf = (mask: Mask): FilterFeature[] =>
  FILTER_FEATURES.filter((_, bit) => (mask & (1 << bit)) !== 0);
