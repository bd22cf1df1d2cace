/**
 * What landlock-run does on each ABI, written by hand and not derived from its code: the tests boot real kernels and compare, and docs/abi.md is
 * made from it (scripts/generate.mjs), so that the documentation says what was seen.
 */
import type { Claim } from './claim.ts';
import { FILES_CLAIMS } from './claims-files.ts';
import { ISOLATION_CLAIMS } from './claims-isolation.ts';
import { NETWORK_CLAIMS } from './claims-network.ts';

/** The claims under the headings of the documentation. */
export const CHAPTERS: readonly (readonly [heading: string, claims: readonly Claim[]])[] = [
  ['Files', FILES_CLAIMS],
  ['Network', NETWORK_CLAIMS],
  ['Isolation', ISOLATION_CLAIMS],
];

export const CLAIMS: readonly Claim[] = CHAPTERS.flatMap(([, claims]) => claims);
