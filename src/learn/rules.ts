/**
 * The rules by which learned paths are generalised, as data; docs/learn.md tells them in prose. Each applies to a path with its links resolved.
 * None may lead to a place that is too wide (wide.ts), and then the next one is asked.
 */

/** A tree that belongs to one package or program, known by its path alone. */
export interface TreeRule {
  /** The first group is the root of the tree. */
  readonly pattern: RegExp;
  /** What it is, for the comment. */
  readonly what: string;
  /** `tree`: who writes anywhere in it may write all of it. `directory`: only the directory that is written in. */
  readonly write: 'tree' | 'directory';
}

export const TREES: readonly TreeRule[] = [
  { pattern: /^(.*?\/node_modules)(?:\/|$)/, what: 'a node_modules tree', write: 'tree' },
  { pattern: /^(.*?\/site-packages)(?:\/|$)/, what: 'a Python tree', write: 'tree' },
  { pattern: /^(.*?\/lib\/python\d+(?:\.\d+)*)(?:\/|$)/, what: 'a Python tree', write: 'tree' },
  { pattern: /^(.*?\/\.git)(?:\/|$)/, what: 'a git directory', write: 'tree' },
  { pattern: /^(\/etc\/[^/]+)(?:\/)/, what: "a package's settings", write: 'directory' },
  { pattern: /^(\/var\/(?:lib|cache|log|spool)\/[^/]+)(?:\/)/, what: "a package's own directory", write: 'tree' },
  { pattern: /^(\/(?:opt|run)\/[^/]+)(?:\/)/, what: "a package's own directory", write: 'directory' },
];

/** Directories below which the tree rules don't hold: what lies there is granted file by file. */
export const SECRET_PLACES: readonly string[] = [
  '/etc/ssl',
  '/etc/pki',
  '/etc/ssh',
  '/etc/letsencrypt',
  '/run/secrets',
  '/run/user',
];

/** A tree that is known by a file in its root. The nearest directory that has it is the root. */
export interface MarkerRule {
  /** All of these must be there. */
  readonly names: readonly string[];
  readonly what: string;
  readonly write: 'tree' | 'directory';
}

export const MARKERS: readonly MarkerRule[] = [
  { names: ['pyvenv.cfg'], what: 'a Python environment', write: 'tree' },
  { names: ['PG_VERSION', 'global'], what: 'a PostgreSQL data directory', write: 'tree' },
  { names: ['HEAD', 'objects', 'refs'], what: 'a git directory', write: 'tree' },
  { names: ['package.json'], what: 'an npm package', write: 'directory' },
  { names: ['pyproject.toml'], what: 'a source tree', write: 'directory' },
  { names: ['setup.py'], what: 'a source tree', write: 'directory' },
  { names: ['Makefile'], what: 'a source tree', write: 'directory' },
  { names: ['makefile'], what: 'a source tree', write: 'directory' },
  { names: ['GNUmakefile'], what: 'a source tree', write: 'directory' },
  { names: ['CMakeLists.txt'], what: 'a source tree', write: 'directory' },
  { names: ['meson.build'], what: 'a source tree', write: 'directory' },
  { names: ['Cargo.toml'], what: 'a source tree', write: 'directory' },
  { names: ['go.mod'], what: 'a source tree', write: 'directory' },
  { names: ['.git'], what: 'a checkout', write: 'directory' },
];

/** A program's prefix: who runs PREFIX/bin/NAME needs what was installed with it. */
export const PREFIX = /^(.+)\/s?bin\/[^/]+$/;

/** A root whose own name is a version number gives way to the directory that holds the versions: an upgrade stays granted. */
export const VERSION = /^v?\d+(?:\.\d+)+(?:[-+~_.]?\w+)*$/;

/** So many single files of one directory are granted as that directory. */
export const MANY_FILES = 8;

/** Shared places for temporary files; what is made there under a random name is made under another one next time. */
export const SHARED_TEMPORARY: readonly string[] = ['/tmp', '/var/tmp', '/dev/shm'];

/** Names that a program makes up anew each time: mkstemp's letters, process ids, hashes. */
export const RANDOM_NAMES: readonly RegExp[] = [
  /^\.?tmp[\w-]{5,}$/i,
  /(?:^|[-_.])(?=[A-Za-z0-9]*[A-Z])(?=[A-Za-z0-9]*[a-z])[A-Za-z0-9]{6,12}(?:\.\w+)?$/,
  /(?:^|[-_.])(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{6,12}(?:\.\w+)?$/,
  /\d{3,}/,
  /^[0-9a-f]{8,}$/,
];

/** Profiles that are granted by their name when what they grant was used. */
export const LEARNED_PROFILES: readonly string[] = ['git', 'tty', 'shm'];

/** Ports that the kernel picks for who binds port 0 (net.ipv4.ip_local_port_range). */
export const EPHEMERAL_PORTS = { low: 32_768, high: 60_999 } as const;
