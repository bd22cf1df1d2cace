import type { Bytes } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import { shellWord } from '../diagnostics/message.ts';
import type { Inspection, Need } from '../executable/inspection.ts';
import { absolutePath, ROOT } from '../policy/path.ts';
import type { CommandRow } from './explanation.ts';
import type { Fails, Foretold, PassedOver } from './preflight.ts';
import { type ProfilesCovering, proposeFlags } from './preflight-proposal.ts';

/** A path as a person would write it: execvp joins by slashes and cleans nothing. */
const shown = (path: Bytes): string => escapeBytes(absolutePath(path, ROOT));

/** What preflight foretells of COMMAND, for a report. Pure. */
export function makeCommandRow(inspection: Inspection, foretold: Foretold, covering: ProfilesCovering): CommandRow {
  const fails = foretold.outcome === 'fails' ? foretold : undefined;
  const denied = fails?.denied ?? [];
  return {
    name: escapeBytes(inspection.name),
    outcome: foretold.outcome,
    file: foretold.outcome === 'runs' ? shown(foretold.candidate.absolute) : null,
    exit: fails?.exit ?? null,
    stage: fails?.stage ?? null,
    reason: fails === undefined ? null : describeFailure(fails),
    passedOver: foretold.passedOver.map(describePassedOver),
    denied: denied.map((need) => ({ file: shown(need.path), why: need.why })),
    problems: (fails?.problems ?? []).map((problem) => problem.text),
    notes: inspection.notes.map((note) => note.text),
    proposal: describeProposal(denied, covering),
  };
}

const FAILURES: Readonly<Record<Fails['code'], string>> = {
  'command-not-found': 'not found',
  'command-denied': 'the policy denies it',
  'command-not-executable': 'it cannot be executed',
  'interpreter-missing': 'its interpreter is missing',
};

/** Why COMMAND fails, in one sentence: what is denied first, since that is in the user's hands. */
function describeFailure({ code, denied, problems }: Fails): string {
  const [first, ...others] = denied;
  const [problem] = problems;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `the policy denies ${shown(first.path)} (${first.why})${more}`;
  }
  return problem === undefined ? FAILURES[code] : problem.text;
}

/** The options that would grant what is denied, as a shell takes them; empty where nothing is denied. */
export function describeProposal(denied: readonly Need[], covering: ProfilesCovering): string {
  return proposeFlags(denied, covering)
    .map(({ flag, value }) => `${flag} ${shellWord(flag === '--ro' ? absolutePath(value, ROOT) : value)}`)
    .join(' ');
}

const STATES: Readonly<Record<string, string>> = {
  unsearchable: 'a directory on the way is closed to this user',
  'not-regular': 'it is no regular file',
  'not-executable': 'it is not executable for this user',
  noexec: 'its mount forbids execution',
};

function describePassedOver({ candidate, denied, code }: PassedOver): { file: string; reason: string } {
  const [first] = denied;
  const reason =
    first !== undefined
      ? `the policy denies ${shown(first.path)} (${first.why})`
      : (STATES[candidate.state] ??
        (code === 'interpreter-missing' ? 'its interpreter is missing' : 'it cannot be executed'));
  return { file: shown(candidate.absolute), reason };
}
