import type { Bytes } from '../base/bytes.ts';
import type { Candidate, Chain, Inspection, Need, Problem } from '../executable/inspection.ts';
import { fsMask, type Mask } from '../kernel/rights.ts';

/** The policy's answer: does it grant all of these rights on a file, named with all links resolved? */
export type Allows = (resolved: Bytes, access: Mask) => boolean;

/** The codes of an exec that fails, as in src/diagnostics/native-messages.ts. */
export type FailureCode = 'command-denied' | 'interpreter-missing' | 'command-not-found' | 'command-not-executable';

/** A candidate at which execvp goes on to the next, and the needs that the policy denies where that is why. */
export interface PassedOver {
  readonly candidate: Candidate;
  readonly denied: readonly Need[];
  /** What the run would report if no other candidate were there; absent for a directory that we may not search, which shows nothing. */
  readonly code?: FailureCode;
}

export interface Runs {
  readonly outcome: 'runs';
  readonly candidate: Candidate;
  readonly passedOver: readonly PassedOver[];
}

export interface Fails {
  readonly outcome: 'fails';
  /** `exec`: execve itself says so. `start`: execve goes well, and the loader or env then gives up. */
  readonly stage: 'exec' | 'start';
  readonly code: FailureCode;
  readonly exit: 126 | 127;
  /** What the policy denies of the candidate that would otherwise run; granting all of it makes it run. */
  readonly denied: readonly Need[];
  readonly problems: readonly Problem[];
  readonly passedOver: readonly PassedOver[];
}

/** Nothing that is known stands in the way, but not everything is known. */
export interface Unknown {
  readonly outcome: 'unknown';
  readonly passedOver: readonly PassedOver[];
}

export type Foretold = Runs | Fails | Unknown;

/** Rights that a need asks for (landlock: execve opens for EXECUTE and READ_FILE). */
export function maskOf(need: Pick<Need, 'access'>): Mask {
  return need.access === 'execute' ? fsMask('execute', 'read_file') : fsMask('read_file');
}

/**
 * Foretells what a run comes to. Advice only: it refuses nothing, the kernel is the judge. A library that is denied where it is found
 * first counts as missing, although a loader might find another of its name.
 *
 * @param inspection of COMMAND in the environment that it will have.
 * @param allows the policy; `() => true` for one that does not mention files.
 */
export function foretell(inspection: Inspection, allows: Allows): Foretold {
  const passedOver: PassedOver[] = [];
  for (const candidate of inspection.candidates) {
    const { chain, state } = candidate;
    if (state === 'missing') continue;
    if (state === 'error') return refused(inspection, 'command-not-executable', passedOver, allows);
    if (chain === undefined) {
      const shows = state !== 'unsearchable' || inspection.name.includes('/');
      passedOver.push({ candidate, denied: [], ...(shows ? { code: 'command-not-executable' } : {}) });
      continue;
    }
    const denied = deniedIn(chain, allows);
    const atExec = denied.filter(isOpenedByExec);
    if (atExec.length > 0) {
      passedOver.push({ candidate, denied: atExec, code: 'command-denied' });
    } else if (chain.errno === 'ENOENT' || chain.errno === 'EACCES') {
      const code = chain.errno === 'ENOENT' ? 'interpreter-missing' : 'command-not-executable';
      passedOver.push({ candidate, denied: [], code });
    } else if (chain.errno !== undefined) {
      return refused(inspection, 'command-not-executable', passedOver, allows);
    } else {
      return started(chain, candidate, denied, passedOver, allows);
    }
  }
  // The first candidate that exists is what was meant: the run reports its failure.
  const code = passedOver.find((each) => each.code !== undefined)?.code ?? 'command-not-found';
  return refused(inspection, code, passedOver, allows);
}

/** The candidate's execve goes well: what its loader and env make of it. */
function started(
  chain: Chain,
  candidate: Candidate,
  denied: readonly Need[],
  passedOver: readonly PassedOver[],
  allows: Allows,
): Foretold {
  if (!chain.certain) return { outcome: 'unknown', passedOver };
  const problems = chain.problems.filter(({ code }) => code !== 'program-not-found');
  if (denied.length > 0 || problems.length > 0) {
    // 127 is the loader's own exit status for a library that it cannot open.
    const code = problems.length > 0 ? 'command-not-executable' : 'command-denied';
    const all = [...denied, ...deniedByProgram(chain, allows)];
    return { outcome: 'fails', stage: 'start', code, exit: 127, denied: unique(all), problems, passedOver };
  }
  if (chain.program === undefined) return { outcome: 'runs', candidate, passedOver };
  const next = foretell(chain.program, allows);
  const inner = [...passedOver, ...next.passedOver];
  if (next.outcome === 'runs') return { outcome: 'runs', candidate, passedOver: inner };
  if (next.outcome === 'unknown') return { outcome: 'unknown', passedOver: inner };
  const exit = next.stage === 'exec' ? exitOfEnv(next) : next.exit;
  return { ...next, stage: 'start', exit, problems: [...chain.problems, ...next.problems], passedOver: inner };
}

/** env(1) exits 127 for ENOENT and 126 for all else; its execvp says EACCES once any candidate did. */
function exitOfEnv({ code, passedOver }: Fails): 126 | 127 {
  const missing = passedOver.every((each) => each.code === 'interpreter-missing');
  return missing && (code === 'interpreter-missing' || code === 'command-not-found') ? 127 : 126;
}

/** No candidate starts: what would have to be granted for the one that the host by itself would run. */
function refused(
  inspection: Inspection,
  code: FailureCode,
  passedOver: readonly PassedOver[],
  allows: Allows,
): Foretold {
  const { certain, problems, chosen } = inspection;
  if (chosen === undefined && !certain) return { outcome: 'unknown', passedOver };
  const denied =
    chosen?.chain === undefined ? [] : [...deniedIn(chosen.chain, allows), ...deniedByProgram(chosen.chain, allows)];
  const exit = code === 'command-not-found' ? 127 : 126;
  return { outcome: 'fails', stage: 'exec', code, exit, denied: unique(denied), problems, passedOver };
}

/** Interpreters and loaders are opened by execve; libraries and the loader's files later. */
function isOpenedByExec({ access }: Need): boolean {
  return access === 'execute';
}

/** Only what COMMAND fails without. */
function deniedIn(chain: Chain, allows: Allows): Need[] {
  return chain.needs.filter((need) => need.needed && !allows(need.resolved, maskOf(need)));
}

function deniedByProgram(chain: Chain, allows: Allows): Need[] {
  if (chain.program === undefined) return [];
  const next = foretell(chain.program, allows);
  return next.outcome === 'fails' ? [...next.denied] : [];
}

function unique(needs: readonly Need[]): Need[] {
  return [...new Map(needs.map((need) => [need.path, need])).values()];
}
