import type { KernelFacts } from '../ruleset/evaluate.ts';
import type { Native } from './native.ts';

/** Why there is no Landlock, by the errno of landlock_create_ruleset(2). */
const ABSENCES: Readonly<Record<number, string>> = {
  1: "blocked: a seccomp filter, such as a container's, forbids the system calls (EPERM)",
  38: 'not there: the kernel is older than 5.13 or built without it, or a filter hides it (ENOSYS)',
  95: 'off: built into the kernel, but not among the security modules started at boot (EOPNOTSUPP)',
};

/** What this kernel is, for reports. */
export interface Kernel extends KernelFacts {
  /** Set where there is no Landlock. */
  readonly absent: string | undefined;
  /** Numbers of the fixed errata, or undefined where the kernel does not tell. */
  readonly errata: readonly number[] | undefined;
  readonly seccomp: boolean;
}

/** Asks the kernel; each bit was tried, none is inferred from the ABI. */
export function probeKernel(native: Native): Kernel {
  const probe = native.probe();
  const filter = probe.seccomp ? Number(probe.filter) : 0;
  return {
    abi: probe.abi,
    fs: Number(probe.fs),
    net: Number(probe.net),
    scopes: Number(probe.scope),
    restrict: Number(probe.restrict),
    filter,
    seccomp: probe.seccomp,
    absent: probe.abi > 0 ? undefined : (ABSENCES[probe.errno] ?? `absent (errno ${probe.errno})`),
    errata: probe.errata < 0 ? undefined : bitsOf(probe.errata),
  };
}

/** Erratum N is bit N-1 (Documentation/userspace-api/landlock.rst). */
function bitsOf(mask: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit + 1).filter((number) => (mask & (1 << (number - 1))) !== 0);
}
