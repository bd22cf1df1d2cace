import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedFiles } from '../host/embedded.ts';

/** The version in package.json, which lies above the bundle (dist/) and above the compiled modules (build/src/cli/). */
export const VERSION: string = readVersion();

function readVersion(): string {
  const embedded = embeddedFiles()?.file('package.json');
  if (embedded !== undefined) return (JSON.parse(Buffer.from(embedded).toString()) as { version: string }).version;
  for (const up of ['..', '../../..']) {
    try {
      const text = readFileSync(join(import.meta.dirname, up, 'package.json'), 'utf8');
      const { name, version } = JSON.parse(text) as { name?: string; version?: string };
      if (name === 'landlock-run' && version !== undefined) return version;
    } catch {
      // Not here: the other place has it.
    }
  }
  return 'unknown';
}
