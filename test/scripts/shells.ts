/** Scripts that are for any shell, run by those that are here. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Entry, fixture } from '../support/fixture.ts';

/** Where the system's own programs are, as PATH says it. */
export const SYSTEM_PATH = '/usr/bin:/bin';

/** The absolute path of a system's program, or undefined. */
export function findProgram(name: string): string | undefined {
  const paths = SYSTEM_PATH.split(':').map((directory) => join(directory, name));
  return paths.find((path) => existsSync(path));
}

/** A shell by its name, and the words that start it. */
export interface Shell {
  readonly name: string;
  readonly words: readonly string[];
}

/** The shells of this machine. */
export const SHELLS: readonly Shell[] = ['dash', 'bash', 'busybox'].flatMap((name) => {
  const path = findProgram(name);
  return path === undefined ? [] : [{ name, words: name === 'busybox' ? [path, 'sh'] : [path] }];
});

/**
 * Makes a directory of programs for PATH.
 *
 * In: names of the system's programs; scripts for /bin/sh, by name.
 * Out: its path. Programs that this machine lacks are left out.
 */
export function makePrograms(
  t: TestContext,
  names: readonly string[],
  scripts: Readonly<Record<string, string>> = {},
): string {
  const files: Record<string, Entry> = {};
  for (const name of names) {
    const path = findProgram(name);
    if (path !== undefined) files[name] = { link: path };
  }
  for (const [name, body] of Object.entries(scripts)) files[name] = { content: `#!/bin/sh\n${body}\n`, mode: 0o755 };
  return fixture(t, files);
}
