import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const KERNEL_LOG = '/dev/kmsg';
const AUDITD_LOG = '/var/log/audit/audit.log';

/**
 * Begins to watch where the kernel's audit records go: to auditd's file where that runs, else to the kernel log. Reading either takes root; where it
 * cannot be read there is nothing to tell, since a trace has system calls to go by.
 *
 * @returns what gives the lines that have come since.
 */
export function watchAuditLog(): () => string[] {
  const kernel = watchKernelLog();
  const file = watchFile(AUDITD_LOG);
  return () => [...kernel(), ...file()];
}

/** Each read of /dev/kmsg is one record (Documentation/ABI/testing/dev-kmsg); those that are there already are read past. */
function watchKernelLog(): () => string[] {
  let descriptor: number;
  try {
    descriptor = openSync(KERNEL_LOG, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return () => [];
  }
  readRecords(descriptor);
  return () => {
    const lines = readRecords(descriptor);
    closeSync(descriptor);
    return lines;
  };
}

function readRecords(descriptor: number): string[] {
  const lines: string[] = [];
  const buffer = Buffer.allocUnsafe(8192);
  for (;;) {
    try {
      const got = readSync(descriptor, buffer);
      if (got === 0) return lines;
      lines.push(buffer.toString('latin1', 0, got).split('\n')[0] ?? '');
    } catch (error) {
      // EPIPE: records were overwritten before they were read; the next read goes on behind them.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return lines;
    }
  }
}

function watchFile(path: string): () => string[] {
  let descriptor: number;
  let from: number;
  try {
    descriptor = openSync(path, 'r');
    from = fstatSync(descriptor).size;
  } catch {
    return () => [];
  }
  return () => {
    const chunks: Buffer[] = [];
    try {
      const buffer = Buffer.allocUnsafe(1 << 16);
      for (let got = readSync(descriptor, buffer, 0, buffer.length, from); got > 0; ) {
        chunks.push(Buffer.from(buffer.subarray(0, got)));
        from += got;
        got = readSync(descriptor, buffer, 0, buffer.length, from);
      }
    } finally {
      closeSync(descriptor);
    }
    return Buffer.concat(chunks).toString('latin1').split('\n');
  };
}
