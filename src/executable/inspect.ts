import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import { candidatePaths } from './candidates.ts';
import { followChain } from './chain.ts';
import { createHostContext, type HostContext } from './host-context.ts';
import { type HostFiles, isFileError } from './host-files.ts';
import type { Candidate, Chain, CommandQuestion, Inspection, Need, Note } from './inspection.ts';
import { isOnNoexecMount } from './mounts.ts';
import { absolute } from './search-path.ts';

const MOUNTS = bytesOfText('/proc/self/mountinfo');

/** Errors that to execvp mean "not here"; the last three come from network file systems. */
const MISSING = ['ENOENT', 'ENOTDIR', 'ESTALE', 'ENODEV', 'ETIMEDOUT'];

/** An env script that starts an env script, and so on: beyond this it turns in a circle. */
const MAX_PROGRAMS = 8;

/**
 * Finds out what has to be opened before COMMAND's own code runs, and what stands in its way, without running anything. It never
 * throws for what it finds on disk: what it cannot know it says with `certain: false` and a note.
 *
 * @param files how files are looked at: host/machine-files.ts, or a table in tests.
 */
export function inspectCommand(question: CommandQuestion, files: HostFiles, arch: string = process.arch): Inspection {
  return inspectWith(createHostContext(files, arch), question, 0);
}

function inspectWith(context: HostContext, question: CommandQuestion, depth: number): Inspection {
  const { name } = question;
  if (depth === MAX_PROGRAMS) {
    const note: Note = {
      code: 'unknown',
      path: name,
      text: `too many programs start each other, down to ${quote(name)}`,
    };
    return { name, candidates: [], needs: [], problems: [], notes: [note], certain: false };
  }
  // Where /bin is a link to /usr/bin, both candidates are one file, and one chain tells what both need.
  const chains = new Map<Bytes, Chain>();
  const follow = (candidate: Candidate): Candidate => {
    const seen = candidate.state === 'executable' ? context.see(candidate.absolute) : undefined;
    if (seen === undefined) return candidate;
    const chain =
      chains.get(seen.resolved) ??
      followChain(context, question, seen, (next) => inspectWith(context, next, depth + 1));
    chains.set(seen.resolved, chain);
    return { ...candidate, chain };
  };
  const candidates = candidatePaths(name, question.PATH).map((path) =>
    follow(candidateAt(context, path, question.cwd)),
  );
  const chosen = firstThatRuns(candidates);
  const told = chosen?.chain === undefined ? [...chains.values()] : [chosen.chain];
  // Where none runs, only what stands in the way is told.
  const parts = told.flatMap((chain) => (chain.program === undefined ? [chain] : [chain, chain.program]));
  return {
    name,
    candidates,
    ...(chosen === undefined ? {} : { chosen }),
    needs: chosen === undefined ? [] : unite(parts.flatMap(({ needs }) => needs)),
    problems: parts.flatMap(({ problems }) => problems),
    notes: parts.flatMap(({ notes }) => notes),
    certain: parts.every(({ certain }) => certain),
  };
}

function candidateAt(context: HostContext, path: Bytes, cwd: Bytes): Candidate {
  const { files } = context;
  const where = { path, absolute: absolute(path, cwd) };
  const status = files.status(where.absolute);
  if (isFileError(status)) {
    if (MISSING.includes(status.error)) return { ...where, state: 'missing' };
    if (status.error === 'EACCES') return { ...where, state: 'unsearchable' };
    return { ...where, state: 'error', errno: status.error };
  }
  const resolved = files.resolve(where.absolute);
  const there = resolved === undefined ? where : { ...where, resolved };
  if (!status.regular) return { ...there, state: 'not-regular' };
  if (files.mayExecute(where.absolute)) return { ...there, state: 'executable' };
  const mounts = (status.mode & 0o111) === 0 ? { error: 'ENOENT' } : files.contents(MOUNTS, 1024 * 1024);
  const noexec = !isFileError(mounts) && resolved !== undefined && isOnNoexecMount(mounts.toString('latin1'), resolved);
  return { ...there, state: noexec ? 'noexec' : 'not-executable' };
}

/** execvp goes on behind ENOENT, ENOTDIR and EACCES, and stops at any other error. */
function firstThatRuns(candidates: readonly Candidate[]): Candidate | undefined {
  for (const candidate of candidates) {
    if (candidate.state === 'error') return undefined;
    if (candidate.chain === undefined) continue;
    const { errno } = candidate.chain;
    if (errno === undefined) return candidate;
    if (errno !== 'ENOENT' && errno !== 'EACCES') return undefined;
  }
  return undefined;
}

/** No path twice: the stronger access, and needed if either is. */
function unite(needs: readonly Need[]): Need[] {
  const byPath = new Map<Bytes, Need>();
  for (const need of needs) {
    const known = byPath.get(need.path);
    if (known === undefined) byPath.set(need.path, need);
    else {
      const stronger = known.access === 'execute' ? known : need;
      byPath.set(need.path, { ...stronger, needed: known.needed || need.needed });
    }
  }
  return [...byPath.values()];
}
