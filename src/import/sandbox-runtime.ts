import { textOfBytes } from '../base/bytes.ts';
import {
  compact,
  type Imported,
  type ImportSource,
  importedPath,
  type LeftOutPart,
  mappingOf,
  textsOf,
  unknownKeys,
} from './imported.ts';

const FILES = ['denyRead', 'allowRead', 'allowWrite', 'denyWrite'];
const NETWORK = ['allowedDomains', 'deniedDomains', 'allowUnixSockets', 'allowAllUnixSockets', 'allowLocalBinding'];
const ONLY_GRANTS = 'Landlock only grants: what lies inside a granted directory cannot be taken out again';

/**
 * Reads the settings of sandbox-runtime: what is not denied may be read, nothing may be written but what is allowed, and hosts are allowed by name
 * through a proxy.
 *
 * @throws Error
 */
export function importSandboxRuntime(source: ImportSource): Imported {
  const text = textOfBytes(source.source);
  const settings = text === undefined ? undefined : mappingOf(JSON.parse(text));
  if (settings === undefined) throw new Error('it is no JSON object');
  const leftOut = unknownKeys(settings, ['filesystem', 'network'], '', 'no policy can say it');
  const { unix, ...sockets } = network(settings, source, leftOut);
  const fs = files(settings, source, leftOut);
  return {
    policy: compact({ version: 1, fs: unix === undefined ? fs : { ro: ['/'], ...fs, unix }, ...sockets }),
    leftOut,
  };
}

function section(
  settings: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> | undefined {
  if (settings[name] === undefined) return undefined;
  const mapping = mappingOf(settings[name]);
  if (mapping === undefined) throw new Error(`${name} is no object`);
  return mapping;
}

function files(
  settings: Readonly<Record<string, unknown>>,
  source: ImportSource,
  leftOut: LeftOutPart[],
): Record<string, unknown> | undefined {
  const mapping = section(settings, 'filesystem');
  if (mapping === undefined) return undefined;
  leftOut.push(...unknownKeys(mapping, FILES, 'filesystem.', 'no policy can say it'));
  const list = (key: string): string[] => textsOf(mapping[key], `filesystem.${key}`);
  const rw = list('allowWrite').flatMap((path) => {
    if (!/[*?[\]]/.test(path)) return [pathOf(path, source)];
    leftOut.push({ what: `filesystem.allowWrite ${path}`, why: 'a rule is on a path, and this is a pattern' });
    return [];
  });
  for (const path of list('denyRead')) leftOut.push({ what: `filesystem.denyRead ${path}`, why: ONLY_GRANTS });
  for (const path of list('denyWrite')) {
    const denied = pathOf(path, source);
    if (rw.some((above) => denied === above || denied.startsWith(`${above}/`) || /[*?[\]]/.test(path))) {
      leftOut.push({ what: `filesystem.denyWrite ${path}`, why: ONLY_GRANTS });
    }
  }
  return compact({ ro: ['/'], rw });
}

/** `~/` stays: it means the home directory of whoever runs the policy. */
function pathOf(path: string, source: ImportSource): string {
  return path.startsWith('~/') ? path.replaceAll('$', '$$$$') : importedPath(path, source);
}

function network(
  settings: Readonly<Record<string, unknown>>,
  source: ImportSource,
  leftOut: LeftOutPart[],
): Record<string, unknown> {
  const mapping = section(settings, 'network');
  if (mapping === undefined) return {};
  leftOut.push(...unknownKeys(mapping, NETWORK, 'network.', 'there is no proxy here'));
  const allowed = textsOf(mapping['allowedDomains'], 'network.allowedDomains');
  const byName = 'Landlock knows ports, not hosts';
  for (const domain of allowed) leftOut.push({ what: `network.allowedDomains ${domain}`, why: byName });
  for (const domain of textsOf(mapping['deniedDomains'], 'network.deniedDomains')) {
    leftOut.push({ what: `network.deniedDomains ${domain}`, why: byName });
  }
  const binds = mapping['allowLocalBinding'] === true;
  const unix = textsOf(mapping['allowUnixSockets'], 'network.allowUnixSockets').map((path) => pathOf(path, source));
  const noUnix = mapping['allowAllUnixSockets'] !== true && unix.length === 0;
  if (unix.length > 0)
    leftOut.push({ what: 'network.allowUnixSockets', why: 'other sockets are denied from Landlock ABI 9 on only' });
  return compact({
    net: allowed.length === 0 && !binds ? 'none' : { connect: portsOf(allowed), bind: binds ? 'any' : [] },
    no_unix: noUnix ? true : undefined,
    unix,
  });
}

/** Where each host has its port, those ports; else a host may be reached on any. */
function portsOf(domains: readonly string[]): number[] | 'any' {
  const ports = domains.map((domain) => /:(\d{1,5})$/.exec(domain)?.[1]);
  return ports.includes(undefined) ? 'any' : [...new Set(ports.map(Number))].sort((a, b) => a - b);
}
