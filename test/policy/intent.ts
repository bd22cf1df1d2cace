/** Policies at random, each as the words of a command line and as a document of a policy file. */
import fc from 'fast-check';
import { bytesOfText } from '../../src/base/bytes.ts';
import { Refusal } from '../../src/diagnostics/diagnostic.ts';
import { encodePlan } from '../../src/plan/encode.ts';
import { expandPath } from '../../src/policy/expand.ts';
import { readDocument } from '../../src/policy/from-document.ts';
import { type Flag, statementsOfFlags } from '../../src/policy/from-flags.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { readYaml } from '../../src/policy/read-yaml.ts';
import { RIGHT_WORDS } from '../../src/policy/rights-list.ts';
import { settlePolicy } from '../../src/policy/settle.ts';
import { ENV_MODES, SCOPE_NAMES, type Statement } from '../../src/policy/statement.ts';
import { validateDocument } from '../../src/policy/validate.ts';
import { expandProfiles } from '../../src/profiles/expand.ts';
import { compileRuleset } from '../../src/ruleset/compile.ts';

const EXPANSION = { variable: () => undefined, home: () => bytesOfText('/home/of/mine') };

/** What a policy says, in a form from which both spellings are made. */
export interface Intent {
  readonly ro: readonly string[];
  readonly rw: readonly string[];
  readonly rwfile: readonly string[];
  readonly unix: readonly string[];
  readonly grant: readonly { readonly path: string; readonly access: readonly string[] }[];
  readonly profiles: readonly string[];
  readonly net: 'none' | { readonly connect?: Ports; readonly bind?: Ports } | undefined;
  readonly udp: 'none' | { readonly connect?: Ports; readonly bind?: Ports } | undefined;
  readonly otherNet: 'any' | 'none' | undefined;
  readonly scope: Readonly<Record<string, boolean>>;
  readonly audit: 'off' | 'command' | 'all' | undefined;
  readonly mode: 'scrub' | 'clear' | undefined;
  readonly keep: readonly string[];
  readonly unset: readonly string[];
  readonly pass: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
  readonly keepFds: readonly (number | 'args' | 'listen')[];
  readonly chdir: string | undefined;
  readonly tmp: string | undefined;
  readonly minAbi: number | undefined;
  readonly switches: readonly (keyof typeof SWITCHES)[];
}
type Ports = 'any' | 'none' | readonly (number | string)[];

/** Switches by their keys in a file. */
const SWITCHES = {
  bare: '--bare',
  no_unix: '--no-unix',
  keep_caps: '--keep-caps',
  keep_path: '--keep-path',
  require_paths: '--require-paths',
  best_effort: '--best-effort',
} as const;

const part = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'data') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('~', '$HOME', '${X}', '$$', ' ', '"', "'", '#', ': ', '-', 'é', '\n', '\\', '..', '*'),
  },
);
const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const paths = fc.array(path, { maxLength: 3 });
const port = fc.oneof(
  fc.nat({ max: 65_535 }),
  fc.tuple(fc.nat({ max: 65_000 }), fc.nat({ max: 500 })).map(([low, more]) => `${low}-${low + more}`),
);
const ports: fc.Arbitrary<Ports> = fc.oneof(
  fc.constantFrom('any' as const, 'none' as const),
  fc.array(port, { minLength: 1, maxLength: 3 }),
);
const direction = fc.record({ connect: ports, bind: ports }, { requiredKeys: ['connect'] });
const sockets = fc.oneof(fc.constant(undefined), fc.constant('none' as const), direction);
const name = fc.constantFrom('A', 'B', 'PATH', 'AWS_KEY', 'constructor', '__proto__', 'é');
const glob = fc.constantFrom('*', 'A*', '?', 'PATH', '*_KEY');
const limits = fc.dictionary(
  fc.constantFrom('nofile', 'cpu', 'data', 'core'),
  fc.constantFrom('1', '5:6', '7:', ':8', 'unlimited', '3:unlimited'),
);

