/** Plans written byte by byte after docs/plan-format.md, apart from the product's own encoder, and wrong on request. */

export const FLAGS = {
  FILES: 1,
  ALLOW_UNSANDBOXED: 2,
  ALLOW_OVERLAP: 4,
  VERBOSE: 8,
  JSON: 16,
  ENV_CLEAR: 32,
  KEEP_PATH: 64,
  KEEP_FD_ARGS: 128,
  KEEP_FD_LISTEN: 256,
};
export const PATH = {
  STATED: 1,
  REQUIRED: 2,
  OPTIONAL: 4,
  PROFILE: 8,
  FILE_ONLY: 16,
  MAKE_DIRECTORY: 32,
  STDIO_TERMINAL: 64,
  WRITE: 128,
};
export const KIND = { FS: 0, NET: 1, SCOPE: 2, RESTRICT: 3, ABI: 4, FILTER: 5 };
export const FS = {
  EXECUTE: 1n,
  WRITE_FILE: 2n,
  READ_FILE: 4n,
  READ_DIR: 8n,
  REFER: 1n << 13n,
  TRUNCATE: 1n << 14n,
  IOCTL_DEV: 1n << 15n,
};
/** Every file right of ABI 5. */
export const FS_ALL = (1n << 16n) - 1n;
export const FS_READ = FS.EXECUTE | FS.READ_FILE | FS.READ_DIR;
export const NO_PARENT = 0xffffffff;

const LISTS = ['envKeep', 'envUnset', 'envScrub', 'envSet', 'envPass'];

/**
 * Builds a plan. Every field has a default that restricts nothing; strings are latin1.
 * `patch(view, layout)` changes the finished bytes; layout has the offset of each table and of the strings.
 */
export function buildPlan(plan = {}, patch = undefined) {
  const strings = [0];
  const known = new Map([['', 0]]);
  const string = (text = '') => {
    if (typeof text === 'number') return text;
    const found = known.get(text);
    if (found !== undefined) return found;
    const at = strings.length;
    known.set(text, at);
    for (const byte of Buffer.from(text, 'latin1')) strings.push(byte);
    strings.push(0);
    return at;
  };
  const tables = [
    (plan.paths ?? []).map((row) => [
      ['u64', row.access ?? 0n],
      ['u32', string(row.path)],
      ['u32', row.parent ?? NO_PARENT],
      ['u32', row.relative ?? 0],
      ['u32', string(row.origin)],
      ['u32', row.flags ?? 0],
      ['u32', row.reserved ?? 0],
    ]),
    (plan.ports ?? []).map((row) => [
      ['u64', row.access ?? 0n],
      ['u32', row.low],
      ['u32', row.high ?? row.low],
      ['u32', string(row.origin)],
      ['u32', row.reserved ?? 0],
    ]),
    (plan.requirements ?? []).map((row) => [
      ['u32', row.kind],
      ['u32', row.action ?? 2],
      ['u64', row.bits],
      ['u64', row.alternative ?? 0n],
      ['u32', string(row.origin)],
      ['u32', string(row.code ?? 'test-unmet')],
      ['u32', string(row.text ?? 'cannot do what the test asks')],
      ['u32', string(row.remedy ?? 'ask for less')],
      ['u32', row.flags ?? 0],
      ['u32', row.reserved ?? 0],
    ]),
    (plan.limits ?? []).map((row) => [
      ['u32', row.resource],
      ['u32', row.which ?? 3],
      ['u64', row.soft ?? 0n],
      ['u64', row.hard ?? 0n],
      ['u32', string(row.origin)],
      ['u32', row.reserved ?? 0],
    ]),
    ...LISTS.map((name) => (plan[name] ?? []).map((entry) => [['u32', string(entry)]])),
    (plan.keep ?? []).map((entry) => [
      ['u32', typeof entry === 'number' ? entry : entry.descriptor],
      ['u32', string(entry.origin)],
    ]),
  ];
  const chdir = string(plan.chdir);
  const hint = string(plan.hint);
  const chdirOrigin = string(plan.chdirOrigin);
  const listenOrigin = string(plan.listenOrigin);
  let at = 144;
  const layout = { tables: [], strings: 0, stringsSize: 0 };
  for (const rows of tables) {
    layout.tables.push(rows.length === 0 ? 0 : at);
    at += Math.ceil((rows.length * rowSize(rows[0])) / 8) * 8;
  }
  layout.strings = at;
  layout.stringsSize = strings.length;
  const bytes = new Uint8Array(at + strings.length);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from('LLRPLAN\0'));
  view.setUint32(8, 1, true);
  view.setUint32(12, bytes.length, true);
  view.setUint32(16, plan.flags ?? 0, true);
  view.setInt32(20, plan.status ?? -1, true);
  view.setBigUint64(24, plan.capabilities ?? 0n, true);
  view.setBigUint64(32, plan.filter ?? 0n, true);
  view.setUint32(40, chdir, true);
  view.setUint32(44, hint, true);
  tables.forEach((rows, index) => {
    view.setUint32(48 + index * 8, layout.tables[index], true);
    view.setUint32(52 + index * 8, rows.length, true);
    let field = layout.tables[index];
    for (const row of rows) {
      for (const [type, value] of row) {
        if (type === 'u64') view.setBigUint64(field, value, true);
        else view.setUint32(field, value, true);
        field += type === 'u64' ? 8 : 4;
      }
    }
  });
  view.setUint32(128, layout.strings, true);
  view.setUint32(132, strings.length, true);
  view.setUint32(136, chdirOrigin, true);
  view.setUint32(140, listenOrigin, true);
  bytes.set(strings, layout.strings);
  patch?.(view, layout);
  return bytes;
}

const rowSize = (row) => (row ?? []).reduce((size, [type]) => size + (type === 'u64' ? 8 : 4), 0);

/** Everything below `/usr`, `/bin`, `/lib*`, and what a program needs to start; flags as a profile's. */
export const systemPaths = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc/ld.so.cache', '/etc/alternatives'].map(
  (path) => ({
    path,
    access: FS_READ,
    flags: PATH.PROFILE,
    origin: 'profile system',
  }),
);
export const devNull = {
  path: '/dev/null',
  access: FS.READ_FILE | FS.WRITE_FILE | FS.TRUNCATE,
  flags: PATH.PROFILE,
  origin: 'profile system',
};

/** A plan that handles files as far as ABI 5 does, and grants the system and the given rows. */
export const filesPlan = (paths = [], more = {}) => ({
  flags: FLAGS.FILES | (more.flags ?? 0),
  ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'flags')),
  paths: [...systemPaths, devNull, ...paths],
  requirements: [{ kind: KIND.FS, bits: FS_ALL, flags: 1, origin: '--rw' }, ...(more.requirements ?? [])],
});
