/** Holds what was found against what was expected. */
import { ABI_TABLE } from '../../src/kernel/abi-table.ts';
import type { Report } from './boot.ts';
import { ABSENT, type Outcome } from './claim.ts';
import type { Planned } from './plan-trials.ts';
import type { Target } from './targets.ts';
import type { Finding, Kernel } from './trial.ts';

/** One cell of the matrix. */
export interface Verdict {
  readonly row: string;
  readonly way: string;
  readonly word: string;
  /** Undefined: as expected. */
  readonly wrong: string | undefined;
}

const codesOn = (outcome: Outcome, target: Target): string[] =>
  outcome.codes.map((code) => (code === ABSENT ? (target.absent ?? code) : code));

/** What is wrong with a finding; undefined where nothing is. */
function differs(expected: Outcome, finding: Finding, target: Target): string | undefined {
  const exit = expected.did === undefined ? 125 : 0;
  const wanted = { exit, did: expected.did ?? [], codes: codesOn(expected, target) };
  const got = { exit: finding.exit, did: finding.did, codes: finding.codes };
  const audited = expected.audited;
  const logged = finding.audited ?? [];
  const sameLog = audited === undefined || JSON.stringify(audited) === JSON.stringify(logged);
  if (JSON.stringify(wanted) === JSON.stringify(got) && sameLog) return undefined;
  const log = audited === undefined ? '' : `, audit ${JSON.stringify(audited)} and ${JSON.stringify(logged)}`;
  return `expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}${log}`;
}

function judge(planned: Planned, finding: Finding | undefined, target: Target): Verdict {
  const { claim, way, expected } = planned;
  const word = way === 'free' ? 'control' : (expected[0]?.word ?? '');
  const wrongs = expected.map((one) => (finding ? differs(one, finding, target) : 'it was not tried'));
  return { row: claim.id, way, word, wrong: wrongs.includes(undefined) ? undefined : wrongs.join('; or ') };
}

interface CheckReport {
  readonly landlock?: { readonly abi: number };
  readonly rights?: Readonly<Record<string, readonly { name: string; available: boolean; abi: number }[]>>;
}

/** What --check says of the kernel: the ABI, and each right by itself, as the ABI table has it. */
function judgeCheck(kernel: Kernel | undefined, target: Target): Verdict {
  const verdict = (wrong: string | undefined): Verdict => ({
    row: 'check',
    way: 'check',
    word: `ABI ${target.abi}`,
    wrong,
  });
  const report = kernel?.check as CheckReport | undefined;
  if (report?.landlock?.abi !== target.abi) {
    return verdict(`--check says ABI ${report?.landlock?.abi}: ${JSON.stringify(report)?.slice(0, 500)}`);
  }
  const rights = Object.values(report.rights ?? {}).flat();
  const known = ABI_TABLE.flatMap((row) => [...row.fs, ...row.net, ...row.scopes]);
  const unlisted = known.filter((name) => !rights.some((right) => right.name === name));
  const lying = rights.filter((right) => right.available !== right.abi <= target.abi).map((right) => right.name);
  if (unlisted.length > 0) return verdict(`--check does not list ${unlisted.join(', ')}`);
  return verdict(lying.length > 0 ? `not as the ABI table has it: ${lying.join(', ')}` : undefined);
}

/** All cells of a kernel's column. */
export function judgeAll(target: Target, planned: readonly Planned[], report: Report): Verdict[] {
  const findings = new Map(report.findings.map((finding) => [finding.id, finding]));
  const ended: Verdict = { row: 'guest', way: 'guest', word: 'ended', wrong: report.failure };
  return [
    ended,
    judgeCheck(report.kernel, target),
    ...planned.map((one) => judge(one, findings.get(one.trial.id), target)),
  ];
}
