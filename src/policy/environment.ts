import type { Bytes } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import type { StatementBody } from './statement.ts';

/** `NAME=VALUE` sets, `NAME` alone hands the caller's value on through any mode. @throws Refusal `env-invalid` */
export function parseEnvAssignment(text: Bytes, origin: Origin): StatementBody {
  const equals = text.indexOf('=');
  if (equals < 0) return { kind: 'env', action: 'pass', name: parseEnvName(text, origin) };
  const name = parseEnvName(text.slice(0, equals) as Bytes, origin);
  return { kind: 'env_set', name, value: text.slice(equals + 1) as Bytes };
}

/** A variable's name: not empty, without `=`. Wildcards in it are most likely a glob that went to the wrong option. */
export function parseEnvName(name: Bytes, origin: Origin): Bytes {
  if (name === '' || /[=*?\0]/.test(name)) return refuse('env-invalid', origin, name);
  return name;
}

/** A glob over names: `*` is any run, `?` any one byte. */
export function parseEnvGlob(glob: Bytes, origin: Origin): Bytes {
  if (glob === '' || /[=\0]/.test(glob)) return refuse('env-glob-invalid', origin, glob);
  return glob;
}

/**
 * What `scrub` takes away: names that hold credentials by the habits of common tools, and the doors to running agents. ASCII letters are
 * compared without case. `--env-keep` lets one stay.
 */
export const SCRUB_GLOBS: readonly string[] = [
  '*TOKEN*',
  '*SECRET*',
  '*PASSWORD*',
  '*PASSWD*',
  '*PASSPHRASE*',
  '*CREDENTIAL*',
  '*API_KEY*',
  '*APIKEY*',
  '*ACCESS_KEY*',
  '*PRIVATE_KEY*',
  '*SIGNING_KEY*',
  '*ENCRYPTION_KEY*',
  '*_AUTH',
  '*_AUTH_*',
  '*_PAT',
  '*_DSN',
  '*_PWD',
  '*COOKIE*',
  'AWS_*',
  'AZURE_*',
  'GOOGLE_*',
  'GCLOUD_*',
  'GH_*',
  'DATABASE_URL',
  '*_DATABASE_URL',
  'MONGODB_URI',
  'REDIS_URL',
  'DOCKER_HOST',
  'KUBECONFIG',
  'NPM_CONFIG__AUTH*',
  'SSH_AUTH_SOCK',
  'SSH_AGENT_PID',
  'GPG_AGENT_INFO',
  'DBUS_SESSION_BUS_ADDRESS',
];
