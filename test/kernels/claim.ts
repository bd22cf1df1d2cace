/** What a claim of the kernel matrix is made of. */

/** What one claim comes to on a kernel. */
export interface Outcome {
  /** How documentation and matrix call it. */
  readonly word:
    | 'absent'
    | 'refused'
    | 'enforced'
    | 'filter'
    | 'dropped'
    | 'open'
    | 'stricter'
    | 'allowed'
    | 'unsandboxed';
  /** What the deeds come to; absent where COMMAND does not start. */
  readonly did?: readonly string[];
  /** The codes of the diagnostics; a refusal ends with 125. */
  readonly codes: readonly string[];
  /** What the audit log has to name. */
  readonly audited?: readonly string[];
}

/** Outcomes from an ABI on, ascending; 0 is a kernel without Landlock. */
export type Steps = readonly (readonly [since: number, outcome: Outcome])[];

export interface Claim {
  readonly id: string;
  /** The options that matter, as documentation shows them. */
  readonly policy: string;
  readonly claim: string;
  readonly options: readonly string[];
  /** What deed (test/contract/deed.c) is told: one deed an entry. */
  readonly deeds: readonly string[];
  /** What they come to without landlock-run; ok where it isn't said. A list of lists where kernels differ by how they were built. */
  readonly free?: readonly (readonly string[])[];
  readonly strict: Steps;
  /** With --best-effort, for the kernels on which strict refuses. */
  readonly bestEffort: Steps;
  readonly terminal?: boolean;
  readonly audit?: boolean;
  /** Also tried with the command line tool where other claims are tried with compiled launchers alone (targets.ts, brief). */
  readonly sample?: boolean;
}

/** The word for each outcome, as documentation explains it. */
export const WORDS: Readonly<Record<Outcome['word'], string>> = {
  absent: 'exit 125 before COMMAND starts: this kernel has no Landlock',
  refused: 'exit 125 before COMMAND starts: the message names what is needed, and what this kernel has',
  enforced: 'Landlock enforces it',
  filter: 'a seccomp filter enforces it',
  dropped: 'not enforced, one line on stderr says so',
  open: 'not enforced, and nothing is said: nobody asked for it by name',
  stricter: 'more is denied than was asked for',
  allowed: 'works as granted',
  unsandboxed: 'runs without protection behind one warning: the explicit consent',
};

/** A refusal; the reason for the absence of Landlock (not built, off, blocked) is for the kernel's column to say. */
export const ABSENT = 'landlock-absent';
export const absent: Outcome = { word: 'absent', codes: [ABSENT] };
export const refused = (...codes: string[]): Outcome => ({
  word: 'refused',
  codes: codes.length > 0 ? codes : ['kernel-lacks'],
});
export const runs =
  (word: Outcome['word'], codes: readonly string[] = []) =>
  (...did: string[]): Outcome => ({ word, did, codes });
export const enforced = runs('enforced');
export const filter = runs('filter');
export const open = runs('open');
export const stricter = runs('stricter');
export const allowed = runs('allowed');
export const dropped = runs('dropped', ['kernel-lacks-dropped']);
/** Behind two warnings: where files are mentioned, ABI 1 also says that it always denies what REFER would grant. */
export const droppedTwo = runs('dropped', ['kernel-lacks-dropped', 'kernel-lacks-dropped']);

/** The option that lets a policy with files run deed. */
export const DEED = ['--ro', '{deed}'];
export const IN = ['--ro', '{place}/in', ...DEED];
export const RW = ['--rw', '{place}/in', ...DEED];
/** For claims that strict never refuses where there is Landlock. */
export const NOTHING_WITHOUT: Steps = [[0, absent]];

/** The outcome on a kernel. In: steps, and an ABI. Out: undefined where the steps begin later. */
export function outcomeOn(steps: Steps, abi: number): Outcome | undefined {
  return steps.findLast(([since]) => since <= abi)?.[1];
}
