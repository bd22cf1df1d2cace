/** A sound plan, and what makes it damaged: one change each. */
import { FLAGS, FS, KIND, PATH } from './plan-builder.mjs';

export const full = {
  flags: FLAGS.KEEP_PATH,
  paths: [
    { path: '/usr', access: FS.READ_FILE },
    { path: '/usr/bin', access: FS.EXECUTE, parent: 0, relative: 5 },
  ],
  ports: [{ access: 2n, low: 80, high: 90 }],
  requirements: [
    { kind: KIND.FS, bits: FS.EXECUTE | FS.READ_FILE },
    { kind: KIND.NET, bits: 2n },
  ],
  limits: [{ resource: 7, which: 1, soft: 64n }],
  envKeep: ['A*'],
  envSet: ['B=1'],
  keep: [],
};

const row = (index, offset) => (layout) => layout.tables[index] + offset;
const u32 = (at, value) => (view, layout) => view.setUint32(typeof at === 'function' ? at(layout) : at, value, true);
const u64 = (at, value) => (view, layout) => view.setBigUint64(typeof at === 'function' ? at(layout) : at, value, true);
const path = (offset) => row(0, offset);
const second = (offset) => (layout) => layout.tables[0] + 32 + offset;
const port = (offset) => row(1, offset);
const requirement = (offset) => row(2, offset);
const limit = (offset) => row(3, offset);
const BEYOND = 0x00ffffff;

export const patches = {
  'a magic of another kind': u32(0, 0),
  'a magic without its NUL': (view) => view.setUint8(7, 1),
  'another version': u32(8, 2),
  'a size larger than the block': (view) => view.setUint32(12, view.byteLength + 8, true),
  'a size smaller than the block': (view) => view.setUint32(12, view.byteLength - 1, true),
  'an unknown flag': u32(16, 1 << 9),
  'the highest flag': u32(16, 0x80000000),
  'a status descriptor below 3': u32(20, 2),
  'a negative status descriptor': u32(20, 0xfffffffe),
  'a status descriptor beyond all': u32(20, 1048576),
  'an unknown filter feature': u64(32, 1n << 9n),
  'a chdir beyond the strings': u32(40, BEYOND),
  'an exec hint beyond the strings': u32(44, BEYOND),
  'a table at the header': u32(48, 128),
  'a table at an odd place': (view, layout) => view.setUint32(48, layout.tables[0] + 4, true),
  'a table beyond the plan': u32(48, 0x00fffff8),
  'a table whose end wraps': u32(48, 0xfffffff8),
  'a table of too many rows': u32(52, 65537),
  'a table that leaves the plan by its count': u32(52, 60000),
  'too many requirements': u32(48 + 2 * 8 + 4, 257),
  'too many limits': u32(48 + 3 * 8 + 4, 17),
  'an empty table with an offset': u32(48 + 9 * 8, 144),
  'strings in the header': u32(128, 64),
  'strings beyond the plan': u32(128, 0xfffffff0),
  'no strings': u32(132, 0),
  'strings that leave the plan': u32(132, 0xffffffff),
  'strings that do not begin with NUL': (view, layout) => view.setUint8(layout.strings, 65),
  'strings that do not end with NUL': (view) => view.setUint8(view.byteLength - 1, 65),
  'an unknown file right': u64(path(0), 1n << 17n),
  'a path beyond the strings': u32(path(8), BEYOND),
  'a path that is empty': u32(path(8), 0),
  'a path that is not absolute': (view, layout) =>
    view.setUint32(layout.tables[0] + 8, view.getUint32(layout.tables[0] + 8, true) + 1, true),
  'a parent that is the row itself': u32(path(12), 0),
  'a parent that comes later': u32(second(12), 1),
  'a parent beyond the rows': u32(second(12), 7),
  'a relative part without parent': u32(path(16), 1),
  'a relative part of nothing': u32(second(16), 0),
  'a relative part behind the end': u32(second(16), 9),
  'a relative part far behind the end': u32(second(16), BEYOND),
  'a relative part within a name': u32(second(16), 6),
  'a relative part that is cut before a slash': u32(second(16), 4),
  'a path origin beyond the strings': u32(path(20), BEYOND),
  'an unknown path flag': u32(path(24), 1 << 8),
  'reserved bits of a path': u32(path(28), 1),
  'a file that is a directory to be made': u32(path(24), PATH.FILE_ONLY | PATH.MAKE_DIRECTORY),
  'a terminal with a path': u32(path(24), PATH.STDIO_TERMINAL),
  'an unknown network right': u64(port(0), 1n << 4n),
  'ports that end before they begin': u32(port(12), 79),
  'a port above 65535': u32(port(12), 65536),
  'a port origin beyond the strings': u32(port(16), BEYOND),
  'reserved bits of a port': u32(port(20), 1),
  'an unknown kind of requirement': u32(requirement(0), 6),
  'an unknown action': u32(requirement(4), 3),
  'a requirement of nothing': u64(requirement(8), 0n),
  'a requirement of unknown bits': u64(requirement(8), 1n << 17n),
  'an alternative of unknown features': u64(requirement(16), 1n << 9n),
  'a requirement origin beyond the strings': u32(requirement(24), BEYOND),
  'a code beyond the strings': u32(requirement(28), BEYOND),
  'a refusal without code': u32(requirement(28), 0),
  'a text beyond the strings': u32(requirement(32), BEYOND),
  'a refusal without text': u32(requirement(32), 0),
  'a remedy beyond the strings': u32(requirement(36), BEYOND),
  'an unknown flag of a requirement': u32(requirement(40), 4),
  'reserved bits of a requirement': u32(requirement(44), 1),
  'an unknown limit': u32(limit(0), 16),
  'a limit of nothing': u32(limit(4), 0),
  'a limit of more than both': u32(limit(4), 4),
  'reserved bits of a limit': u32(limit(28), 1),
  'the origin of a limit beyond the strings': u32(limit(24), BEYOND),
  'the origin of chdir beyond the strings': u32(136, BEYOND),
  'the origin of descriptors from LISTEN_FDS beyond the strings': u32(140, BEYOND),
  'an empty glob': (view, layout) => view.setUint32(layout.tables[4], 0, true),
  'a glob beyond the strings': (view, layout) => view.setUint32(layout.tables[4], BEYOND, true),
  'an entry that sets nothing': (view, layout) =>
    view.setUint32(layout.tables[7], view.getUint32(layout.tables[4], true), true),
};
