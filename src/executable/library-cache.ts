import { type Bytes, bytesOfLatin1 } from '../base/bytes.ts';

/**
 * /etc/ld.so.cache in the format of glibc 2.2 and later ("glibc-ld.so.cache1.1"), alone or behind the old format's entries, with the
 * extension of 2.33 for glibc-hwcaps (glibc: sysdeps/generic/dl-cache.h, elf/dl-cache.c).
 */
export interface LibraryCache {
  /**
   * @param name as in DT_NEEDED.
   * @param flags of the entries that the machine takes.
   * @param hwcaps usable subdirectories of glibc-hwcaps, best first.
   * @returns the path that ld.so would open, or undefined.
   */
  find(name: Bytes, flags: readonly number[], hwcaps: readonly string[]): Bytes | undefined;
  /** Whether there are entries for special processors at all, so that it matters which one this is. */
  readonly hasHwcaps: boolean;
}

const OLD_MAGIC = 'ld.so-1.7.0';
const MAGIC = 'glibc-ld.so.cache1.1';
const HEADER_SIZE = 48;
const ENTRY_SIZE = 24;
const EXTENSION_MAGIC = 0xeaa42174;
const HWCAPS_TAG = 1;
const HWCAP_IS_NAMED = 0x4000_0000;
/** Bits 32 to 41 of an entry's hwcap tell its ISA level, beside the mark in bit 62. */
const HWCAP_ISA_BITS = 0x3ff;

/** @returns undefined where the bytes are no such cache of this machine's byte order, or are cut short. */
export function parseLibraryCache(file: Buffer): LibraryCache | undefined {
  const start = startOfNewFormat(file);
  if (start === undefined) return undefined;
  const cache = file.subarray(start);
  if (cache.length < HEADER_SIZE || cache.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  // 0 is "not set" (before 2.33), 2 little endian, 3 big endian: a cache of the other order is not ours to read.
  const order = (cache[28] ?? 0) & 3;
  if (order !== 0 && order !== 2) return undefined;
  const count = cache.readUInt32LE(20);
  if (HEADER_SIZE + count * ENTRY_SIZE + cache.readUInt32LE(24) > cache.length) return undefined;
  const named = hwcapNames(cache, cache.readUInt32LE(32));
  return {
    hasHwcaps: named.length > 0,
    find: (name, flags, hwcaps) => findIn(cache, count, name, flags, (index) => hwcaps.indexOf(named[index] ?? '')),
  };
}

function startOfNewFormat(file: Buffer): number | undefined {
  if (file.toString('latin1', 0, OLD_MAGIC.length) !== OLD_MAGIC) return 0;
  if (file.length < 16) return undefined;
  return (16 + file.readUInt32LE(12) * 12 + 7) & ~7;
}

function stringAt(cache: Buffer, offset: number): string {
  const end = cache.indexOf(0, offset);
  return end < 0 ? '' : cache.toString('latin1', offset, end);
}

function hwcapNames(cache: Buffer, at: number): string[] {
  if (at === 0 || at + 8 > cache.length || cache.readUInt32LE(at) !== EXTENSION_MAGIC) return [];
  const sections = cache.readUInt32LE(at + 4);
  for (let i = 0, section = at + 8; i < sections && section + 16 <= cache.length; i++, section += 16) {
    if (cache.readUInt32LE(section) !== HWCAPS_TAG) continue;
    const offset = cache.readUInt32LE(section + 8);
    const size = cache.readUInt32LE(section + 12);
    if (offset + size > cache.length) return [];
    return Array.from({ length: size >>> 2 }, (_, index) => stringAt(cache, cache.readUInt32LE(offset + 4 * index)));
  }
  return [];
}

/** Entries are sorted downwards by name; those for a named hwcap come before the plain one of the same name. */
function findIn(
  cache: Buffer,
  count: number,
  name: Bytes,
  flags: readonly number[],
  rankOf: (hwcap: number) => number,
): Bytes | undefined {
  const keyOf = (index: number) => stringAt(cache, cache.readUInt32LE(HEADER_SIZE + index * ENTRY_SIZE + 4));
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareLibraryNames(name, keyOf(middle)) < 0) low = middle + 1;
    else high = middle;
  }
  let best: number | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (let index = low; index < count && compareLibraryNames(name, keyOf(index)) === 0; index++) {
    const at = HEADER_SIZE + index * ENTRY_SIZE;
    if (!flags.includes(cache.readInt32LE(at))) continue;
    const hwcapHigh = cache.readUInt32LE(at + 20);
    if ((hwcapHigh & ~HWCAP_ISA_BITS) >>> 0 !== HWCAP_IS_NAMED) {
      // Entries of the legacy hwcaps (before 2.37: tls, haswell) hold bits here; the plain one follows them.
      if (best === undefined && (hwcapHigh !== 0 || cache.readUInt32LE(at + 16) !== 0)) continue;
      best ??= at;
      break;
    }
    const rank = rankOf(cache.readUInt32LE(at + 16));
    if (rank < 0 || rank >= bestRank) continue;
    best = at;
    bestRank = rank;
  }
  return best === undefined ? undefined : bytesOfLatin1(stringAt(cache, cache.readUInt32LE(best + 8)));
}

/** _dl_cache_libcmp: runs of digits count as numbers, so that libfoo.so.10 comes after libfoo.so.9. */
export function compareLibraryNames(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length) {
    const digitsA = digitsAt(a, i);
    const digitsB = digitsAt(b, j);
    if (digitsA > i) {
      if (digitsB === j) return 1;
      const difference = Number(a.slice(i, digitsA)) - Number(b.slice(j, digitsB));
      if (difference !== 0) return difference;
      i = digitsA;
      j = digitsB;
    } else if (digitsB > j) {
      return -1;
    } else {
      const difference = a.charCodeAt(i) - (j < b.length ? b.charCodeAt(j) : 0);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
  }
  return j < b.length ? -1 : 0;
}

function digitsAt(text: string, at: number): number {
  let end = at;
  while (end < text.length && text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  return end;
}
