import type { Bytes } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import type { HostContext, Seen } from './host-context.ts';
import type {
  Chain,
  ExecErrno,
  Inspection,
  Need,
  NeedRole,
  Note,
  NoteCode,
  Problem,
  ProblemCode,
} from './inspection.ts';

/** What is written down while a chain is followed; `chain` then freezes it. */
export interface Trail {
  need(seen: Seen, access: Need['access'], role: NeedRole, needed: boolean, why: string): void;
  /** A file that is only read, where it exists. */
  needFile(path: Bytes, role: NeedRole, needed: boolean, why: string): void;
  problem(code: ProblemCode, path: Bytes, text: string): void;
  libraryProblem(state: 'missing' | 'invalid', path: Bytes, by: Bytes): void;
  note(code: Exclude<NoteCode, 'unknown'>, path: Bytes, text: string): void;
  /** From here on nothing is certain. */
  unknown(path: Bytes, text: string): void;
  chain(errno?: ExecErrno, program?: Inspection): Chain;
}

export function createTrail(context: HostContext): Trail {
  const needs: Need[] = [];
  const problems: Problem[] = [];
  const notes: Note[] = [];
  let certain = true;
  const add = (path: Bytes, resolved: Bytes, rest: Omit<Need, 'path' | 'resolved'>) => {
    // The same file again adds nothing, unless it is now executed.
    const known = needs.some((need) => need.path === path && (need.access === 'execute' || rest.access === 'read'));
    if (!known) needs.push({ path, resolved, ...rest });
  };
  return {
    need: (seen, access, role, needed, why) => add(seen.path, seen.resolved, { access, role, needed, why }),
    needFile(path, role, needed, why) {
      const resolved = context.files.resolve(path);
      if (resolved !== undefined) add(path, resolved, { access: 'read', role, needed, why });
    },
    problem: (code, path, text) => void problems.push({ code, path, text }),
    libraryProblem(state, path, by) {
      const text = `the library ${quote(path)} that ${quote(by)} needs`;
      if (state === 'missing') problems.push({ code: 'library-missing', path, text: `${text} is nowhere to be found` });
      else problems.push({ code: 'library-invalid', path, text: `${text} is no library` });
    },
    note: (code, path, text) => void notes.push({ code, path, text }),
    unknown(path, text) {
      certain = false;
      notes.push({ code: 'unknown', path, text });
    },
    chain: (errno, program) => ({
      needs,
      problems,
      notes,
      certain,
      ...(errno === undefined ? {} : { errno }),
      ...(program === undefined ? {} : { program }),
    }),
  };
}
