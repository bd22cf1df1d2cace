import { type Bytes, bytesOfLatin1 } from '../base/bytes.ts';

/** One format that somebody registered with the kernel (Documentation/admin-guide/binfmt-misc.rst). */
export type BinaryFormat =
  | { readonly extension: Bytes }
  | { readonly offset: number; readonly magic: Buffer; readonly mask: Buffer | undefined };

/** Reads a file of /proc/sys/fs/binfmt_misc; undefined for a disabled entry and for anything else that lies there. */
export function parseBinaryFormat(text: string): BinaryFormat | undefined {
  if (!text.startsWith('enabled\n')) return undefined;
  const extension = /^extension \.(.*)$/m.exec(text);
  if (extension !== null) return { extension: bytesOfLatin1(extension[1] ?? '') };
  const magic = /^magic ([0-9a-f]+)$/m.exec(text);
  const offset = /^offset (\d+)$/m.exec(text);
  if (magic === null || offset === null) return undefined;
  const mask = /^mask ([0-9a-f]+)$/m.exec(text);
  return {
    offset: Number(offset[1]),
    magic: Buffer.from(magic[1] ?? '', 'hex'),
    mask: mask === null ? undefined : Buffer.from(mask[1] ?? '', 'hex'),
  };
}

/** @param head the file's first bytes, at least the 256 that the kernel compares with, where there are as many. */
export function matchesFormat(format: BinaryFormat, path: Bytes, head: Buffer): boolean {
  if ('extension' in format) return path.slice(path.lastIndexOf('.') + 1) === format.extension && path.includes('.');
  const { offset, magic, mask } = format;
  return magic.every((byte, at) => {
    const actual = head[offset + at] ?? 0;
    return ((actual ^ byte) & (mask?.[at] ?? 0xff)) === 0;
  });
}
