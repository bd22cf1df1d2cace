import type { Bytes } from '../base/bytes.ts';

/**
 * What the inspector finds out about a COMMAND. Plain immutable values: made by inspect.ts, read by preflight and `--add-command`.
 * They are advice: the kernel is the judge of an exec.
 */

/**
 * What a need is for. `library-cache` is special: a refused cache is harmless as long as every library lies in one of the loader's own
 * directories (`needed` tells).
 */
export type NeedRole = 'command' | 'script' | 'interpreter' | 'loader' | 'library' | 'library-cache' | 'loader-file';

/** A file that has to be opened before COMMAND's own code runs. */
export interface Need {
  /** The path that is opened, made absolute, links kept. */
  readonly path: Bytes;
  /** The file behind all links: what Landlock judges. */
  readonly resolved: Bytes;
  /** `execute` is EXECUTE and READ_FILE (execve asks for both), `read` is READ_FILE alone. */
  readonly access: 'execute' | 'read';
  readonly role: NeedRole;
  /** Whether COMMAND fails to start without it. */
  readonly needed: boolean;
  /** For people: "ELF interpreter of "/usr/bin/git"". */
  readonly why: string;
}

export type ProblemCode =
  | 'interpreter-missing'
  | 'interpreter-not-executable'
  | 'interpreter-invalid'
  | 'interpreters-nested-too-deep'
  | 'library-missing'
  | 'library-invalid'
  | 'program-not-found';

/** Something that keeps COMMAND from starting whatever the policy says. */
export interface Problem {
  readonly code: ProblemCode;
  readonly path: Bytes;
  readonly text: string;
}

export type NoteCode = 'unknown' | 'set-user-id' | 'runs-by-shell' | 'foreign-machine';

/** Something worth saying that keeps nothing from starting. `unknown` goes with `certain: false`. */
export interface Note {
  readonly code: NoteCode;
  readonly path: Bytes;
  readonly text: string;
}

/** What execve(2) answers, policy aside, where it would not start the file. ENOEXEC never shows: execvp then asks /bin/sh. */
export type ExecErrno = 'ENOENT' | 'EACCES' | 'ELOOP' | 'ELIBBAD' | 'ENOEXEC';

/** Everything between execve(2) of one file and the first instruction of the program's own code. */
export interface Chain {
  readonly needs: readonly Need[];
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
  /** False where something could not be found out: then nothing but the needs that are listed may be concluded. Says nothing of `program`. */
  readonly certain: boolean;
  readonly errno?: ExecErrno;
  /** What `#!/usr/bin/env NAME` looks up when it has been started. */
  readonly program?: Inspection;
}

/**
 * `missing` ENOENT, ENOTDIR and the like · `unsearchable` a directory on the way is closed to us · `not-regular` a directory or device (EACCES) ·
 * `not-executable` no x for us (EACCES) · `noexec` the mount forbids it (EACCES) · `error` any other errno, at which execvp stops.
 */
export type CandidateState =
  | 'missing'
  | 'unsearchable'
  | 'not-regular'
  | 'not-executable'
  | 'noexec'
  | 'error'
  | 'executable';

/** One path that execvp would hand to execve. */
export interface Candidate {
  /** As execve gets it; relative only where the name or the PATH element is. */
  readonly path: Bytes;
  readonly absolute: Bytes;
  readonly state: CandidateState;
  /** Where it exists. */
  readonly resolved?: Bytes;
  /** With state `error`. */
  readonly errno?: string;
  /** With state `executable`. */
  readonly chain?: Chain;
}

/** What is asked about. The environment's part is that of COMMAND, after all edits. */
export interface CommandQuestion {
  readonly name: Bytes;
  /** undefined: not set, which execvp takes for /bin:/usr/bin. */
  readonly PATH: Bytes | undefined;
  /** Absolute. Relative names, empty PATH elements and relative interpreters start here. */
  readonly cwd: Bytes;
  readonly LD_LIBRARY_PATH?: Bytes | undefined;
  /** Names of other variables that are set and change what a loader opens (see LOADER_VARIABLES): makes libraries uncertain. */
  readonly loaderVariables?: readonly string[];
}

/** Variables that change what the dynamic loader opens in ways that are not followed here (ld.so(8)). */
export const LOADER_VARIABLES = [
  'LD_PRELOAD',
  'LD_AUDIT',
  'LD_HWCAP_MASK',
  'LD_ASSUME_KERNEL',
  'GLIBC_TUNABLES',
] as const;

export interface Inspection {
  readonly name: Bytes;
  /** In the order in which execvp tries them. */
  readonly candidates: readonly Candidate[];
  /** The first that would run if there were no policy. */
  readonly chosen?: Candidate;
  /** Of the chosen candidate and of every program that it in turn looks up; no path twice. */
  readonly needs: readonly Need[];
  /** Of the chosen candidate, or of all where none would run. */
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
  readonly certain: boolean;
}
