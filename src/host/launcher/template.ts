import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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
 * @param helper a spawn helper that the caller named: template and templates.json may lie beside it.
 * @throws Refusal `template-missing`
 */
export function loadTemplate(helper?: string): Uint8Array {
  const template = read(join(process.arch, 'template'), helper);
  if (architectureOfTemplate(template, helper) !== process.arch) {
    refuse('template-missing', undefined, process.arch, 'its content is not what was built', isShipped(helper));
  }
  return template;
}

/** Which of this build's templates the bytes are; undefined where they are none. */
export function architectureOfTemplate(bytes: Uint8Array, helper?: string): LauncherArchitecture | undefined {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const known = readHashes(helper);
  return LAUNCHER_ARCHITECTURES.find((arch) => known[arch] === hash);
}

type Hashes = Partial<Record<LauncherArchitecture, unknown>>;

/** A file that is empty or cut off is missing: the templates cannot be told from others. */
function readHashes(helper: string | undefined): Hashes {
  const text = read('templates.json', helper).toString('utf8');
  let known: Hashes | null = null;
  try {
    known = JSON.parse(text) as Hashes | null;
  } catch {
    // told below
  }
  const reason = 'templates.json is damaged';
  return known ?? refuse('template-missing', undefined, process.arch, reason, isShipped(helper));
}

function read(name: string, helper: string | undefined): Buffer {
  const embedded = embeddedFiles()?.file(`dist/launcher/${name}`);
  if (embedded !== undefined) return Buffer.from(embedded);
  // The nearest place is the one that was meant; what further ones lack is not what is wrong.
  let reason: string | undefined;
  for (const file of candidates(name, helper)) {
    try {
      return readFileSync(file);
    } catch (error) {
      reason ??= `${file}: ${errnoName(error)}`;
    }
  }
  reason ??= 'the package is nowhere to be found';
  return refuse('template-missing', undefined, process.arch, reason, isShipped(helper));
}

/** Beside the helper: all in one directory, or as the package has them. */
function candidates(name: string, helper: string | undefined): string[] {
  const inPackage = packageRoots().map((root) => join(root, 'dist', 'launcher', name));
  if (helper === undefined) return inPackage;
  const beside = dirname(helper);
  const asInPackage = basename(beside) === process.arch ? [join(dirname(beside), name)] : [];
  return [join(beside, basename(name)), ...asInPackage, ...inPackage];
}

/** Whether a program brings the package's files itself, or has to. */
function isShipped(helper: string | undefined): boolean {
  return helper !== undefined || packageRoots().length === 0;
}
