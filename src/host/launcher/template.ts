import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../../diagnostics/diagnostic.ts';
import { embeddedFiles } from '../embedded.ts';
import { errnoName } from '../files.ts';
import { packageRoots } from '../package-roots.ts';

/** Node's names of the processors that templates are built for. */
export const LAUNCHER_ARCHITECTURES = ['x64', 'arm64'] as const;
export type LauncherArchitecture = (typeof LAUNCHER_ARCHITECTURES)[number];

/**
 * The launcher without a plan, for this machine. It must be the one of this build: its hash is beside it.
 *
 * @throws Refusal `template-missing`
 */
export function loadTemplate(): Uint8Array {
  const template = read(join(process.arch, 'template'));
  if (architectureOfTemplate(template) !== process.arch) {
    refuse('template-missing', undefined, process.arch, 'its content is not what was built');
  }
  return template;
}

/** Which of this build's templates the bytes are; undefined where they are none. */
export function architectureOfTemplate(bytes: Uint8Array): LauncherArchitecture | undefined {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const known = JSON.parse(read('templates.json').toString('utf8')) as Partial<Record<LauncherArchitecture, string>>;
  return LAUNCHER_ARCHITECTURES.find((arch) => known[arch] === hash);
}

function read(name: string): Buffer {
  const embedded = embeddedFiles()?.file(`dist/launcher/${name}`);
  if (embedded !== undefined) return Buffer.from(embedded);
  let reason = 'the package is nowhere to be found';
  for (const folder of packageRoots().map((root) => join(root, 'dist', 'launcher'))) {
    try {
      return readFileSync(join(folder, name));
    } catch (error) {
      reason = `${join(folder, name)}: ${errnoName(error)}`;
    }
  }
  return refuse('template-missing', undefined, process.arch, reason);
}
