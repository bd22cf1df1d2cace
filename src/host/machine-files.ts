import { accessSync, closeSync, constants, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { type Bytes, bufferOfBytes, bytesOfLatin1 } from '../base/bytes.ts';
import type { FileError, HostFiles, ReadAt } from '../executable/host-files.ts';

/** The edge: answers the inspector's questions from this machine's files. Paths go in as Buffers, so any byte survives. */
export const machineFiles: HostFiles = {
  status(path) {
    try {
      const status = statSync(bufferOfBytes(path), { throwIfNoEntry: false });
      if (status === undefined) return { error: 'ENOENT' };
      return { regular: status.isFile(), mode: status.mode, size: status.size };
    } catch (error) {
      return errorOf(error);
    }
  },

  mayExecute(path) {
    try {
      accessSync(bufferOfBytes(path), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },

  resolve(path) {
    try {
      return bytesOfLatin1(realpathSync.native(bufferOfBytes(path), 'latin1'));
    } catch {
      return undefined;
    }
  },

  open<T>(path: Bytes, use: (read: ReadAt) => T): T | FileError {
    let descriptor: number;
    try {
      // O_NONBLOCK: what was a regular file a moment ago may be a FIFO by now.
      descriptor = openSync(bufferOfBytes(path), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch (error) {
      return errorOf(error);
    }
    try {
      return use(readerOf(descriptor));
    } finally {
      closeSync(descriptor);
    }
  },

  contents(path, limit) {
    return machineFiles.open(path, (read) => read(0, limit));
  },

  names(path) {
    try {
      return readdirSync(bufferOfBytes(path), { encoding: 'latin1' }).map(bytesOfLatin1);
    } catch {
      return [];
    }
  },
};

/** A reader that takes no byte for granted: files of /proc answer in pieces and have no size. */
function readerOf(descriptor: number): ReadAt {
  return (offset, length) => {
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    try {
      while (filled < length) {
        const count = readSync(descriptor, buffer, filled, length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
    } catch {
      // A directory (EISDIR), a bad block: what was read up to here is all there is.
    }
    return buffer.subarray(0, filled);
  };
}

function errorOf(error: unknown): FileError {
  const code = (error as NodeJS.ErrnoException).code;
  return { error: typeof code === 'string' ? code : 'EIO' };
}
