import { readFileSync } from 'node:fs';
import { type Bytes, bufferOfBytes } from '../../base/bytes.ts';
import { refuse } from '../../diagnostics/diagnostic.ts';
import type { Origin } from '../../diagnostics/origin.ts';
import type { Plan } from '../../plan/encode.ts';
import { splitLauncherFile } from '../../plan/launcher-file.ts';
import { errnoName } from '../files.ts';
import { architectureOfTemplate, type LauncherArchitecture } from './template.ts';

/** What a compiled launcher holds. */
export interface Compiled {
  readonly plan: Plan;
  readonly architecture: LauncherArchitecture;
}

/**
 * Reads the plan back out of a compiled launcher. The file is not run; that its code is the template of this build, and that it would accept its own
 * checksum, is checked.
 *
 * @throws Refusal `compiled-unreadable`, `compiled-foreign`, `compiled-damaged`, `compiled-other`
 */
export function readCompiled(path: Bytes, origin: Origin): Compiled {
  const parts = splitLauncherFile(readBytes(path, origin));
  if (parts === undefined) return refuse('compiled-foreign', origin, path);
  if (!parts.intact) return refuse('compiled-damaged', origin, path);
  const architecture = architectureOfTemplate(parts.template);
  if (architecture === undefined) return refuse('compiled-other', origin, path);
  return { plan: parts.plan, architecture };
}

function readBytes(path: Bytes, origin: Origin): Uint8Array {
  try {
    return readFileSync(bufferOfBytes(path));
  } catch (error) {
    return refuse('compiled-unreadable', origin, path, errnoName(error));
  }
}
