import { type Bytes, bytesOfText } from '../../src/base/bytes.ts';
import type { HostFiles } from '../../src/executable/host-files.ts';
import { inspectCommand } from '../../src/executable/inspect.ts';
import type { CommandQuestion, Inspection } from '../../src/executable/inspection.ts';

/** A file's bytes; a link to another path; an errno that every look at it meets; mode 0755 unless told. */
export type TableEntry =
  | string
  | Buffer
  | { readonly link: string }
  | { readonly error: string }
  | { readonly bytes: string | Buffer; readonly mode?: number; readonly unreadable?: boolean }
  | 'DIRECTORY';

/** A machine that is nothing but a table of paths. Directories exist where something lies beneath them. */
export function tableFiles(table: Readonly<Record<string, TableEntry>>): HostFiles {
  const real = (path: string): string => {
    const entry = table[path];
    return typeof entry === 'object' && 'link' in entry ? real(entry.link) : path;
  };
  const at = (path: string) => {
    const entry = table[real(path)];
    if (entry === undefined) {
      const beneath = Object.keys(table).some((key) => key.startsWith(`${path}/`));
      return beneath
        ? { regular: false, mode: 0o40755, size: 0, bytes: Buffer.alloc(0), unreadable: false }
        : { error: 'ENOENT' };
    }
    if (typeof entry === 'object' && 'error' in entry) return { error: entry.error };
    const file =
      typeof entry === 'object' && 'bytes' in entry && !Buffer.isBuffer(entry)
        ? entry
        : { bytes: entry as string | Buffer };
    const bytes = Buffer.from(file.bytes as string, 'latin1');
    return {
      regular: entry !== 'DIRECTORY',
      mode: file.mode ?? 0o100755,
      size: bytes.length,
      bytes,
      unreadable: file.unreadable,
    };
  };
  return {
    status: at,
    mayExecute(path) {
      const found = at(path);
      return !('error' in found) && (found.mode & 0o111) !== 0;
    },
    resolve: (path) => ('error' in at(path) ? undefined : bytesOfText(real(path))),
    open(path, use) {
      const found = at(path);
      if ('error' in found) return { error: found.error ?? 'ENOENT' };
      if (found.unreadable) return { error: 'EACCES' };
      return use((offset, length) => found.bytes.subarray(offset, offset + length));
    },
    contents(path, limit) {
      return this.open(path, (read) => read(0, limit));
    },
    names: (path) =>
      Object.keys(table)
        .filter((key) => key.startsWith(`${path}/`) && !key.slice(path.length + 1).includes('/'))
        .map((key) => bytesOfText(key.slice(path.length + 1))),
  };
}

/** Inspects on such a machine, an x86-64 one, in /work with PATH=/bin unless told. */
export function inspectIn(
  table: Readonly<Record<string, TableEntry>>,
  name: string,
  question: Partial<CommandQuestion> = {},
): Inspection {
  const whole = { name: bytesOfText(name), PATH: bytesOfText('/bin'), cwd: bytesOfText('/work'), ...question };
  return inspectCommand(whole, tableFiles(table), 'x64');
}

export const pathsOf = (inspection: Inspection, role?: string): string[] =>
  inspection.needs.filter((need) => role === undefined || need.role === role).map(({ path }) => path as string);

export const b = (text: string): Bytes => bytesOfText(text);
