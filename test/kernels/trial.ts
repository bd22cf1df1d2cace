/** What host and guest say to each other: trials go in as one file, findings come out as lines. */

/**
 * One run of landlock-run around `deed` (test/contract/deed.c). `{place}` in a word stands for the directory that is made anew for each trial:
 * in, other and out, each with file, sub/file and sub2/other, and socks with the servers named and other. See fillWords for the rest.
 */
export interface Trial {
  readonly id: string;
  /** Options of landlock-run; absent: deed runs without it, as the control. */
  readonly options?: readonly string[];
  /** The file of a compiled launcher, which takes no options: its policy is inside. */
  readonly launcher?: string;
  /** What deed is told: a deed and its words, with a blank between, an entry. */
  readonly deeds: readonly string[];
  /** Runs on a terminal of its own, which is then on descriptors 0 to 2. */
  readonly terminal?: boolean;
  /** Also look which audit records of Landlock the kernel has printed since the trial began. */
  readonly audit?: boolean;
}

/** What the guest needs to know beside the trials. */
export interface Assignment {
  /** landlock-run, deed and on-terminal. */
  readonly command: string;
  readonly deed: string;
  readonly terminal: string;
  /** The directory of the trials; it must not lie in what the system profile grants. */
  readonly place: string;
  /** The name of an abstract socket that a server outside listens on. */
  readonly abstract: string;
  readonly ports: Readonly<Record<PortName, number>>;
  /**
   * A compiled launcher that has denials logged, where this kernel can: what is logged by it comes after all that was logged before, so that
   * nobody has to guess how long the kernel takes to print its audit records.
   */
  readonly fence?: string;
  readonly trials: readonly Trial[];
}

/** What a trial came to. */
export interface Finding {
  readonly id: string;
  /** Exit status, or the name of a signal. */
  readonly exit: number | string;
  /** One word for each deed: ok, or the name of an errno. */
  readonly did: readonly string[];
  /** The codes of the diagnostics, in order; a line that is no diagnostic as it is. */
  readonly codes: readonly string[];
  /** The blockers that audit records named, such as fs.read_file. */
  readonly audited?: readonly string[];
  readonly milliseconds: number;
}

/** What the guest says of the kernel. */
export interface Kernel {
  readonly release: string;
  /** `landlock-run --check --json`, or what it said instead. */
  readonly check: unknown;
}

/** Ports: of servers (tcp, udp and the others) and of none. */
export type PortName =
  | 'tcp'
  | 'otherTcp'
  | 'udp'
  | 'otherUdp'
  | 'freeTcp'
  | 'otherFreeTcp'
  | 'freeUdp'
  | 'otherFreeUdp';

/** In: the lowest of eight free ports. */
export function portsFrom(base: number): Record<PortName, number> {
  const names = ['tcp', 'otherTcp', 'udp', 'otherUdp', 'freeTcp', 'otherFreeTcp', 'freeUdp', 'otherFreeUdp'] as const;
  return Object.fromEntries(names.map((name, index) => [name, base + index])) as Record<PortName, number>;
}

/** Puts in what the words of a trial leave open: `{place}`, `{deed}`, `{abstract}` and the names of ports. */
export function fillWords(
  words: readonly string[],
  known: Pick<Assignment, 'place' | 'deed' | 'abstract' | 'ports'>,
): string[] {
  const { place, deed, abstract, ports } = known;
  const values: Readonly<Record<string, string | number>> = { place, deed, abstract, ...ports };
  return words.map((word) => word.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)));
}

/** Marks lines of the guest's output that are for the host. */
export const MARK = '@guest ';
