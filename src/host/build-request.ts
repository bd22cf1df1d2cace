import type { Bytes } from '../base/bytes.ts';
import { type Diagnostic, refuse } from '../diagnostics/diagnostic.ts';
import { profileOrigin } from '../diagnostics/origin.ts';
import { anchorGrants, type LinkView } from '../policy/anchor.ts';
import { refuseWritableCommand } from '../policy/command-fence.ts';
import { type FenceFile, refuseWritableFence } from '../policy/fence.ts';
import { type Flag, statementsOfFlags } from '../policy/from-flags.ts';
import { refuseOverlap } from '../policy/overlap.ts';
import type { Policy } from '../policy/policy.ts';
import { settlePolicy } from '../policy/settle.ts';
import type { Grant, Statement } from '../policy/statement.ts';
import { type ExpandedProfiles, expandProfiles } from '../profiles/expand.ts';
import { findProfiles } from '../profiles/index.ts';
import { compileRuleset } from '../ruleset/compile.ts';
import type { Ruleset } from '../ruleset/ruleset.ts';
import type { Caller } from './caller.ts';
import { makeFileView } from './files.ts';
import type { FileSources } from './load-sources.ts';

/** A policy that has passed every check that can be made before the run, and what the kernel would get. */
export interface PreparedPolicy {
  readonly policy: Policy;
  readonly ruleset: Ruleset;
  /** Refusals that `--allow-overlap` turned into warnings. */
  readonly warnings: readonly Diagnostic[];
  /** The files that the policy came from. */
  readonly files: readonly FenceFile[];
}

/**
 * Sources → Policy → Ruleset. Everything that a run, a check or an explanation knows of the policy comes through here.
 *
 * @throws Refusal
 */
export async function preparePolicy(
  flags: readonly Flag[],
  caller: Caller,
  command: Bytes | undefined,
): Promise<PreparedPolicy> {
  return settleSources(await loadFiles(flags, caller), flags, caller, command);
}

/**
 * The same where the files have been read: what a policy would be with other flags is asked without reading them again, since a pipe can be read once.
 *
 * @throws Refusal
 */
export async function settleSources(
  { statements: fromFiles, files }: FileSources,
  flags: readonly Flag[],
  caller: Caller,
  command: Bytes | undefined,
): Promise<PreparedPolicy> {
  const statements = withProfileClaims([...fromFiles, ...statementsOfFlags(flags, caller.workingDirectory)]);
  const policy = await withCommandGrants(settlePolicy(statements), caller, command);
  return finish(policy, statements, files, caller);
}

/**
 * The same without a command line: sources that a program named or made.
 *
 * @throws Refusal
 */
export function settleFileSources({ statements: stated, files }: FileSources, caller: Caller): PreparedPolicy {
  const statements = withProfileClaims(stated);
  return finish(settlePolicy(statements), statements, files, caller);
}

/** A settled policy → what the kernel would get, once what cannot be kept was refused. */
function finish(
  policy: Policy,
  statements: readonly Statement[],
  files: readonly FenceFile[],
  caller: Caller,
): PreparedPolicy {
  const profiles = expandProfiles(policy.files !== undefined, policy.profiles, policy.bare.value, caller);
  const view = makeFileView();
  const grants = [...(policy.files?.grants ?? []), ...profiles.grants];
  const consent = policy.allowOverlap.value;
  const warnings = [
    ...refuseOverlap(statements, grants, view, consent),
    ...refuseWritableFence(files, grants, view, consent),
    ...(policy.addCommand.value ? refuseWritableCommand(grants, systemGrants(caller), view, consent) : []),
  ];
  return { policy, ruleset: compileRuleset(...anchored(policy, profiles, view)), warnings, files };
}

/** What the system profile grants, whether it applies or not. */
function systemGrants(caller: Caller): readonly Grant[] {
  return expandProfiles(true, [], false, caller).grants;
}

/** The policy and its profiles with each path spelled so that what is below a grant with write is seen to be: what the kernel gets is made of them. */
function anchored(policy: Policy, profiles: ExpandedProfiles, view: LinkView): [Policy, ExpandedProfiles] {
  const { files } = policy;
  if (files === undefined) return [policy, profiles];
  const grants = anchorGrants([...files.grants, ...profiles.grants], view);
  const stated = files.grants.length;
  return [
    { ...policy, files: { ...files, grants: grants.slice(0, stated) } },
    { ...profiles, grants: grants.slice(stated) },
  ];
}

/** `--add-command`: the files that COMMAND needs to start, and no more. They count as discovered: what is found contradicts nobody. */
async function withCommandGrants(policy: Policy, caller: Caller, command: Bytes | undefined): Promise<Policy> {
  const { addCommand, files } = policy;
  if (!addCommand.value || files === undefined) return policy;
  if (command === undefined) return refuse('add-command-without', addCommand.origin);
  const { commandGrants } = await import('./command.ts');
  const grants = commandGrants(command, policy, caller, addCommand.origin ?? files.origin);
  return { ...policy, files: { ...files, grants: [...files.grants, ...grants] } };
}

/** YAML and the schema cost more than all the rest of a start, so they are loaded where a file is named, and only there. @throws Refusal */
export async function loadFiles(flags: readonly Flag[], caller: Caller): Promise<FileSources> {
  if (!flags.some((flag) => flag.name === '--policy' || flag.name === '--discover'))
    return { statements: [], files: [] };
  const { loadFileSources } = await import('./load-sources.ts');
  return loadFileSources(flags, caller);
}

/** What a profile claims beside its grants joins the statements, behind every other source. */
function withProfileClaims(statements: readonly Statement[]): Statement[] {
  const claims = statements.flatMap((statement): Statement[] => {
    if (statement.kind !== 'profile') return [];
    if (!findProfiles(statement.name, statement.origin).some((profile) => profile.noNetwork)) return [];
    const origin = profileOrigin(statement.name);
    const rank = Number.MAX_SAFE_INTEGER;
    return [
      { kind: 'no_net', origin, rank },
      { kind: 'setting', name: 'no_unix', value: true, origin, rank },
    ];
  });
  return [...statements, ...claims];
}
