import type { Bytes } from '../base/bytes.ts';
import { type Diagnostic, diagnose } from '../diagnostics/diagnostic.ts';
import { fsMask, WRITE_RIGHTS } from '../kernel/rights.ts';
import { ancestorsOf, directoryOf, ROOT } from '../policy/path.ts';
import type { Policy } from '../policy/policy.ts';
import type { Enforcement } from '../ruleset/evaluate.ts';
import type { RedundantGrant } from '../ruleset/ruleset.ts';
import { effectiveAccess, type ObservedRule, type Reach } from './reach.ts';

/** A file that decides what the next run does, with all links resolved. */
export interface TrustedFile {
  readonly path: Bytes;
  /** What it is, for the message: `the program itself`. */
  readonly what: string;
}

/** A UNIX socket that is there, and whose it is. */
export interface SeenSocket {
  readonly path: Bytes;
  readonly what: string;
}

/** What the lint looks at. */
export interface LintFacts {
  readonly policy: Policy;
  readonly enforcement: Enforcement;
  readonly reach: Reach;
  readonly observed: readonly ObservedRule[];
  readonly redundant: readonly RedundantGrant[];
  readonly home: Bytes | undefined;
  /** Directories of COMMAND's PATH, resolved. */
  readonly path: readonly Bytes[];
  /** The file that would run, resolved; undefined where there is no COMMAND. */
  readonly command: Bytes | undefined;
  readonly terminal: boolean;
  readonly display: boolean;
  readonly sockets: readonly SeenSocket[];
  readonly trusted: readonly TrustedFile[];
}

/** Warnings about a policy, each with its code. Pure; changes nothing about a run. */
export function lint(facts: LintFacts): Diagnostic[] {
  return [...(facts.policy.files === undefined ? [] : lintFiles(facts)), ...lintSockets(facts), ...lintDisplay(facts)];
}

function lintFiles(facts: LintFacts): Diagnostic[] {
  return [
    ...lintWideWrites(facts),
    ...lintTrusted(facts),
    ...lintExecuted(facts),
    ...lintLinks(facts),
    ...lintDevices(facts),
    // What a profile repeats is nobody's mistake.
    ...facts.redundant
      .filter((one) => one.origin.kind !== 'profile')
      .map((one) => diagnose('warning', 'lint-adds-nothing', one.origin, one.path, one.coveredBy)),
  ];
}

function lintWideWrites({ observed, home }: LintFacts): Diagnostic[] {
  return observed
    .filter((one) => (effectiveAccess(one) & WRITE_RIGHTS) !== 0 && one.state === 'directory')
    .filter(({ resolved }) => resolved === ROOT || resolved === home)
    .map(({ rule, resolved }) => diagnose('warning', 'lint-wide-write', rule.origin, resolved));
}

/** The rule that makes a file replaceable: one with write on it, or that may put another in its place. */
function writableBy(path: Bytes, observed: readonly ObservedRule[]): ObservedRule | undefined {
  const above = new Set<Bytes>([path, ...ancestorsOf(path)]);
  return observed.find((one) => above.has(one.resolved) && (effectiveAccess(one) & WRITE_RIGHTS) !== 0);
}

/** One warning for each kind of file and each grant, however many files. */
function lintTrusted({ trusted, observed }: LintFacts): Diagnostic[] {
  const found = new Map<string, { by: ObservedRule; what: string; paths: Bytes[] }>();
  for (const { path, what } of trusted) {
    const by = writableBy(path, observed);
    if (by === undefined) continue;
    const key = `${what}\0${by.rule.path}`;
    const same = found.get(key);
    if (same === undefined) found.set(key, { by, what, paths: [path] });
    else same.paths.push(path);
  }
  return [...found.values()].map(({ by, what, paths }) =>
    diagnose('warning', 'lint-trusted-writable', by.rule.origin, paths, what, by.rule.path),
  );
}

function lintExecuted({ command, path, observed }: LintFacts): Diagnostic[] {
  const warnings: Diagnostic[] = [];
  const by = command === undefined ? undefined : writableBy(command, observed);
  if (by !== undefined && command !== undefined) {
    warnings.push(diagnose('warning', 'lint-writable-command', by.rule.origin, command, by.rule.path));
  }
  const byRule = new Map<ObservedRule, Bytes[]>();
  for (const directory of new Set(path)) {
    const writable = writableBy(directory, observed);
    if (writable !== undefined) byRule.set(writable, [...(byRule.get(writable) ?? []), directory]);
  }
  for (const [{ rule }, directories] of byRule) {
    warnings.push(diagnose('warning', 'lint-writable-path', rule.origin, directories));
  }
  return warnings;
}

/** A grant on a file that a link leads to: a renewal swaps the link, and the rule stays with the old file. */
function lintLinks({ observed }: LintFacts): Diagnostic[] {
  return observed
    .filter(({ rule, state, resolved }) => rule.source !== 'profile' && state === 'file' && resolved !== rule.path)
    .filter(({ rule, resolved }) => !observed.some((one) => holdsBoth(one, rule.path, resolved)))
    .map(({ rule, resolved }) => diagnose('warning', 'lint-renewed-link', rule.origin, rule.path, resolved));
}

function holdsBoth(one: ObservedRule, link: Bytes, target: Bytes): boolean {
  if (one.state !== 'directory') return false;
  const holds = (path: Bytes): boolean => [...ancestorsOf(path)].includes(one.resolved);
  return holds(link) && holds(target) && directoryOf(link) !== ROOT;
}

const SHELLS = /\/(?:ba|da|z|k|mk|fi|tc|c|a)?sh$/;

function lintDevices({ command, reach, terminal, policy }: LintFacts): Diagnostic[] {
  const warnings: Diagnostic[] = [];
  const canWriteNull = reach.allows('/dev/null' as Bytes, fsMask('write_file'));
  if (command !== undefined && SHELLS.test(command) && !canWriteNull) {
    warnings.push(diagnose('warning', 'lint-no-null', policy.files?.origin));
  }
  const canUseTerminal = reach.allows('/dev/tty' as Bytes, fsMask('write_file', 'ioctl_dev'));
  if (terminal && !canUseTerminal) warnings.push(diagnose('warning', 'lint-terminal', policy.files?.origin));
  return warnings;
}

/** Sockets of other programs through which a command can act outside: closed by --no-unix, or by the scope from ABI 9 on. */
function lintSockets({ sockets, policy, enforcement, reach }: LintFacts): Diagnostic[] {
  if (policy.noUnix.value) return [];
  const scoped = (enforcement.handledFs & fsMask('resolve_unix')) !== 0;
  return sockets
    .filter(({ path }) => !scoped || reach.allows(path, fsMask('resolve_unix')))
    .map(({ path, what }) => diagnose('warning', 'lint-socket-reachable', undefined, path, what));
}

function lintDisplay({ display, enforcement }: LintFacts): Diagnostic[] {
  return display && (enforcement.scoped & 1) !== 0 ? [diagnose('warning', 'lint-display', undefined)] : [];
}
