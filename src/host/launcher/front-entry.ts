/**
 * What the front starts Node with: dist/front.cjs FRONT-RECORD WORD... . A file of its own, so that nothing but the front can hand over a record:
 * no environment variable and no word of the user's is one. It must parse in Node 12 as well, to say that it is too old; one that does not know
 * the front's flags (14 and older) does not get here: docs/launcher.md.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makePackLoader } from './load-pack.ts';

type Main = (record?: string) => Promise<number>;

/** A code cache that cannot be read, or is taken away at this moment, is one that is not there. */
function readIfPossible(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** From our own package only: what it runs must not be found by way of anything that the caller says. */
const load = makePackLoader((name) => {
  const directory = import.meta.dirname;
  const filename = join(directory, name);
  const stored = join(directory, 'cache', `${process.versions.v8}-${process.arch}`, name);
  const cache = existsSync(stored) ? readIfPossible(stored) : undefined;
  return { text: readFileSync(filename, 'latin1'), filename, directory, cache };
}, require);

/** Whatever went wrong, it is not COMMAND's exit status. */
function fail(error: unknown): never {
  const what = error instanceof Error ? error.message : String(error);
  writeSync(2, `landlock-run: cannot load its own files: ${what.split('\n')[0]}; install landlock-run again\n`);
  process.exit(125);
}

function start(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    const what = `Node ${process.versions.node} at ${process.execPath} is too old; install Node 20.19 or newer`;
    writeSync(2, `landlock-run: ${what}\n`);
    process.exit(125);
  }
  (load('landlock-run.cjs') as { main: Main }).main(process.argv[2]).then((code) => process.exit(code), fail);
}

try {
  start();
} catch (error) {
  fail(error);
}
