import { describeProposal } from '../advice/command-row.ts';
import { makeProfilesCovering } from '../advice/profiles-covering.ts';
import { makeReach } from '../advice/reach.ts';
import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import { ALL_FS } from '../kernel/abi-table.ts';
import { absolutePath, ROOT } from '../policy/path.ts';
import type { PreparedPolicy } from './build-request.ts';
import type { Caller } from './caller.ts';
import { foresee } from './command.ts';
import { makeFileView } from './files.ts';
import { makeIdentify, observeRules } from './observe.ts';

/**
 * The sentence that the native core prints behind a failed exec: what was denied, and the shortest options that grant it.
 *
 * @returns nothing where no failure is foreseen, or none that options would help.
 */
export function makeExecHint(name: Bytes, { policy, ruleset }: PreparedPolicy, caller: Caller): Bytes {
  const view = makeFileView();
  const reach = makeReach(
    observeRules(ruleset.paths, view, policy.allowOverlap.value),
    policy.files === undefined ? 0 : ALL_FS,
    makeIdentify(),
  );
  const { foretold } = foresee(name, policy, reach, caller);
  if (foretold.outcome !== 'fails') return '' as Bytes;
  const [first, ...others] = foretold.denied;
  if (first === undefined) return bytesOfText(foretold.problems.map((problem) => problem.text).join('; '));
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const proposal = describeProposal(foretold.denied, makeProfilesCovering(caller, view));
  return bytesOfText(
    `the policy denies ${escapeBytes(absolutePath(first.path, ROOT))} (${first.why})${more}; add ${proposal}`,
  );
}
