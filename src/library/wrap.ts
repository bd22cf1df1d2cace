import { resolve } from 'node:path';
import { type Bytes, textOfBytes } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { frontFile } from '../host/front-file.ts';
import { fsRightsOf } from '../kernel/rights.ts';
import { describeLimit } from '../policy/limit.ts';
import type { Grant, Statement } from '../policy/statement.ts';
import { insist, insistOptions, insistWords } from './arguments.ts';
import { atBorder } from './error.ts';
import type { LocateOptions } from './locate.ts';
import { type AnyPolicy, sourcesOf } from './policy.ts';

export interface WrapOptions extends LocateOptions {
  /** The command line tool; absent: this package's, or `landlock-run` where that is not to be found. */
  readonly program?: string | undefined;
}

/**
 * The words with which anybody else's spawner runs COMMAND under the policy: `[landlock-run, ...options, '--', ...argv]`. Starts nothing and changes nothing, so
 * layers compose: `['bwrap', ..., ...wrap(policy, argv)]`, `wrap(policy, ['timeout', '60', ...argv])`.
 *
 * An object is read as it is, on any system and without the addon; what depends on the machine, such as grants that overlap, is refused when the words run.
 * A policy of a file becomes `--policy FILE`, which is read when it runs; an object becomes options.
 *
 * @throws LandlockRunError `wrap-no-option` where an object says what only a file can say (extends, discover, `required` or `optional` of one path).
 */
export function wrap(policy: AnyPolicy, argv: readonly string[], options: WrapOptions = {}): string[] {
  return atBorder(() => {
    insistWords(argv, 'argv');
    insist(argv.length > 0 && argv[0] !== '', 'argv', 'a list that begins with COMMAND');
    insistOptions(options);
    const { sources, file } = sourcesOf(policy);
    const program = options.program ?? frontFile() ?? 'landlock-run';
    if (file !== undefined) return [program, '--policy', resolve(file), '--', ...argv];
    if (sources.files.length > 0) refuse('wrap-no-option', undefined, 'a policy that names other files');
    return [program, ...wordsOf(sources.statements), '--', ...argv];
  });
}

function wordsOf(statements: readonly Statement[]): string[] {
  const words = statements.flatMap((statement) => wordsOfOne(statement).map((word) => text(word, statement.origin)));
  const grants = statements.some(({ kind }) => kind === 'grant');
  for (const one of statements) {
    if (one.kind === 'files' && one.value === 'only' && !grants)
      refuse('wrap-no-option', one.origin, '`fs` without a path');
    if (one.kind !== 'transport') continue;
    // Mentioned, and what is absent is denied.
    const stated = (direction: 'connect' | 'bind'): boolean =>
      statements.some((two) => two.kind === 'ports' && two.transport === one.transport && two.direction === direction);
    const transport = one.transport === 'tcp' ? 'net' : 'udp';
    for (const direction of ['connect', 'bind'] as const) {
      if (!stated(direction)) words.push(`--${transport}-${direction}`, 'none');
    }
  }
  return words;
}

/** Options and values; a switch is one word. */
function wordsOfOne(statement: Statement): string[] {
  switch (statement.kind) {
    case 'grant':
      return wordsOfGrant(statement.grant);
    case 'deny':
      return ['--deny', statement.path];
    case 'profile':
      return ['--profile', statement.name];
    case 'ports': {
      const { ports } = statement;
      const range =
        typeof ports === 'string' ? ports : ports.low === ports.high ? `${ports.low}` : `${ports.low}-${ports.high}`;
      return [`--${statement.transport === 'tcp' ? 'net' : 'udp'}-${statement.direction}`, range];
    }
    case 'other_net':
      return ['--other-net', statement.value];
    case 'no_net':
      return ['--no-net'];
    case 'scope':
      return [statement.on ? '--scope' : '--no-scope', statement.name];
    case 'min_abi':
      return ['--min-abi', String(statement.abi)];
    case 'env':
      return [{ keep: '--env-keep', unset: '--env-unset', pass: '--env' }[statement.action], statement.name];
    case 'env_set':
      return ['--env', `${statement.name}=${statement.value}`];
    case 'limit':
      return ['--limit', `${statement.limit.name}=${describeLimit(statement.limit)}`];
    case 'keep_fd':
      return ['--keep-fd', String(statement.fd)];
    case 'setting':
      return wordsOfSetting(statement);
    case 'files':
    case 'transport':
      return []; // said by what they hold; wordsOf() adds what they do not
  }
}

function wordsOfGrant(grant: Grant): string[] {
  if (grant.required) refuse('wrap-no-option', grant.origin, '`required` of one path');
  if (grant.optional) refuse('wrap-no-option', grant.origin, '`optional` of one path');
  if (grant.form === 'grant') return ['--grant', `${fsRightsOf(grant.access).join(',')}:${grant.path}`];
  if (grant.form === 'command') return ['--add-command'];
  return [`--${grant.form}`, grant.path];
}

type Setting = Extract<Statement, { kind: 'setting' }>;

const SWITCHES: Readonly<Partial<Record<Setting['name'], string>>> = {
  bare: '--bare',
  no_unix: '--no-unix',
  keep_caps: '--keep-caps',
  keep_path: '--keep-path',
  require_paths: '--require-paths',
  allow_overlap: '--allow-overlap',
  allow_unsandboxed: '--allow-unsandboxed',
  add_command: '--add-command',
};

function wordsOfSetting({ name, value }: Setting): string[] {
  const option = SWITCHES[name];
  if (option !== undefined) return value === true ? [option] : []; // false is what an absent one is
  switch (name) {
    case 'compatibility':
      return value === 'best_effort' ? ['--best-effort'] : [];
    case 'env_mode':
      return value === 'inherit' ? [] : [`--env-${String(value)}`];
    case 'status_fd':
      return ['--status-fd', String(value)];
    default:
      return [`--${name}`, String(value)]; // tmp, audit, chdir
  }
}

function text(word: string, origin: Origin): string {
  return textOfBytes(word as Bytes) ?? refuse('wrap-no-option', origin, 'a path that is not text');
}
