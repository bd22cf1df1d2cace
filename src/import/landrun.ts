import { textOfBytes } from '../base/bytes.ts';
import { compact, type Imported, type ImportSource, importedPath, type LeftOutPart } from './imported.ts';
import { shellWords } from './shell-words.ts';

/** Options of landrun that take a value, and the lists they fill; each value may hold several, separated by commas. */
const LISTS = ['ro', 'rox', 'rw', 'rwx', 'unix', 'bind-tcp', 'connect-tcp', 'env'] as const;
type List = (typeof LISTS)[number];

const SWITCHES = [
  'best-effort',
  'unrestricted-network',
  'unrestricted-filesystem',
  'unrestricted-scoped',
  'ignore-missing',
  'log-disable-originating',
  'log-enable-subprocesses',
  'log-disable-subdomains',
  'add-exec',
  'ldd',
] as const;

/** Reads one landrun command line. COMMAND is no part of the policy. @throws Error */
export function importLandrun(source: ImportSource): Imported {
  const text = textOfBytes(source.source);
  if (text === undefined) throw new Error('it is not UTF-8');
  const { lists, switches, leftOut } = readOptions(shellWords(text));
  const has = (name: (typeof SWITCHES)[number]): boolean => switches.has(name);
  const paths = (name: List): string[] => lists[name].map((path) => importedPath(path, source));
  const grants = (name: List, access: readonly string[]) => paths(name).map((path) => ({ path, access }));
  if (has('add-exec') || has('ldd')) {
    const what = [has('add-exec') ? '--add-exec' : '', has('ldd') ? '--ldd' : '']
      .filter((one) => one !== '')
      .join(' and ');
    leftOut.push({ what, why: 'a file cannot ask for it; add --add-command to the command line' });
  }
  const files = compact({
    ro: paths('rox'),
    rw: paths('rwx'),
    grant: [...grants('ro', ['read']), ...grants('rw', ['read', 'write', 'create', 'remove', 'ioctl_dev'])],
    unix: paths('unix'),
  });
  const env = environment(lists.env);
  return {
    policy: compact({
      version: 1,
      bare: has('unrestricted-filesystem') ? undefined : true,
      fs: has('unrestricted-filesystem') ? undefined : files,
      net: has('unrestricted-network')
        ? undefined
        : { connect: ports(lists['connect-tcp']), bind: ports(lists['bind-tcp']) },
      scope: has('unrestricted-scoped') ? { signal: 'off', 'abstract-unix-socket': 'off' } : undefined,
      audit: has('log-enable-subprocesses') ? (has('log-disable-subdomains') ? 'command' : 'all') : undefined,
      compatibility: has('best-effort') ? 'best_effort' : undefined,
      require_paths: has('ignore-missing') || has('unrestricted-filesystem') ? undefined : true,
      env,
    }),
    leftOut,
  };
}

function readOptions(words: readonly string[]): {
  lists: Record<List, string[]>;
  switches: Set<string>;
  leftOut: LeftOutPart[];
} {
  const lists = Object.fromEntries(LISTS.map((name) => [name, [] as string[]])) as Record<List, string[]>;
  const switches = new Set<string>();
  const leftOut: LeftOutPart[] = [];
  const start = words.findIndex((word) => /(?:^|\/)landrun$/.test(word));
  if (start < 0) throw new Error('there is no landrun command in it');
  for (let at = start + 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--' || !word.startsWith('-')) break;
    const [name = '', inline] = word.replace(/^--?/, '').split(/=(.*)/s);
    if ((SWITCHES as readonly string[]).includes(name)) {
      if (inline !== 'false') switches.add(name);
      continue;
    }
    const value = inline ?? words[++at];
    if (value === undefined) throw new Error(`--${name} has no value`);
    if (name === 'log-level') continue;
    if (!(LISTS as readonly string[]).includes(name)) throw new Error(`--${name} is no option of landrun`);
    lists[name as List].push(...value.split(',').filter((one) => one !== ''));
  }
  return { lists, switches, leftOut };
}

function ports(values: readonly string[]): number[] {
  return values.map((value) => {
    if (!/^\d{1,5}$/.test(value)) throw new Error(`${value} is no port`);
    return Number(value);
  });
}

/** landrun starts from an empty environment; `NAME=VALUE` sets, `NAME` hands through. */
function environment(entries: readonly string[]): Record<string, unknown> {
  const set = entries.filter((entry) => entry.includes('=')).map((entry) => entry.split(/=(.*)/s).slice(0, 2));
  return compact({
    mode: 'clear',
    pass: entries.filter((entry) => !entry.includes('=')),
    set: set.length === 0 ? undefined : Object.fromEntries(set),
  });
}
