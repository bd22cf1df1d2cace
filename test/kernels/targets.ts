/** The kernels of the matrix. Adding one means a line here and, for another ABI, steps in claims.ts. */

export interface Target {
  /** The column's head. */
  readonly name: string;
  /** The Landlock ABI that it must announce; 0 is none. */
  readonly abi: number;
  /** The code of the refusal where there is no Landlock. */
  readonly absent?: string;
  /** Booted: the series of Debian's kernel packages, and what its command line gets beside the usual. */
  readonly series?: string;
  readonly append?: string;
  /**
   * Compiled launchers for every claim, and the command line tool for a sample of them: Node takes half a second to start in a guest. The
   * other kernels try all claims with both.
   */
  readonly brief?: boolean;
  /** Not booted: what test/support/fake-abi.c makes of the live kernel, because no kernel package of this ABI can be had. */
  readonly fake?: number;
}

export const TARGETS: readonly Target[] = [
  { name: '5.10', abi: 0, absent: 'landlock-not-built', series: '5.10', brief: true },
  {
    name: '6.12 off',
    abi: 0,
    absent: 'landlock-off-at-boot',
    series: '6.12',
    append: 'lsm=lockdown,yama',
    brief: true,
  },
  { name: 'fake 1', abi: 1, fake: 1 },
  { name: '6.1', abi: 2, series: '6.1' },
  { name: 'fake 3', abi: 3, fake: 3 },
  { name: 'fake 4', abi: 4, fake: 4 },
  { name: 'fake 5', abi: 5, fake: 5 },
  { name: '6.12', abi: 6, series: '6.12', brief: true },
  { name: '6.16', abi: 7, series: '6.16', brief: true },
  { name: '6.17', abi: 7, series: '6.17', brief: true },
  { name: '6.18', abi: 7, series: '6.18' },
  { name: '6.19', abi: 7, series: '6.19', brief: true },
  { name: '7.0', abi: 8, series: '7.0', brief: true },
  { name: '7.1', abi: 9, series: '7.1', brief: true },
  { name: '7.2', abi: 10, series: '7.2' },
  { name: '7.3', abi: 11, series: '7.3', brief: true },
];

/** The series that the matrix boots, each once. */
export const SERIES: readonly string[] = [...new Set(TARGETS.flatMap(({ series }) => series ?? []))];
