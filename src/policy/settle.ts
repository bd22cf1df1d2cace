import type { Bytes } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { GRANT_RIGHTS } from '../kernel/rights.ts';
import { refuseBrokenClaims } from './claims.ts';
import { describeLimit, type Limit } from './limit.ts';
import type { EnvEdits, Files, Policy, Settled } from './policy.ts';
import { settleSockets } from './settle-sockets.ts';
import {
  type Grant,
  SCOPE_NAMES,
  type ScopeName,
  type SettingName,
  type Settings,
  type Statement,
} from './statement.ts';

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;

/** Settings as people call them. */
const SETTING_WORDS: Readonly<Record<SettingName, string>> = {
  bare: 'leaving out the system profile',
  tmp: 'the temporary directory',
  no_unix: 'denying UNIX sockets',
  audit: 'the audit level',
  keep_caps: 'keeping capabilities',
  keep_path: 'keeping PATH',
  compatibility: 'the compatibility level',
  require_paths: 'requiring paths',
  allow_overlap: 'allowing overlaps',
  allow_unsandboxed: 'allowing to run unsandboxed',
  add_command: "granting COMMAND's own files",
  env_mode: "the environment's mode",
  chdir: 'the working directory',
  status_fd: 'the status descriptor',
};

/** All statements of one kind, in order. */
function those<Kind extends Statement['kind']>(statements: readonly Statement[], kind: Kind): Of<Kind>[] {
  return statements.filter((statement): statement is Of<Kind> => statement.kind === kind);
}

/**
 * Picks the one value of a setting: the smallest rank wins, statements of the same rank must agree.
 *
 * @throws Refusal `conflict` naming both.
 */
function settleOne<T>(what: string, stated: readonly (Settled<T> & { rank: number })[], show: (value: T) => string) {
  const rank = Math.min(...stated.map((one) => one.rank));
  const [first, ...others] = stated.filter((one) => one.rank === rank);
  if (first === undefined) return undefined;
  for (const other of others) {
    if (show(other.value) === show(first.value)) continue;
    refuse('conflict', other.origin, what, show(other.value), show(first.value), first.origin);
  }
  return { value: first.value, origin: first.origin };
}

/**
 * Settles all statements of all sources into one policy (contract, section 5, "Merging"): grants unite, claims hold, single values go by rank.
 * Pure: looks at no file.
 *
 * @throws Refusal where two sources contradict each other, or where nothing would be restricted.
 */
export function settlePolicy(statements: readonly Statement[]): Policy {
  const settings = those(statements, 'setting');
  const setting = <Name extends SettingName>(name: Name): Settled<Settings[Name]> | undefined => {
    const stated = settings.filter((one) => one.name === name);
    return settleOne(
      SETTING_WORDS[name],
      stated.map(({ value, origin, rank }) => ({ value: value as Settings[Name], origin, rank })),
      (value) => (typeof value === 'string' ? quote(value as Bytes) : String(value)),
    );
  };
  const settled = <Name extends SettingName>(name: Name, fallback: Settings[Name]): Settled<Settings[Name]> =>
    setting(name) ?? { value: fallback, origin: undefined };

  const tmp = setting('tmp');
  const addCommand = settled('add_command', false);
  const filesAny = those(statements, 'files').find((statement) => statement.value === 'any');
  const files = filesAny === undefined ? settleFiles(statements, tmp, addCommand) : undefined;
  const minAbi = those(statements, 'min_abi').reduce<Of<'min_abi'> | undefined>(
    (greatest, one) => (greatest === undefined || one.abi > greatest.abi ? one : greatest),
    undefined,
  );
  const noNet = those(statements, 'no_net')[0];
  const otherNet = settleOtherNet(statements);
  const policy: Policy = {
    files,
    filesAny: filesAny !== undefined,
    profiles: those(statements, 'profile')
      .filter((one, at, all) => all.findIndex((other) => other.name === one.name) === at)
      .map(({ name, origin }) => ({ value: name, origin })),
    bare: settled('bare', false),
    tmp,
    addCommand,
    tcp: settleSockets(statements, 'tcp', noNet),
    udp: settleSockets(statements, 'udp', noNet),
    otherNet: noNet === undefined ? otherNet : { value: 'none', origin: noNet.origin },
    noNet: { value: noNet !== undefined, origin: noNet?.origin },
    noUnix: settled('no_unix', false),
    scopes: settleScopes(statements, files !== undefined, minAbi?.abi ?? 0),
    audit: settled('audit', 'off'),
    keepCaps: settled('keep_caps', false),
    keepPath: settled('keep_path', false),
    compatibility: settled('compatibility', 'strict'),
    minAbi: minAbi && { value: minAbi.abi, origin: minAbi.origin },
    requirePaths: settled('require_paths', false),
    allowOverlap: settled('allow_overlap', false),
    allowUnsandboxed: settled('allow_unsandboxed', false),
    env: settleEnv(statements, settled('env_mode', 'inherit')),
    limits: settleLimits(statements),
    chdir: setting('chdir'),
    keepFds: settleKeepFds(statements),
    statusFd: setting('status_fd'),
  };
  refuseBrokenClaims(statements, policy);
  return policy;
}

