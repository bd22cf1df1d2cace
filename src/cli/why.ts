import { makeProfilesCovering } from '../advice/profiles-covering.ts';
import { answerWhy, type WhyAnswer, type WhyQuery } from '../advice/why.ts';
import { proposeRemedies } from '../advice/why-remedies.ts';
import { escapeBytes } from '../base/escape.ts';
import { Refusal } from '../diagnostics/diagnostic.ts';
import { shellWord } from '../diagnostics/message.ts';
import { loadFiles, type PreparedPolicy, settleSources } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { probeKernel } from '../host/kernel-facts.ts';
import { lookAround } from '../host/look-around.ts';
import { loadNative } from '../host/native.ts';
import { stateOf } from '../host/observe.ts';
import { survey } from '../host/survey.ts';
import type { Flag } from '../policy/from-flags.ts';
import { writeAll } from './output.ts';
import type { Request } from './parse.ts';
import { parseWhyQuery } from './why-query.ts';

/** Options that would allow it, tried; and the option that they take the place of. */
interface Remedy {
  readonly remedy: string;
  readonly insteadOf: string | null;
}

const NO_REMEDY: Remedy = { remedy: '', insteadOf: null };

/**
 * Is it allowed, by which grant, and what would allow it? Nothing is run. Every option that is proposed has been tried on the policy.
 *
 * @returns 0 where all queries are allowed, 1 where one is denied.
 * @throws Refusal `why-form`, and where the policy itself is refused.
 */
export async function why(request: Request): Promise<number> {
  const native = loadNative();
  const caller = makeCaller(native);
  const kernel = probeKernel(native);
  const sources = await loadFiles(request.flags, caller);
  const prepare = (flags: readonly Flag[]): Promise<PreparedPolicy> => settleSources(sources, flags, caller, undefined);
  const ask = (query: WhyQuery, prepared: PreparedPolicy): WhyAnswer => {
    const { enforcement, reach, view } = survey(prepared, kernel, caller, undefined, lookAround());
    return answerWhy(query, { policy: prepared.policy, enforcement, reach, resolve: view.resolve });
  };
  const tryFlags = async (query: WhyQuery, flags: readonly Flag[]): Promise<boolean> => {
    try {
      return ask(query, await prepare(flags)).allowed;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  };

  const prepared = await prepare(request.flags);
  const { view } = survey(prepared, kernel, caller, undefined, lookAround());
  const facts = { resolve: view.resolve, stateOf, profilesCovering: makeProfilesCovering(caller, view) };
  const findRemedy = async (query: WhyQuery): Promise<Remedy> => {
    for (const { add, leaveOut } of proposeRemedies(query, facts)) {
      const flags = request.flags.filter((flag) => leaveOut === undefined || !isFlag(flag, leaveOut));
      if (leaveOut !== undefined && flags.length === request.flags.length) continue;
      if (!(await tryFlags(query, [...flags, ...add]))) continue;
      return { remedy: add.map(renderFlag).join(' '), insteadOf: leaveOut === undefined ? null : renderFlag(leaveOut) };
    }
    return NO_REMEDY;
  };

  const answers: (WhyAnswer & Remedy & { query: string })[] = [];
  for (const value of request.modeValues) {
    const query = parseWhyQuery(value, caller.workingDirectory);
    const answer = ask(query, prepared);
    answers.push({ query: escapeBytes(value), ...answer, ...(answer.allowed ? NO_REMEDY : await findRemedy(query)) });
  }
  const lines = answers.map((answer) => (request.json ? JSON.stringify({ v: 1, ...answer }) : renderAnswer(answer)));
  writeAll(1, `${lines.join('\n')}\n`);
  return answers.every((answer) => answer.allowed) ? 0 : 1;
}

const isFlag = (one: Flag, other: Flag): boolean => one.name === other.name && one.value === other.value;

const renderFlag = ({ name, value }: Flag): string => (value === undefined ? name : `${name} ${shellWord(value)}`);

function renderAnswer({ query, allowed, reason, remedy, insteadOf }: WhyAnswer & Remedy & { query: string }): string {
  if (allowed) return `allowed: ${query}: ${reason}`;
  const instead = insteadOf === null ? '' : ` instead of ${insteadOf}`;
  return `denied: ${query}: ${reason}; ${remedy === '' ? 'no option alone would allow it' : `${remedy}${instead} would allow it`}`;
}
