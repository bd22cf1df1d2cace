/** What the ELF machines and the loaders of this world have to do with each other. */

export interface Machine {
  /** EM_* (elf.h). */
  readonly number: number;
  readonly bits: 32 | 64;
  readonly name: string;
  /** Flags of the entries of ld.so.cache that this machine's glibc takes (sysdeps/generic/ldconfig.h). */
  readonly cacheFlags: readonly number[];
  /** AT_PLATFORM, for $PLATFORM; undefined where it depends on the processor. */
  readonly platform: string | undefined;
  /** Architectures of Node (process.arch) whose kernels run it. */
  readonly hosts: readonly string[];
}

const MACHINES: readonly Machine[] = [
  { number: 62, bits: 64, name: 'x86-64', cacheFlags: [0x0303], platform: 'x86_64', hosts: ['x64'] },
  { number: 3, bits: 32, name: 'i386', cacheFlags: [0x0003], platform: undefined, hosts: ['ia32', 'x64'] },
  { number: 183, bits: 64, name: 'aarch64', cacheFlags: [0x0a03], platform: 'aarch64', hosts: ['arm64'] },
  {
    number: 40,
    bits: 32,
    name: 'arm',
    cacheFlags: [0x0903, 0x0b03, 0x0003],
    platform: undefined,
    hosts: ['arm', 'arm64'],
  },
  { number: 243, bits: 64, name: 'riscv64', cacheFlags: [0x1003, 0x0f03], platform: undefined, hosts: ['riscv64'] },
  { number: 22, bits: 64, name: 's390x', cacheFlags: [0x0403], platform: undefined, hosts: ['s390x'] },
  { number: 21, bits: 64, name: 'ppc64', cacheFlags: [0x0503], platform: undefined, hosts: ['ppc64'] },
];

/** Looks a machine up by its ELF header; undefined for one that we know nothing of. */
export function machineOf(number: number, bits: 32 | 64): Machine | undefined {
  return MACHINES.find((machine) => machine.number === number && machine.bits === bits);
}

/** Whether the kernel under this Node runs such programs by itself, with its compat layer where it has one. */
export function runsHere(machine: Machine, arch: string): boolean {
  return machine.hosts.includes(arch);
}
