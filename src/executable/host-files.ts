import type { Bytes } from '../base/bytes.ts';

/** Reads up to `length` bytes at `offset`; shorter at the end of the file, empty behind it or where reading fails. */
export type ReadAt = (offset: number, length: number) => Buffer;

export interface FileStatus {
  readonly regular: boolean;
  /** st_mode. */
  readonly mode: number;
  readonly size: number;
}

/** A call that failed, by errno's name. */
export interface FileError {
  readonly error: string;
}

/** The few questions about files that the inspector asks; reader.ts answers them from the machine, tests from a table. */
export interface HostFiles {
  /** stat(2), links followed. */
  status(path: Bytes): FileStatus | FileError;
  /** access(2) X_OK: permissions and a noexec mount, never the policy. */
  mayExecute(path: Bytes): boolean;
  /** realpath(3); undefined where it fails. */
  resolve(path: Bytes): Bytes | undefined;
  /** Opens for reading, calls, closes. */
  open<T>(path: Bytes, use: (read: ReadAt) => T): T | FileError;
  /** The first `limit` bytes of a file. */
  contents(path: Bytes, limit: number): Buffer | FileError;
  /** Names in a directory; empty where it cannot be read. */
  names(path: Bytes): Bytes[];
}

export function isFileError(answer: unknown): answer is FileError {
  return typeof answer === 'object' && answer !== null && typeof (answer as FileError).error === 'string';
}
