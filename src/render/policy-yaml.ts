import { Document, visit } from 'yaml';
import { type Bytes, textOfBytes } from '../base/bytes.ts';
import { escapeHidden, holdsHidden } from '../base/escape.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { describeLimit } from '../policy/limit.ts';
import type { Policy, PortAccess, Settled, Sockets } from '../policy/policy.ts';
import { describePortRange } from '../policy/port.ts';
import { rightWordsOf } from '../policy/rights-list.ts';
import type { Grant } from '../policy/statement.ts';

/**
 * Policy → canonical YAML: what was asked, merged, with profiles by name and absolute paths, in the order of the contract's section 5. Reading it
 * back gives the same policy. What no file can say (`--allow-unsandboxed`, `--allow-overlap`, `--status-fd`) is left out.
 *
 * @throws Refusal `print-not-text` where a path is not UTF-8, which YAML cannot hold.
 */
export function renderPolicyYaml(policy: Policy): string {
  const document = new Document(plainPolicy(policy));
  visit(document, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === 'string' && holdsHidden(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({
    lineWidth: 0,
    flowCollectionPadding: false,
    doubleQuotedMinMultiLineLength: Infinity,
  });
  return escapeHidden(text);
}

/** A plain object of the policy file's shape → YAML. */
export function renderPlainYaml(policy: Readonly<Record<string, unknown>>): string {
  return new Document(policy).toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** The policy as a plain object of the policy file's shape. */
export function plainPolicy(policy: Policy): Record<string, unknown> {
  const profiles = policy.profiles.map((profile) => profile.value);
  const ours = (settled: Settled<unknown>): boolean =>
    settled.origin !== undefined && settled.origin.kind !== 'profile';
  const noNet = policy.noNet.value && ours(policy.noNet);
  const scopes = Object.entries(policy.scopes).filter(([, scope]) => scope.origin !== undefined);
  const keys: Record<string, unknown> = {
    version: 1,
    profiles: profiles.length > 0 ? profiles : undefined,
    bare: stated(policy.bare),
    fs: plainFiles(policy),
    tmp: policy.tmp && escapedPath(policy.tmp.value, policy.tmp.origin),
    net: noNet ? 'none' : policy.noNet.value ? undefined : plainSockets(policy.tcp),
    udp: policy.noNet.value ? undefined : plainSockets(policy.udp),
    other_net: policy.noNet.value ? undefined : stated(policy.otherNet),
    no_unix: ours(policy.noUnix) ? policy.noUnix.value : undefined,
    scope:
      scopes.length > 0
        ? Object.fromEntries(scopes.map(([name, scope]) => [name, scope.value ? 'on' : 'off']))
        : undefined,
    audit: stated(policy.audit),
    compatibility: stated(policy.compatibility),
    min_abi: policy.minAbi?.value,
    require_paths: stated(policy.requirePaths),
    env: plainEnvironment(policy),
    limits:
      policy.limits.length > 0
        ? Object.fromEntries(policy.limits.map(({ value }) => [value.name, describeLimit(value)]))
        : undefined,
    chdir: policy.chdir && escapedPath(policy.chdir.value, policy.chdir.origin),
    keep_fd: policy.keepFds.length > 0 ? policy.keepFds.map((fd) => fd.value) : undefined,
    keep_caps: stated(policy.keepCaps),
    keep_path: stated(policy.keepPath),
  };
  return withoutUndefined(keys);
}

function stated<T>(settled: Settled<T>): T | undefined {
  return settled.origin === undefined ? undefined : settled.value;
}

function withoutUndefined(keys: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined));
}

/** The text of a path as a policy file takes it: `$` doubled, so that nothing is expanded a second time. */
function escapedPath(path: Bytes, origin: Origin | undefined): string {
  return text(path, origin).replaceAll('$', '$$$$');
}

function text(bytes: Bytes, origin: Origin | undefined): string {
  return textOfBytes(bytes) ?? refuse('print-not-text', origin, bytes);
}

function plainFiles(policy: Policy): unknown {
  if (policy.filesAny) return 'any';
  if (policy.files === undefined) return undefined;
  const grants = policy.files.grants.filter((grant) => grant.form !== 'tmp' && grant.source !== 'profile');
  const keys: Record<string, unknown> = {};
  for (const form of ['ro', 'rw', 'rwfile', 'grant', 'unix'] as const) {
    const entries = distinct(grants.filter((grant) => shownAs(grant) === form).map(plainGrant));
    if (entries.length > 0) keys[form] = entries;
  }
  return keys;
}

/** What `--add-command` found is written as grants of exactly its rights. */
function shownAs(grant: Grant): Grant['form'] {
  return grant.form === 'command' ? 'grant' : grant.form;
}

function plainGrant(grant: Grant): unknown {
  const flags = withoutUndefined({
    required: grant.required || undefined,
    optional: grant.optional || undefined,
  });
  const path = escapedPath(grant.path, grant.origin);
  if (shownAs(grant) === 'grant') return { path, access: rightWordsOf(grant.access), ...flags };
  return Object.keys(flags).length === 0 ? path : { path, ...flags };
}

function distinct(entries: readonly unknown[]): unknown[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

function plainSockets(sockets: Sockets | undefined): unknown {
  if (sockets === undefined) return undefined;
  return { connect: plainPorts(sockets.connect), bind: plainPorts(sockets.bind) };
}

function plainPorts(access: PortAccess): unknown {
  if (access.kind === 'any') return 'any';
  return access.ranges.map((range) => (range.low === range.high ? range.low : describePortRange(range)));
}

function plainEnvironment(policy: Policy): unknown {
  const { mode, keep, unset, pass, set } = policy.env;
  const list = (names: readonly Bytes[]): string[] | undefined =>
    names.length > 0 ? names.map((name) => text(name, undefined)) : undefined;
  const keys = withoutUndefined({
    mode: stated(mode),
    keep: list(keep),
    unset: list(unset),
    pass: list(pass),
    set:
      set.length > 0
        ? Object.fromEntries(set.map(({ name, value, origin }) => [text(name, origin), text(value, origin)]))
        : undefined,
  });
  return Object.keys(keys).length > 0 ? keys : undefined;
}
