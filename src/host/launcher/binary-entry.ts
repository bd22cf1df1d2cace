/**
 * What Node runs in the single binary (packaging/binary): BINARY FRONT-RECORD:DESCRIPTOR WORD... . The first word is written by the code at the binary's
 * entry, always, so that no word of the user's is taken for it.
 */
import { fstatSync, writeSync } from 'node:fs';
import { getRawAsset } from 'node:sea';
import type { Embedded } from '../embedded.ts';
import { makePackLoader } from './load-pack.ts';

interface Tool {
  readonly main: (record: string, embedded: Embedded) => Promise<number>;
}

function asset(name: string): Buffer | undefined {
  try {
    return Buffer.from(getRawAsset(name) as ArrayBuffer);
  } catch {
    return undefined;
  }
}

/** There is no directory that a pack could look for anything in. */
const load = makePackLoader(
  (name) => {
    const text = asset(`dist/${name}`)?.toString('latin1');
    if (text === undefined) throw new Error(`${name} is not in this binary`);
    return { text, filename: name, directory: undefined, cache: asset(`cache/${name}`) };
  },
  (name) => {
    // Not by node:module: it takes a millisecond to load.
    const builtin: unknown = process.getBuiltinModule(name);
    if (builtin === undefined) throw new Error(`${name} is not in this binary`);
    return builtin;
  },
);

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
