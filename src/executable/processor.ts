/** What the loader asks the processor: which glibc-hwcaps directories it may use, and whether $PLATFORM can be told. */
export interface Processor {
  /** Usable subdirectories of glibc-hwcaps, best first. */
  readonly hwcaps: readonly string[];
  /** Whether glibc may call it "haswell" or "xeon_phi" instead of AT_PLATFORM. */
  readonly platformVaries: boolean;
}

/** Flags of /proc/cpuinfo for each level of the x86-64 psABI, as cpu_features.c asks for them. */
const X86_64_LEVELS = [
  ['x86-64-v2', ['cx16', 'lahf_lm', 'popcnt', 'pni', 'sse4_1', 'sse4_2', 'ssse3']],
  ['x86-64-v3', ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave']],
  ['x86-64-v4', ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl']],
] as const;

/**
 * Reads the first processor of /proc/cpuinfo.
 *
 * @param text the file's beginning; it suffices if the first `flags` line is whole.
 * @returns undefined where the flags are not in it (another architecture, an empty /proc).
 */
export function parseProcessor(text: string): Processor | undefined {
  const line = /^flags\s*:(.*)\n/m.exec(text);
  if (line === null) return undefined;
  const flags = new Set((line[1] ?? '').trim().split(/\s+/));
  const hwcaps: string[] = [];
  for (const [name, wanted] of X86_64_LEVELS) {
    if (!wanted.every((flag) => flags.has(flag))) break;
    hwcaps.unshift(name);
  }
  return { hwcaps, platformVaries: /^vendor_id\s*:\s*GenuineIntel$/m.test(text) && flags.has('avx2') };
}
