/**
 * What Node runs in the single binary (packaging/binary): BINARY FRONT-RECORD:DESCRIPTOR WORD... . The first word is written by the code at the binary's
 * entry, always, so that no word of the user's is taken for it.
 */
import { fstatSync, writeSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { getRawAsset } from 'node:sea';
import { Script } from 'node:vm';
import type { Embedded } from '../embedded.ts';

interface Tool {
  readonly main: (record: string, embedded: Embedded) => Promise<number>;
}

type Require = (name: string) => unknown;

function asset(name: string): Buffer | undefined {
  try {
    return Buffer.from(getRawAsset(name) as ArrayBuffer);
  } catch {
    return undefined;
  }
}

/** Loads a pack with V8's compiled form of it, as dist/front.cjs does from a package. There is no directory that it could look for anything in. */
function load(name: string): unknown {
  const text = asset(`dist/${name}`)?.toString('latin1');
  if (text === undefined) throw new Error(`${name} is not in this binary`);
  const source = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
  const cachedData = asset(`cache/${name}`);
  const script = new Script(source, { filename: name, cachedData });
  const module: { exports: unknown } = { exports: {} };
  const inner: Require = (wanted) => {
    if (wanted.startsWith('./')) return load(wanted.slice(2));
    if (!isBuiltin(wanted)) throw new Error(`${wanted} is not in this binary`);
    return process.getBuiltinModule(wanted);
  };
  const wrapper = script.runInThisContext() as (...args: unknown[]) => void;
  wrapper.call(module.exports, module.exports, inner, module, name, undefined);
  return module.exports;
}

/** Whatever went wrong, it is not COMMAND's exit status. */
function fail(error: unknown): never {
  const what = error instanceof Error ? error.message : String(error);
  writeSync(2, `landlock-run: cannot load its own parts: ${what.split('\n')[0]}; install landlock-run again\n`);
  process.exit(125);
}

try {
  const [record = '', descriptor = ''] = (process.argv[2] ?? '').split(':');
  const addon = Number(descriptor);
  fstatSync(addon);
  (load('landlock-run.cjs') as Tool).main(record, { addon, file: asset }).then((code) => process.exit(code), fail);
} catch (error) {
  fail(error);
}
