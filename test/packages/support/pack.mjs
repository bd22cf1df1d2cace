/** The npm package as a file. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './root.mjs';

/** What `npm pack` says of it: its files, its sizes. Nothing is written. */
export function listPackage() {
  const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--silent'], { cwd: projectRoot, encoding: 'utf8' });
  return JSON.parse(said)[0];
}

/** Packs it. In: the test or suite after which it goes. Out: the path of the tarball. */
export function packPackage(after) {
  const folder = mkdtempSync(join(tmpdir(), 'landlock-run-pack-'));
  after(() => rmSync(folder, { recursive: true }));
  const words = ['pack', '--json', '--silent', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', words, { cwd: projectRoot, encoding: 'utf8' }));
  return join(folder, filename);
}
