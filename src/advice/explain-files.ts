import { escapeBytes } from '../base/escape.ts';
import { describeOrigin } from '../diagnostics/origin.ts';
import { fsRightsOf, WRITE_RIGHTS } from '../kernel/rights.ts';
import { findProfiles } from '../profiles/index.ts';
import type { Ruleset } from '../ruleset/ruleset.ts';
import type { FilesRow, GrantRow, ProfileRow, SkippedRow } from './explanation.ts';
import { effectiveAccess, type ObservedRule } from './reach.ts';

/** What a ruleset comes to on the files of this machine. Pure. */
export function explainFiles(
  ruleset: Ruleset,
  observed: readonly ObservedRule[],
  handled: number,
  terminal: boolean,
): FilesRow {
  const rows = observed.flatMap((one) => {
    const row = grantRow(one);
    return row === undefined ? [] : [{ one, row }];
  });
  const own = rows.filter(({ one }) => one.rule.source !== 'profile');
  const sockets = own.filter(({ one }) => one.rule.form === 'unix');
  const files = own.filter(({ one }) => one.rule.form !== 'unix');
  const writes = ({ one }: { one: ObservedRule }): boolean => (effectiveAccess(one) & WRITE_RIGHTS) !== 0;
  return {
    handled: fsRightsOf(handled),
    writable: files.filter(writes).map(({ row }) => row),
    readable: files.filter((each) => !writes(each)).map(({ row }) => row),
    sockets: sockets.map(({ row }) => row),
    profiles: profileRows(rows.filter(({ one }) => one.rule.source === 'profile')),
    terminal: terminal && ruleset.terminalAccess !== 0,
    skipped: skippedRows(ruleset, observed),
  };
}

function grantRow(one: ObservedRule): GrantRow | undefined {
  if (one.state !== 'directory' && one.state !== 'file') return undefined;
  return {
    path: escapeBytes(one.rule.path),
    resolved: one.resolved === one.rule.path ? null : escapeBytes(one.resolved),
    kind: one.state,
    rights: fsRightsOf(effectiveAccess(one)),
    origin: describeOrigin(one.rule.origin),
    made: one.made,
  };
}

function profileRows(rows: readonly { one: ObservedRule; row: GrantRow }[]): ProfileRow[] {
  const names = [...new Set(rows.map(({ one }) => (one.rule.origin.kind === 'profile' ? one.rule.origin.name : '')))];
  return names.sort().map((name) => ({
    name,
    summary: findProfiles(name, undefined)[0]?.summary ?? '',
    grants: rows.filter(({ row }) => row.origin === `profile ${name}`).map(({ row }) => row),
  }));
}

/** Why a path is skipped; what cannot be opened, or leads outside, ends the run, and the verdict says so. */
function skipReason({ rule, state }: ObservedRule): string | undefined {
  if (state === 'missing') return 'does not exist';
  if (state === 'unopenable')
    return rule.source === 'profile' ? 'cannot be opened' : 'cannot be opened: the run is refused';
  if (state === 'leads-outside') return 'leads outside of the writable directory above it: the run is refused';
  return undefined;
}

function skippedRows({ redundant }: Ruleset, observed: readonly ObservedRule[]): SkippedRow[] {
  const skipped = observed.flatMap((one): SkippedRow[] => {
    const reason = skipReason(one);
    return reason === undefined
      ? []
      : [{ path: escapeBytes(one.rule.path), origin: describeOrigin(one.rule.origin), reason }];
  });
  const needless = redundant.map(({ path, origin, coveredBy }) => ({
    path: escapeBytes(path),
    origin: describeOrigin(origin),
    reason: `adds nothing to ${escapeBytes(coveredBy)}; a link that leads outside of it is not followed`,
  }));
  return [...skipped, ...needless];
}
