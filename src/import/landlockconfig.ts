import { textOfBytes } from '../base/bytes.ts';
import { ABI_TABLE } from '../kernel/abi-table.ts';
import { FS_RIGHTS, type FsRight, fsMask, fsRightsOf, type Mask, RIGHT_GROUPS } from '../kernel/rights.ts';
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
import { readToml } from './read-toml.ts';

/** Reads landlockconfig's JSON (camel case) or TOML (snake case); both hold the same. @throws Error */
export function importLandlockconfig(source: ImportSource): Imported {
  const text = textOfBytes(source.source);
  if (text === undefined) throw new Error('it is not UTF-8');
  const value = /^\s*\{/.test(text) ? (JSON.parse(text) as unknown) : readToml(text);
  const config = mappingOf(value);
  if (config === undefined) throw new Error('it is no mapping');
  return new Reader(config, source).read();
}

type Mapping = Readonly<Record<string, unknown>>;

const KNOWN = ['abi', 'variable', 'ruleset', 'pathBeneath', 'path_beneath', 'netPort', 'net_port'];
const SCOPES: Readonly<Record<string, string>> = { abstract_unix_socket: 'abstract-unix-socket', signal: 'signal' };

class Reader {
  readonly #config: Mapping;
  readonly #source: ImportSource;
  readonly #leftOut: LeftOutPart[] = [];
  readonly #variables = new Map<string, readonly string[]>();

  constructor(config: Mapping, source: ImportSource) {
    this.#config = config;
    this.#source = source;
  }

  read(): Imported {
    this.#leftOut.push(...unknownKeys(this.#config, KNOWN, '', 'no such key is known here'));
    for (const variable of this.#list('variable')) {
      this.#variables.set(String(variable['name']), textsOf(variable['literal'], 'variable.literal'));
    }
    const files = this.#files();
    const scopes = this.#list('ruleset').flatMap((one) => textsOf(one['scoped'], 'ruleset.scoped'));
    const scope = Object.fromEntries(
      Object.entries(SCOPES)
        .filter(([name]) => scopes.includes(name) || scopes.some(isAll))
        .map(([, name]) => [name, 'on']),
    );
    for (const name of scopes) {
      if (!isAll(name) && SCOPES[name] === undefined)
        this.#leftOut.push({ what: `scope ${name}`, why: 'no such scope is known here' });
    }
    return {
      policy: compact({
        version: 1,
        bare: files === undefined ? undefined : true,
        fs: files,
        net: this.#net(),
        scope: Object.keys(scope).length > 0 ? scope : undefined,
        compatibility: 'best_effort',
      }),
      leftOut: this.#leftOut,
    };
  }

  /** Entries of a list of tables, by its camel-case name; TOML has the snake-case one. */
  #list(key: string): Mapping[] {
    const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const value = this.#config[key] ?? this.#config[snake];
    if (value === undefined) return [];
    const entries = Array.isArray(value) ? value.map(mappingOf) : [];
    if (entries.length === 0 || entries.includes(undefined)) throw new Error(`${key} is no list of tables`);
    return entries as Mapping[];
  }

  /** Rights that are not handled there stay allowed: here they are granted on `/`, since a files policy handles them all. */
  #files(): Record<string, unknown> | undefined {
    const rules = this.#list('pathBeneath').flatMap((rule) => {
      const access = this.#access(textsOf(field(rule, 'allowedAccess'), 'allowedAccess'));
      return textsOf(rule['parent'], 'parent').flatMap((parent) =>
        this.#expand(parent).map((path) => ({ path, access })),
      );
    });
    const handled = this.#list('ruleset').reduce(
      (mask, one) => mask | this.#access(textsOf(field(one, 'handledAccessFs'), 'handledAccessFs')),
      rules.reduce((mask, rule) => mask | rule.access, 0),
    );
    if (handled === 0) return undefined;
    const unhandled = ALL & ~handled;
    const root = unhandled === 0 ? [] : [{ path: '/', access: fsRightsOf(unhandled) }];
    const grant = rules
      .filter((rule) => rule.access !== 0)
      .map(({ path, access }) => ({ path: importedPath(path, this.#source), access: fsRightsOf(access) }));
    return compact({ grant: [...grant, ...root] });
  }

  /** Names of rights, and groups as of an ABI: `v5.read_execute`, `abi.all`. */
  #access(names: readonly string[]): Mask {
    return names.reduce((mask, name) => mask | this.#right(name), 0);
  }

  #right(name: string): Mask {
    if ((FS_RIGHTS as readonly string[]).includes(name)) return fsMask(name as FsRight);
    const group = /^(?:abi|v(\d+))\.(all|read_execute|read_write)$/.exec(name);
    if (group === null) {
      this.#leftOut.push({ what: `right ${name}`, why: 'no such right is known here' });
      return 0;
    }
    const of = Number(group[1] ?? this.#config['abi'] ?? ABI_TABLE.length);
    const known = ABI_TABLE.filter((row) => row.abi <= of).reduce((mask, row) => mask | fsMask(...row.fs), 0) & ALL;
    if (group[2] === 'all') return known;
    if (group[2] === 'read_execute') return known & (RIGHT_GROUPS.read | RIGHT_GROUPS.exec);
    return known & ~fsMask('execute');
  }

  /** A path with each `${name}` replaced by each of its values. */
  #expand(text: string): string[] {
    const found = /\$\{(\w+)\}/.exec(text);
    if (found === null) return [text];
    const values = this.#variables.get(found[1] ?? '');
    if (values === undefined) throw new Error(`the variable ${found[1]} is not defined`);
    const [before, after] = [text.slice(0, found.index), text.slice(found.index + found[0].length)];
    return values.flatMap((value) => this.#expand(after).map((rest) => `${before}${value}${rest}`));
  }

  /** A direction that is not handled is left alone. */
  #net(): Record<string, unknown> | undefined {
    const handled = new Set<string>();
    const ports: Record<string, number[]> = { connect_tcp: [], bind_tcp: [] };
    const directions = (names: readonly string[]): string[] => {
      for (const name of names) {
        if (!isAll(name) && ports[name] === undefined)
          this.#leftOut.push({ what: `right ${name}`, why: 'no such right is known here' });
      }
      return Object.keys(ports).filter((name) => names.includes(name) || names.some(isAll));
    };
    for (const one of this.#list('ruleset')) {
      for (const name of directions(textsOf(field(one, 'handledAccessNet'), 'handledAccessNet'))) handled.add(name);
    }
    for (const rule of this.#list('netPort')) {
      const listed = rule['port'];
      if (!Array.isArray(listed)) throw new Error('netPort.port is no list of numbers');
      for (const name of directions(textsOf(field(rule, 'allowedAccess'), 'allowedAccess'))) {
        handled.add(name);
        ports[name]?.push(...listed.map(Number));
      }
    }
    if (handled.size === 0) return undefined;
    const say = (name: string): unknown =>
      handled.has(name) ? [...new Set(ports[name])].sort((a, b) => a - b) : 'any';
    return { connect: say('connect_tcp'), bind: say('bind_tcp') };
  }
}

/** Every right that a policy may name, but for sockets: those take a rule of their own here. */
const ALL: Mask = FS_RIGHTS.filter((name) => name !== 'resolve_unix').reduce((mask, name) => mask | fsMask(name), 0);

function isAll(name: string): boolean {
  return /^(?:abi|v\d+)\.all$/.test(name);
}

function field(mapping: Mapping, key: string): unknown {
  return mapping[key] ?? mapping[key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}