/** Files are mentioned by anything that grants, denies or names them; never by what only edits the environment. */
function settleFiles(
  statements: readonly Statement[],
  tmp: Settled<Bytes> | undefined,
  addCommand: Settled<boolean>,
): Files | undefined {
  const mention = statements.find(
    (one) => one.kind === 'grant' || one.kind === 'files' || one.kind === 'profile' || one.kind === 'deny',
  );
  const origin = mention?.origin ?? tmp?.origin ?? (addCommand.value ? addCommand.origin : undefined);
  if (origin === undefined) return undefined;
  const grants = those(statements, 'grant').map((statement) => statement.grant);
  if (tmp !== undefined) grants.push(tmpGrant(tmp));
  return { grants, origin };
}

function tmpGrant(tmp: Settled<Bytes>): Grant {
  return {
    path: tmp.value,
    access: GRANT_RIGHTS.rw,
    form: 'tmp',
    source: 'stated',
    required: true,
    optional: false,
    origin: tmp.origin ?? { kind: 'default' },
  };
}

function settleOtherNet(statements: readonly Statement[]): Settled<'any' | 'none'> {
  const none = those(statements, 'other_net').find((one) => one.value === 'none');
  return none === undefined ? { value: 'any', origin: undefined } : { value: 'none', origin: none.origin };
}

/** What is on without being asked for: contract section 2, "Hardening". */
function settleScopes(
  statements: readonly Statement[],
  files: boolean,
  minAbi: number,
): Record<ScopeName, Settled<boolean>> {
  const statedUnix = those(statements, 'grant').some((one) => one.grant.form === 'unix');
  const usual: Record<ScopeName, boolean> = {
    signal: true,
    'abstract-unix-socket': true,
    'pathname-unix-socket': files && (statedUnix || minAbi >= 9),
    'device-ioctl': files,
    terminal: true,
  };
  const scopes = those(statements, 'scope');
  const settle = (name: ScopeName): Settled<boolean> => {
    const stated = scopes.filter((one) => one.name === name);
    const values = stated.map(({ on, origin, rank }) => ({ value: on, origin, rank }));
    return settleOne(`scope ${name}`, values, (on) => (on ? 'on' : 'off')) ?? { value: usual[name], origin: undefined };
  };
  return Object.fromEntries(SCOPE_NAMES.map((name) => [name, settle(name)])) as Record<ScopeName, Settled<boolean>>;
}

function settleEnv(statements: readonly Statement[], mode: EnvEdits['mode']): EnvEdits {
  const names = (action: 'keep' | 'unset' | 'pass'): Bytes[] => [
    ...new Set(
      those(statements, 'env')
        .filter((one) => one.action === action)
        .map((one) => one.name),
    ),
  ];
  const byName = groupByName(those(statements, 'env_set'));
  const set: { name: Bytes; value: Bytes; origin: Origin }[] = [];
  for (const [name, stated] of byName) {
    const one = settleOne(`environment variable ${quote(name)}`, stated, quote);
    if (one?.origin !== undefined) set.push({ name, value: one.value, origin: one.origin });
  }
  return { mode, keep: names('keep'), unset: names('unset'), pass: names('pass'), set };
}

function groupByName(stated: readonly Of<'env_set'>[]): Map<Bytes, Of<'env_set'>[]> {
  const groups = new Map<Bytes, Of<'env_set'>[]>();
  for (const one of stated) {
    const group = groups.get(one.name);
    if (group === undefined) groups.set(one.name, [one]);
    else group.push(one);
  }
  return groups;
}

function settleLimits(statements: readonly Statement[]): Settled<Limit>[] {
  const stated = those(statements, 'limit');
  const names = [...new Set(stated.map((one) => one.limit.name))].sort();
  return names.flatMap((name) => {
    const values = stated
      .filter((one) => one.limit.name === name)
      .map(({ limit, origin, rank }) => ({ value: limit, origin, rank }));
    return settleOne(`limit ${name}`, values, describeLimit) ?? [];
  });
}

function settleKeepFds(statements: readonly Statement[]): Settled<number | 'args' | 'listen'>[] {
  const seen = new Map<number | 'args' | 'listen', Settled<number | 'args' | 'listen'>>();
  for (const { fd, origin } of those(statements, 'keep_fd')) {
    if (!seen.has(fd)) seen.set(fd, { value: fd, origin });
  }
  const order = (fd: number | 'args' | 'listen'): number => (typeof fd === 'number' ? fd : Number.MAX_SAFE_INTEGER);
  return [...seen.values()].sort((a, b) => order(a.value) - order(b.value));
}