/** Any intent. Some contradict themselves: both spellings must then be refused alike. */
export const intent: fc.Arbitrary<Intent> = fc.record({
  ro: paths,
  rw: paths,
  rwfile: fc.array(path, { maxLength: 1 }),
  unix: fc.array(path, { maxLength: 1 }),
  grant: fc.array(fc.record({ path, access: fc.subarray([...RIGHT_WORDS], { minLength: 1 }) }), { maxLength: 2 }),
  profiles: fc.subarray(['git', 'ssh', 'dev', 'shm', 'worker'], { maxLength: 2 }),
  net: sockets,
  udp: sockets,
  otherNet: fc.constantFrom(undefined, undefined, 'any' as const, 'none' as const),
  scope: fc.dictionary(fc.constantFrom(...SCOPE_NAMES), fc.boolean(), { maxKeys: 2 }),
  audit: fc.constantFrom(undefined, 'off' as const, 'command' as const, 'all' as const),
  mode: fc.constantFrom(undefined, ...ENV_MODES.slice(1)) as fc.Arbitrary<'scrub' | 'clear' | undefined>,
  keep: fc.uniqueArray(glob, { maxLength: 2 }),
  unset: fc.uniqueArray(glob, { maxLength: 2 }),
  pass: fc.uniqueArray(name, { maxLength: 2 }),
  set: fc.uniqueArray(fc.tuple(name, fc.string()), { maxLength: 2, selector: ([one]) => one }).map(entriesToObject),
  limits,
  keepFds: fc.uniqueArray(fc.constantFrom(3, 9, 77, 'args' as const, 'listen' as const), { maxLength: 3 }),
  chdir: fc.option(path, { nil: undefined }),
  tmp: fc.option(path, { nil: undefined, freq: 6 }),
  minAbi: fc.option(fc.integer({ min: 1, max: 11 }), { nil: undefined }),
  switches: fc.subarray(Object.keys(SWITCHES) as (keyof typeof SWITCHES)[], { maxLength: 2 }),
});

/** Keeps `__proto__` as a key like any other. */
function entriesToObject(entries: readonly (readonly [string, string])[]): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(out, key, { value: value.replaceAll('\0', ''), enumerable: true, configurable: true });
  }
  return out;
}

/** The intent as options. */
export function flagsOf(one: Intent): Flag[] {
  const flags: Flag[] = [];
  const say = (flag: string, value?: string): void => {
    flags.push({ name: flag, value: value === undefined ? undefined : bytesOfText(value) });
  };
  for (const form of ['ro', 'rw', 'rwfile', 'unix'] as const) for (const each of one[form]) say(`--${form}`, each);
  for (const { path: each, access } of one.grant) say('--grant', `${access.join(',')}:${each}`);
  for (const profile of one.profiles) say('--profile', profile);
  sayPorts(say, 'net', one.net);
  sayPorts(say, 'udp', one.udp);
  if (one.otherNet !== undefined) say('--other-net', one.otherNet);
  for (const [scope, on] of Object.entries(one.scope)) say(on ? '--scope' : '--no-scope', scope);
  if (one.audit !== undefined) say('--audit', one.audit);
  if (one.mode !== undefined) say(`--env-${one.mode}`);
  for (const each of one.keep) say('--env-keep', each);
  for (const each of one.unset) say('--env-unset', each);
  for (const each of one.pass) say('--env', each);
  for (const [key, value] of Object.entries(one.set)) say('--env', `${key}=${value}`);
  for (const [key, value] of Object.entries(one.limits)) say('--limit', `${key}=${value}`);
  for (const fd of one.keepFds) say('--keep-fd', String(fd));
  if (one.chdir !== undefined) say('--chdir', one.chdir);
  if (one.tmp !== undefined) say('--tmp', one.tmp);
  if (one.minAbi !== undefined) say('--min-abi', String(one.minAbi));
  for (const each of one.switches) say(SWITCHES[each]);
  return flags;
}

function sayPorts(say: (flag: string, value?: string) => void, kind: 'net' | 'udp', stated: Intent['net']): void {
  if (stated === 'none' && kind === 'net') {
    say('--no-net');
    return;
  }
  const directions = stated === 'none' ? { connect: 'none' as const, bind: 'none' as const } : (stated ?? {});
  for (const [which, list] of Object.entries(directions)) {
    for (const each of typeof list === 'string' ? [list] : list) say(`--${kind}-${which}`, String(each));
  }
}

