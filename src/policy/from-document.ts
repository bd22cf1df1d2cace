import { type Bytes, bytesOfText } from '../base/bytes.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { GRANT_RIGHTS, type Mask, WRITE_RIGHTS } from '../kernel/rights.ts';
import type { DiscoverRequest } from './discover.ts';
import { parseEnvGlob, parseEnvName } from './environment.ts';
import { parseLimit } from './limit.ts';
import { type PortRange, parsePortRange, port } from './port.ts';
import { maskOfRightWords } from './rights-list.ts';
import type { PolicyDocument } from './schema.ts';
import type { Direction, GrantForm, ScopeName, Statement, StatementBody, Transport } from './statement.ts';

/** Where something stands in a document: keys and list positions from the top. */
export type DocumentPath = readonly (string | number)[];

/** How a document's words become bytes and places; a policy file expands, a library object does not. */
export interface DocumentContext {
  readonly rank: number;
  originAt(at: DocumentPath): Origin;
  /** Makes a path absolute; `write` says that it will be granted with write. */
  path(text: Bytes, origin: Origin, write: boolean): Bytes;
}

/** What a document says: statements, and the files that it points to for more. */
export interface DocumentContent {
  readonly statements: readonly Statement[];
  readonly extends: readonly { readonly path: Bytes; readonly origin: Origin }[];
  readonly discover: readonly DiscoverRequest[];
}

type PathEntry = string | { path: string; required?: boolean | undefined; optional?: boolean | undefined };

/**
 * Reads a validated document into statements, each with its place.
 *
 * @throws Refusal where a value means nothing (ports out of order, an unknown limit, an unset variable).
 */
export function readDocument(document: PolicyDocument, context: DocumentContext): DocumentContent {
  const statements: Statement[] = [];
  const say = (body: StatementBody, at: DocumentPath): void => {
    statements.push({ ...body, origin: context.originAt(at), rank: context.rank });
  };
  sayFiles(document, context, say);
  saySockets('tcp', document.net, ['net'], context, say);
  saySockets('udp', document.udp, ['udp'], context, say);
  if (document.other_net !== undefined) say({ kind: 'other_net', value: document.other_net }, ['other_net']);
  document.profiles?.forEach((name, i) => {
    say({ kind: 'profile', name }, ['profiles', i]);
  });
  for (const [name, on] of Object.entries(document.scope ?? {})) {
    if (on !== undefined)
      say({ kind: 'scope', name: name as ScopeName, on: on === true || on === 'on' }, ['scope', name]);
  }
  if (document.min_abi !== undefined) say({ kind: 'min_abi', abi: document.min_abi }, ['min_abi']);
  for (const name of ['bare', 'no_unix', 'keep_caps', 'keep_path', 'require_paths'] as const) {
    const value = document[name];
    if (value !== undefined) say({ kind: 'setting', name, value }, [name]);
  }
  if (document.audit !== undefined) say({ kind: 'setting', name: 'audit', value: document.audit }, ['audit']);
  if (document.compatibility !== undefined) {
    say({ kind: 'setting', name: 'compatibility', value: document.compatibility }, ['compatibility']);
  }
  for (const name of ['tmp', 'chdir'] as const) {
    const value = document[name];
    if (value === undefined) continue;
    const path = context.path(bytesOfText(value), context.originAt([name]), name === 'tmp');
    say({ kind: 'setting', name, value: path }, [name]);
  }
  sayEnvironment(document, context, say);
  for (const [name, value] of Object.entries(document.limits ?? {})) {
    if (value === undefined) continue;
    const at = ['limits', name];
    say({ kind: 'limit', limit: parseLimit(bytesOfText(name), bytesOfText(String(value)), context.originAt(at)) }, at);
  }
  document.keep_fd?.forEach((fd, i) => {
    say({ kind: 'keep_fd', fd: fd as number | 'args' | 'listen' }, ['keep_fd', i]);
  });
  return {
    statements,
    extends: (document.extends ?? []).map((text, i) => {
      const origin = context.originAt(['extends', i]);
      return { path: context.path(bytesOfText(text), origin, false), origin };
    }),
    discover: (document.discover ?? []).map((request, i) => {
      const origin = context.originAt(['discover', i]);
      return {
        config: context.path(bytesOfText(request.config), context.originAt(['discover', i, 'config']), false),
        readKeys: request.keys?.ro ?? [],
        writeKeys: request.keys?.rw ?? [],
        origin,
      };
    }),
  };
}

