import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { type Caller, makeCaller } from '../host/caller.ts';
import { absolutePath } from '../policy/path.ts';
import { isOwnEnvironment } from './environment.ts';
import { findNative, type LocateOptions } from './locate.ts';

/** Where COMMAND will be looked up: child_process.spawn's own options. */
export interface Surroundings {
  readonly cwd?: string | URL | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** This process, with the working directory and environment that COMMAND will have. */
export function surroundings({ cwd: place, env: given, ...options }: Surroundings & LocateOptions): Caller {
  const [cwd, env] = [place ?? undefined, given ?? undefined]; // null is absent, as for child_process
  const own = makeCaller(findNative(options));
  const directory = cwd === undefined ? undefined : bytesOfText(typeof cwd === 'string' ? cwd : fileURLToPath(cwd));
  const variables = (): ReadonlyMap<Bytes, Bytes> =>
    isOwnEnvironment(env) ? own.variables() : variablesOf(env ?? process.env);
  return {
    home: own.home,
    variables,
    variable: (name) => variables().get(bytesOfText(name)),
    workingDirectory: () =>
      directory === undefined ? own.workingDirectory() : absolutePath(directory, own.workingDirectory()),
  };
}

/** This process as Node shows it, without the addon: for what only reads an object. */
export function plainCaller(): Caller {
  const variables = (): ReadonlyMap<Bytes, Bytes> => variablesOf(process.env);
  return {
    home: () => bytesOfText(homedir()),
    variables,
    variable: (name) => variables().get(bytesOfText(name)),
    workingDirectory: () => bytesOfText(process.cwd()),
  };
}

function variablesOf(env: NodeJS.ProcessEnv): ReadonlyMap<Bytes, Bytes> {
  const entries = Object.entries(env).filter(([, value]) => value !== undefined);
  return new Map(entries.map(([name, value]) => [bytesOfText(name), bytesOfText(String(value))]));
}
