import { readYaml } from '../policy/read-yaml.ts';
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

type Mapping = Readonly<Record<string, unknown>>;

const TOP = ['version', 'filesystem_policy', 'landlock', 'process', 'network_policies', 'network_middlewares'];
const FILES = ['include_workdir', 'read_only', 'read_write', 'compatibility'];

/** Reads OpenShell's policy: the whole of it, or its filesystem section by itself. @throws Error, Refusal where it is no YAML */
export function importOpenshell(source: ImportSource): Imported {
  const whole = mappingOf(readYaml(source.source, source.file).value);
  if (whole === undefined) throw new Error('it is no mapping');
  const alone = FILES.some((key) => key in whole);
  const files = alone ? whole : (optional(whole, 'filesystem_policy') ?? { include_workdir: true });
  const landlock = alone ? {} : (optional(whole, 'landlock') ?? {});
  const leftOut: LeftOutPart[] = [
    ...unknownKeys(files, [...FILES, ...(alone ? ['version'] : [])], 'filesystem_policy.', 'no such key is known here'),
    ...(alone ? [] : unknownKeys(whole, TOP, '', 'no such key is known here')),
    ...unknownKeys(landlock, ['compatibility'], 'landlock.', 'no such key is known here'),
    ...unknownKeys(optional(whole, 'process') ?? {}, [], 'process.', 'run setpriv before landlock-run'),
    ...unknownKeys(optional(whole, 'network_middlewares') ?? {}, [], 'network_middlewares.', 'there is no proxy here'),
  ];
  const paths = (key: string): string[] => textsOf(files[key], key).map((path) => importedPath(path, source));
  const work = files['include_workdir'] === true ? [importedPath('.', source)] : [];
  return {
    policy: compact({
      version: 1,
      bare: true,
      fs: compact({ ro: paths('read_only'), rw: [...new Set([...paths('read_write'), ...work])] }),
      net: alone ? undefined : network(optional(whole, 'network_policies') ?? {}, leftOut),
      compatibility: compatibility(landlock['compatibility'] ?? files['compatibility']),
    }),
    leftOut,
  };
}

function optional(whole: Mapping, key: string): Mapping | undefined {
  const value = whole[key];
  if (value === undefined || value === null) return undefined;
  const mapping = mappingOf(value);
  if (mapping === undefined) throw new Error(`${key} is no mapping`);
  return mapping;
}

function compatibility(value: unknown): 'best_effort' | undefined {
  if (value === undefined || value === 'best_effort') return 'best_effort';
  if (value === 'hard_requirement') return undefined;
  throw new Error('landlock.compatibility is neither best_effort nor hard_requirement');
}

/** Endpoints are hosts for binaries, held by a proxy; what is left of them here is their ports. */
function network(policies: Mapping, leftOut: LeftOutPart[]): unknown {
  const names = Object.keys(policies);
  if (names.length === 0) return 'none';
  const ports: number[] = [];
  let everyPort = true;
  for (const name of names) {
    leftOut.push({
      what: `network_policies.${name}`,
      why: 'hosts and binaries are held by a proxy there; Landlock knows ports',
    });
    const endpoints = mappingOf(policies[name])?.['endpoints'];
    for (const endpoint of Array.isArray(endpoints) ? endpoints.map(mappingOf) : [undefined]) {
      const listed = endpoint?.['ports'] ?? endpoint?.['port'];
      const numbers = (Array.isArray(listed) ? listed : [listed]).filter((one) => typeof one === 'number');
      ports.push(...numbers);
      if (numbers.length === 0) everyPort = false;
    }
  }
  return { connect: everyPort ? [...new Set(ports)].sort((a, b) => a - b) : 'any', bind: [] };
}
