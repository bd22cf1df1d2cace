import { writeSync } from 'node:fs';
import { type Diagnostic, refuse } from '../diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../render/diagnostic.ts';

/** Exit code of everything that is landlock-run's own: usage, policy, kernel, refused. */
export const EXIT_REFUSED = 125;

const STANDARD_OUTPUT = 1;

/**
 * Writes all of a text to a descriptor, by writeSync: process.stdout and process.stderr would set O_NONBLOCK on descriptors that COMMAND shares.
 * A reader that has gone away is not our failure; a report on descriptor 1 that cannot be written for another reason is.
 *
 * @throws Refusal `output-unwritable`
 */
export function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      const { code = 'EIO' } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') waitBriefly();
      else if (descriptor === STANDARD_OUTPUT && code !== 'EPIPE') refuse('output-unwritable', undefined, code);
      else return;
    }
  }
}

/** A descriptor that the caller made non-blocking is full: give its reader a moment. */
function waitBriefly(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

export function writeDiagnostic(diagnostic: Diagnostic, json: boolean): void {
  writeAll(2, `${renderDiagnostic(diagnostic, json)}\n`);
}

/** Tells the reader of --status-fd that COMMAND will not start. */
export function writeStatus(descriptor: number | undefined, code: string): void {
  if (descriptor !== undefined) writeAll(descriptor, `${JSON.stringify({ v: 1, event: 'refused', code })}\n`);
}
