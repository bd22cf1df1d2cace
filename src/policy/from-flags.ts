import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { nearest } from '../base/nearest.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin, type Origin } from '../diagnostics/origin.ts';
import { GRANT_RIGHTS, type Mask } from '../kernel/rights.ts';
import { parseDescriptor, parseKeepFd } from './descriptor.ts';
import { parseEnvAssignment, parseEnvGlob } from './environment.ts';
import { parseLimit } from './limit.ts';
import { parseMinAbi } from './min-abi.ts';
import { absolutePath } from './path.ts';
import { parsePortRange } from './port.ts';
import { maskOfRightWords } from './rights-list.ts';
import {
  AUDIT_LEVELS,
  type Direction,
  type GrantForm,
  SCOPE_NAMES,
  type Statement,
  type StatementBody,
  type Transport,
} from './statement.ts';

/** One option as it stood on the command line; a switch has no value. */
export interface Flag {
  readonly name: string;
  readonly value: Bytes | undefined;
}

/** The options that say something of the policy, and what each says. `working` is the directory that relative paths start from. */
const readers: Readonly<Record<string, (value: Bytes, origin: Origin, working: Bytes) => StatementBody[]>> = {
  '--ro': (value, origin, working) => [grant('ro', GRANT_RIGHTS.ro, value, origin, working)],
  '--rw': (value, origin, working) => [grant('rw', GRANT_RIGHTS.rw, value, origin, working)],
  '--rwfile': (value, origin, working) => [grant('rwfile', GRANT_RIGHTS.rwfile, value, origin, working)],
  '--unix': (value, origin, working) => [grant('unix', GRANT_RIGHTS.unix, value, origin, working)],
  '--grant': (value, origin, working) => [grantOfRights(value, origin, working)],
  '--deny': (value, _origin, working) => [{ kind: 'deny', path: absolutePath(value, working) }],
  '--tmp': (value, _origin, working) => [{ kind: 'setting', name: 'tmp', value: absolutePath(value, working) }],
  '--add-command': () => [{ kind: 'setting', name: 'add_command', value: true }],
  '--net-connect': (value, origin) => [ports('tcp', 'connect', value, origin)],
  '--net-bind': (value, origin) => [ports('tcp', 'bind', value, origin)],
  '--udp-connect': (value, origin) => [ports('udp', 'connect', value, origin)],
  '--udp-bind': (value, origin) => [ports('udp', 'bind', value, origin)],
  '--other-net': (value, origin) => [{ kind: 'other_net', value: oneOf(['any', 'none'], value, origin) }],
  '--no-net': () => [{ kind: 'no_net' }],
  '--no-unix': () => [{ kind: 'setting', name: 'no_unix', value: true }],
  '--scope': (value, origin) => [{ kind: 'scope', name: oneOf(SCOPE_NAMES, value, origin), on: true }],
  '--no-scope': (value, origin) => [{ kind: 'scope', name: oneOf(SCOPE_NAMES, value, origin), on: false }],
  '--audit': (value, origin) => [{ kind: 'setting', name: 'audit', value: oneOf(AUDIT_LEVELS, value, origin) }],
  '--keep-caps': () => [{ kind: 'setting', name: 'keep_caps', value: true }],
  '--profile': (value) => [{ kind: 'profile', name: value }],
  '--bare': () => [{ kind: 'setting', name: 'bare', value: true }],
  '--best-effort': () => [{ kind: 'setting', name: 'compatibility', value: 'best_effort' }],
  '--min-abi': (value, origin) => [{ kind: 'min_abi', abi: parseMinAbi(value, origin) }],
  '--require-paths': () => [{ kind: 'setting', name: 'require_paths', value: true }],
  '--allow-overlap': () => [{ kind: 'setting', name: 'allow_overlap', value: true }],
  '--allow-unsandboxed': () => [{ kind: 'setting', name: 'allow_unsandboxed', value: true }],
  '--env': (value, origin) => [parseEnvAssignment(value, origin)],
  '--env-scrub': () => [{ kind: 'setting', name: 'env_mode', value: 'scrub' }],
  '--env-clear': () => [{ kind: 'setting', name: 'env_mode', value: 'clear' }],
  '--env-keep': (value, origin) => [{ kind: 'env', action: 'keep', name: parseEnvGlob(value, origin) }],
  '--env-unset': (value, origin) => [{ kind: 'env', action: 'unset', name: parseEnvGlob(value, origin) }],
  '--keep-fd': (value, origin) => [{ kind: 'keep_fd', fd: parseKeepFd(value, origin) }],
  '--keep-path': () => [{ kind: 'setting', name: 'keep_path', value: true }],
  '--chdir': (value, _origin, working) => [{ kind: 'setting', name: 'chdir', value: absolutePath(value, working) }],
  '--limit': (value, origin) => [limit(value, origin)],
  '--status-fd': (value, origin) => [
    { kind: 'setting', name: 'status_fd', value: parseDescriptor(value, origin, 'give a number from 3 on') },
  ],
};