type Say = (body: StatementBody, at: DocumentPath) => void;

function sayFiles(document: PolicyDocument, context: DocumentContext, say: Say): void {
  const { fs } = document;
  if (fs === undefined) return;
  if (typeof fs === 'string') {
    say({ kind: 'files', value: 'any' }, ['fs']);
    return;
  }
  say({ kind: 'files', value: 'only' }, ['fs']);
  const grant = (form: GrantForm, access: Mask, entry: PathEntry, at: DocumentPath): void => {
    const stated = typeof entry === 'string' ? { path: entry } : entry;
    const place = typeof entry === 'string' ? at : [...at, 'path'];
    const origin = context.originAt(place);
    const path = context.path(bytesOfText(stated.path), origin, (access & WRITE_RIGHTS) !== 0);
    const required = stated.required ?? false;
    const optional = stated.optional ?? false;
    say({ kind: 'grant', grant: { path, access, form, source: 'stated', required, optional, origin } }, place);
  };
  for (const form of ['ro', 'rw', 'rwfile', 'unix'] as const) {
    fs[form]?.forEach((entry, i) => {
      grant(form, GRANT_RIGHTS[form], entry, ['fs', form, i]);
    });
  }
  fs.grant?.forEach((entry, i) => {
    const at = ['fs', 'grant', i];
    const words = entry.access.map((word) => bytesOfText(word));
    grant('grant', maskOfRightWords(words, context.originAt([...at, 'access'])), entry, at);
  });
  fs.deny?.forEach((text, i) => {
    const at = ['fs', 'deny', i];
    say({ kind: 'deny', path: context.path(bytesOfText(text), context.originAt(at), false) }, at);
  });
}

function saySockets(
  transport: Transport,
  sockets: PolicyDocument['net'],
  at: DocumentPath,
  context: DocumentContext,
  say: Say,
): void {
  if (sockets === undefined) return;
  if (sockets === 'none' && transport === 'tcp') {
    say({ kind: 'no_net' }, at);
    return;
  }
  if (typeof sockets === 'string') {
    for (const direction of ['connect', 'bind'] as const)
      say({ kind: 'ports', transport, direction, ports: sockets }, at);
    return;
  }
  say({ kind: 'transport', transport }, at);
  for (const direction of ['connect', 'bind'] as const) {
    const stated = sockets[direction];
    const place = [...at, direction];
    if (typeof stated === 'string') say({ kind: 'ports', transport, direction, ports: stated }, place);
    else
      for (const [i, one] of (stated ?? []).entries()) sayPort(transport, direction, one, [...place, i], context, say);
  }
}

function sayPort(
  transport: Transport,
  direction: Direction,
  stated: string | number,
  at: DocumentPath,
  context: DocumentContext,
  say: Say,
): void {
  const origin = context.originAt(at);
  const single = typeof stated === 'number' ? port(stated, origin) : undefined;
  const ports: PortRange =
    single === undefined ? parsePortRange(bytesOfText(String(stated)), origin) : { low: single, high: single };
  say({ kind: 'ports', transport, direction, ports }, at);
}

function sayEnvironment(document: PolicyDocument, context: DocumentContext, say: Say): void {
  const { env } = document;
  if (env === undefined) return;
  if (env.mode !== undefined) say({ kind: 'setting', name: 'env_mode', value: env.mode }, ['env', 'mode']);
  for (const action of ['keep', 'unset', 'pass'] as const) {
    env[action]?.forEach((text, i) => {
      const at = ['env', action, i];
      const parse = action === 'pass' ? parseEnvName : parseEnvGlob;
      say({ kind: 'env', action, name: parse(bytesOfText(text), context.originAt(at)) }, at);
    });
  }
  for (const [name, value] of Object.entries(env.set ?? {})) {
    const at = ['env', 'set', name];
    const origin = context.originAt(at);
    say({ kind: 'env_set', name: parseEnvName(bytesOfText(name), origin), value: bytesOfText(value) }, at);
  }
}