/** The intent as a document, as YAML reads it. */
export function documentOf(one: Intent): Record<string, unknown> {
  const written = (each: string): string => each.replaceAll('$', '$$$$');
  const lists = Object.fromEntries(
    (['ro', 'rw', 'rwfile', 'unix'] as const).flatMap((form) =>
      one[form].length > 0 ? [[form, one[form].map(written)]] : [],
    ),
  );
  const grant = one.grant.map((each) => ({ ...each, path: written(each.path) }));
  const files = { ...lists, ...(grant.length > 0 ? { grant } : {}) };
  const { best_effort: bestEffort, ...switches } = Object.fromEntries(one.switches.map((key) => [key, true]));
  const some = (list: readonly unknown[]): unknown => (list.length > 0 ? list : undefined);
  const keys = {
    fs: Object.keys(files).length > 0 ? files : undefined,
    profiles: some(one.profiles),
    net: one.net,
    udp: one.udp,
    other_net: one.otherNet,
    scope: one.scope,
    audit: one.audit,
    env: { mode: one.mode, keep: some(one.keep), unset: some(one.unset), pass: some(one.pass), set: one.set },
    limits: one.limits,
    keep_fd: some(one.keepFds),
    chdir: one.chdir === undefined ? undefined : written(one.chdir),
    tmp: one.tmp === undefined ? undefined : written(one.tmp),
    min_abi: one.minAbi,
    compatibility: bestEffort === undefined ? undefined : 'best_effort',
    ...switches,
  };
  return JSON.parse(JSON.stringify(keys)) as Record<string, unknown>;
}

/** The statements of options. */
export function sayFlags(flags: readonly Flag[]): Statement[] {
  return statementsOfFlags(flags, () => bytesOfText('/work'));
}

/** The statements of a policy file's text. `rank` 0 makes them equals of the command line. */
export function sayText(text: string, rank = 0): Statement[] {
  const yaml = readYaml(bytesOfText(text), bytesOfText('p.yaml'));
  const document = validateDocument(yaml.value, yaml.originAt);
  const context = {
    rank,
    originAt: yaml.originAt,
    path: (each: ReturnType<typeof bytesOfText>, origin: Statement['origin']) => expandPath(each, EXPANSION, origin),
  };
  return [
    ...readDocument(document, { ...context, path: (each, origin) => clean(context.path(each, origin)) }).statements,
  ];
}

function clean(each: ReturnType<typeof bytesOfText>): ReturnType<typeof bytesOfText> {
  return bytesOfBytes(
    `/${each
      .split('/')
      .filter((one) => one !== '' && one !== '.')
      .join('/')}`,
  );
}

function bytesOfBytes(each: string): ReturnType<typeof bytesOfText> {
  return each as ReturnType<typeof bytesOfText>;
}

/** What statements come to: the policy, or the code of the refusal. */
export function settle(statements: readonly Statement[]): Policy | string {
  try {
    return settlePolicy(statements);
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostic.code;
    throw error;
  }
}

/** A policy as the bytes of its plan, with every origin made the same; a refusal's code as it is. */
export function planOf(policy: Policy | string): string {
  if (typeof policy === 'string') return policy;
  const same = withoutOrigins(policy) as Policy;
  try {
    const profiles = expandProfiles(same.files !== undefined, same.profiles, same.bare.value, EXPANSION);
    const ruleset = compileRuleset(same, profiles);
    return Buffer.from(encodePlan(same, ruleset, { verbose: false, json: false, execHint: bytesOfText('') })).toString(
      'hex',
    );
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostic.code;
    throw error;
  }
}

/** Replaces what is under a key `origin` by one and the same flag; absent ones stay absent, since they tell defaults. */
function withoutOrigins(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOrigins);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    if (key === 'origin' && inner !== undefined) return [key, { kind: 'flag', flag: 'x' }];
    return [key, withoutOrigins(inner)];
  });
  return Object.fromEntries(entries) as unknown;
}