/** The options that this file understands; the option table is tested to name them all. */
export const POLICY_FLAGS: readonly string[] = Object.keys(readers);

/**
 * What the command line says of the policy, as statements of rank 0.
 *
 * @param workingDirectory gives the directory that relative paths start from; asked only where a path is relative.
 * @throws Refusal on the first value that means nothing.
 */
export function statementsOfFlags(flags: readonly Flag[], workingDirectory: () => Bytes): Statement[] {
  return flags.flatMap(({ name, value }) => {
    const read = readers[name];
    if (read === undefined) return [];
    const origin = flagOrigin(name);
    const working = value?.startsWith('/') || !PATH_FLAGS.has(name) ? bytesOfText('/') : workingDirectory();
    return read(value ?? bytesOfText(''), origin, working).map((body): Statement => ({ ...body, origin, rank: 0 }));
  });
}

const PATH_FLAGS: ReadonlySet<string> = new Set([
  '--ro',
  '--rw',
  '--rwfile',
  '--unix',
  '--grant',
  '--deny',
  '--tmp',
  '--chdir',
]);

function grant(form: GrantForm, access: Mask, path: Bytes, origin: Origin, working: Bytes): StatementBody {
  return {
    kind: 'grant',
    grant: {
      path: absolutePath(path, working),
      access,
      form,
      source: 'stated',
      required: false,
      optional: false,
      origin,
    },
  };
}

/** `RIGHTS:PATH`: a comma list up to the first colon; the path may hold any further ones. */
function grantOfRights(value: Bytes, origin: Origin, working: Bytes): StatementBody {
  const colon = value.indexOf(':');
  if (colon <= 0 || colon === value.length - 1) return refuse('grant-form', origin, value);
  const words = value.slice(0, colon).split(',') as Bytes[];
  return grant('grant', maskOfRightWords(words, origin), value.slice(colon + 1) as Bytes, origin, working);
}

function ports(transport: Transport, direction: Direction, value: Bytes, origin: Origin): StatementBody {
  if (value === 'any') return { kind: 'ports', transport, direction, ports: 'any' };
  if (value === 'none') return { kind: 'ports', transport, direction, ports: 'none' };
  return { kind: 'ports', transport, direction, ports: parsePortRange(value, origin) };
}

function limit(value: Bytes, origin: Origin): StatementBody {
  const equals = value.indexOf('=');
  if (equals <= 0) return refuse('limit-form', origin, value);
  const name = value.slice(0, equals) as Bytes;
  return { kind: 'limit', limit: parseLimit(name, value.slice(equals + 1) as Bytes, origin) };
}

function oneOf<const Word extends string>(words: readonly Word[], value: Bytes, origin: Origin): Word {
  const found = words.find((word) => word === (value as string));
  return found ?? refuse('word-unknown', origin, value, nearest(value, words), words);
}
