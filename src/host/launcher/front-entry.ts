/**
 * What the front starts Node with: dist/front.cjs FRONT-RECORD WORD... . A file of its own, so that nothing but the front can hand over a record:
 * no environment variable and no word of the user's is one. It must parse in any Node, however old, to say that it is too old.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

type Main = (record?: string) => Promise<number>;

type Require = (name: string) => unknown;

/**
 * Loads one of our own files with V8's compiled form of it, which is bound to V8's version, flags and the processor, and is only ever read from our own
 * package. V8 compiles as usual where the two do not belong together.
 */
function load(name: string): unknown {
  const folder = import.meta.dirname;
  const filename = join(folder, name);
  const cache = join(folder, 'cache', `${process.versions.v8}-${process.arch}`, name);
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'latin1')}\n})`;
  const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
  const wrapper = new Script(source, { filename, cachedData }).runInThisContext() as (...args: unknown[]) => void;
  const module: { exports: unknown } = { exports: {} };
  const inner: Require = (wanted) => (wanted.startsWith('./') ? load(wanted.slice(2)) : require(wanted));
  wrapper.call(module.exports, module.exports, inner, module, filename, folder);
  return module.exports;
}

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
