import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TrustedFile } from '../advice/lint.ts';
import { bytesOfText } from '../base/bytes.ts';
import type { FenceFile } from '../policy/fence.ts';
import type { FileView } from '../policy/overlap.ts';
import { frontFile } from './front-file.ts';
import { addonPath } from './native.ts';
import { packageFile } from './package-roots.ts';

/** What the next run trusts (contract, section 2): our own files, node, and the files that the policy came from. */
export function trustedFiles(policyFiles: readonly FenceFile[], view: FileView): TrustedFile[] {
  return [
    ...ownFiles().map((path) => ({ path: view.resolve(bytesOfText(path)), what: 'a part of landlock-run' })),
    { path: view.resolve(bytesOfText(process.execPath)), what: 'the node that landlock-run runs on' },
    ...policyFiles.map((file) => ({ path: view.resolve(file.path), what: 'a file that the policy comes from' })),
  ];
}

/** The front, the bundle, what lies beside it (code cache, templates of launchers), and the addon. */
function ownFiles(): string[] {
  const built = packageFile('dist');
  const inBuilt = built === undefined ? [] : filesIn(built);
  return [frontFile(), ...inBuilt, addonPath()].filter((path) => path !== undefined);
}

function filesIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
