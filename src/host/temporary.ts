import { mkdirSync, rmdirSync } from 'node:fs';
import { type Bytes, bufferOfBytes } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { errnoName } from './files.ts';
import { stateOf } from './observe.ts';

/** The directory that COMMAND's temporary files go to while it is learned. */
export interface TemporaryDirectory {
  readonly path: Bytes;
  /** The options or the file name it; else it lies beside the policy file, and is part of the policy only if it was used. */
  readonly stated: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** Takes away a directory that was made for nothing. */
  removeUnused(): void;
}

/**
 * Makes the directory, as a run with `tmp` would: mode 0700, TMPDIR, TMP and TEMP set to it. So it is seen, not guessed, which temporary files
 * go where they are told.
 *
 * @throws Refusal `learn-out-unwritable`
 */
export function makeTemporary(stated: Bytes | undefined, out: Bytes): TemporaryDirectory {
  const path = stated ?? (`${out.replace(/\.(?:ya?ml|json)$/, '')}.tmp` as Bytes);
  const buffer = bufferOfBytes(path);
  const missing = stateOf(path) === 'missing';
  try {
    if (missing) mkdirSync(buffer, 0o700);
  } catch (error) {
    refuse('learn-out-unwritable', flagOrigin('--learn'), path, errnoName(error));
  }
  const text = buffer.toString('utf8');
  return {
    path,
    stated: stated !== undefined,
    environment: { TMPDIR: text, TMP: text, TEMP: text },
    removeUnused: () => {
      if (!missing || stated !== undefined) return;
      try {
        rmdirSync(buffer);
      } catch {
        // Something is in it after all: it stays, and harms nobody.
      }
    },
  };
}
