import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Expansion } from '../policy/expand.ts';
import { errnoName } from './files.ts';
import type { Native } from './native.ts';

/** What the caller's process hands us: its environment and working directory, as bytes. Each is looked at when first asked for. */
export interface Caller extends Expansion {
  /** All of the caller's variables; of a name that is there twice the first. */
  variables(): ReadonlyMap<Bytes, Bytes>;
  workingDirectory(): Bytes;
}

/** The caller as the addon sees it: C's environ, not Node's process.env, which loses bytes that are not UTF-8. */
export function makeCaller(native: Native): Caller {
  let parsed: Map<Bytes, Bytes> | undefined;
  const variables = (): ReadonlyMap<Bytes, Bytes> => {
    parsed ??= parseEnvironment(native.environment());
    return parsed;
  };
  const variable = (name: string): Bytes | undefined => variables().get(name as Bytes);
  return {
    variables,
    variable,
    home: () => {
      const home = variable('HOME');
      return home?.startsWith('/') ? home : homeFromPasswd();
    },
    workingDirectory: () => {
      try {
        return native.currentDirectory();
      } catch (error) {
        return refuse('working-directory-gone', undefined, errnoName(error));
      }
    },
  };
}

/** The first entry of a name wins, as with getenv(3). */
function parseEnvironment(entries: readonly Bytes[]): Map<Bytes, Bytes> {
  const variables = new Map<Bytes, Bytes>();
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, equals) as Bytes;
    if (equals > 0 && !variables.has(name)) variables.set(name, entry.slice(equals + 1) as Bytes);
  }
  return variables;
}

function homeFromPasswd(): Bytes | undefined {
  try {
    const { homedir } = process.getBuiltinModule('node:os').userInfo(); // loaded by hardly any run
    return homedir.startsWith('/') ? bytesOfText(homedir) : undefined;
  } catch {
    return undefined;
  }
}
