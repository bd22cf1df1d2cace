/** Fresh files for one test, in a place that no built-in profile grants. */
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** What a path of a fixture holds: a file's content, a symbolic link, a file with a mode, or an empty directory. */
export type Entry =
  | string
  | Uint8Array
  | { readonly link: string }
  | { readonly content: string | Uint8Array; readonly mode: number }
  | { readonly directory: true; readonly mode?: number };

export interface FixtureOptions {
  /** Numeric owner and group of everything in it (giving files away takes CAP_CHOWN). */
  readonly owner?: number;
}

function writeEntry(path: string, entry: Entry): void {
  mkdirSync(dirname(path), { recursive: true });
  if (typeof entry === 'string' || entry instanceof Uint8Array) {
    writeFileSync(path, entry);
  } else if ('link' in entry) {
    symlinkSync(entry.link, path);
  } else if ('content' in entry) {
    writeFileSync(path, entry.content);
    chmodSync(path, entry.mode);
  } else {
    mkdirSync(path, { recursive: true });
    if (entry.mode !== undefined) chmodSync(path, entry.mode);
  }
}

function giveAway(path: string, owner: number): void {
  const status = lstatSync(path);
  if (status.isDirectory()) for (const name of readdirSync(path)) giveAway(join(path, name), owner);
  if (!status.isSymbolicLink()) chownSync(path, owner, owner);
}

/**
 * Makes a directory with files, and removes it after the test.
 *
 * In: the test; the files, by path below the directory: `{ 'proj/a.txt': 'text', 'proj/b': { link: 'a.txt' } }`.
 * Out: the directory's real absolute path. It lies directly in /tmp (not in TMPDIR, which may lie below something that a
 * profile grants) and may be searched by every user.
 */
export function fixture(
  t: TestContext,
  files: Readonly<Record<string, Entry>> = {},
  options: FixtureOptions = {},
): string {
  const root = realpathSync(mkdtempSync('/tmp/landlock-run-test-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  chmodSync(root, 0o755);
  for (const [path, entry] of Object.entries(files)) writeEntry(join(root, path), entry);
  if (options.owner !== undefined) giveAway(root, options.owner);
  return root;
}
