import { compareLibraryNames } from '../../src/executable/library-cache.ts';

export interface CacheEntry {
  readonly name: string;
  readonly path: string;
  readonly flags?: number;
  /** A subdirectory of glibc-hwcaps. */
  readonly hwcap?: string;
}

/** An ld.so.cache of the format that glibc has written since 2.33. */
export function makeCache(entries: readonly CacheEntry[]): Buffer {
  const hwcaps = [...new Set(entries.flatMap(({ hwcap }) => hwcap ?? []))];
  const sorted = [...entries].sort(
    (a, b) => compareLibraryNames(b.name, a.name) || Number(a.hwcap === undefined) - Number(b.hwcap === undefined),
  );
  const stringsAt = 48 + 24 * sorted.length;
  const texts = [...sorted.flatMap(({ name, path }) => [name, path]), ...hwcaps];
  const offsets = new Map<string, number>();
  let strings = '';
  for (const text of texts) {
    offsets.set(text, stringsAt + strings.length);
    strings += `${text}\0`;
  }
  const extensionAt = Math.ceil((stringsAt + strings.length) / 4) * 4;
  const out = Buffer.alloc(extensionAt + 24 + 4 * hwcaps.length);
  out.write('glibc-ld.so.cache1.1', 'latin1');
  out.writeUInt32LE(sorted.length, 20);
  out.writeUInt32LE(strings.length, 24);
  out[28] = 2;
  out.writeUInt32LE(extensionAt, 32);
  sorted.forEach((entry, index) => {
    const at = 48 + 24 * index;
    out.writeUInt32LE(entry.flags ?? 0x0303, at);
    out.writeUInt32LE(offsets.get(entry.name) as number, at + 4);
    out.writeUInt32LE(offsets.get(entry.path) as number, at + 8);
    if (entry.hwcap === undefined) return;
    out.writeUInt32LE(hwcaps.indexOf(entry.hwcap), at + 16);
    out.writeUInt32LE(0x4000_0000, at + 20);
  });
  out.write(strings, stringsAt, 'latin1');
  out.writeUInt32LE(0xeaa42174, extensionAt);
  out.writeUInt32LE(1, extensionAt + 4);
  out.writeUInt32LE(1, extensionAt + 8);
  out.writeUInt32LE(extensionAt + 24, extensionAt + 16);
  out.writeUInt32LE(4 * hwcaps.length, extensionAt + 20);
  hwcaps.forEach((name, index) => {
    out.writeUInt32LE(offsets.get(name) as number, extensionAt + 24 + 4 * index);
  });
  return out;
}
