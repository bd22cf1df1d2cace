import { types } from 'node:util';
import { isMainThread } from 'node:worker_threads';

/**
 * Whether COMMAND's environment is that of this process as C has it, so that the addon can hand it over: child_process asks Node for each variable in turn,
 * which takes a fifteenth of a spawn, and what is not UTF-8 is lost. Not in a worker, whose process.env is a copy; nor where a program has put an object of
 * its own there, as test runners do.
 */
export function isOwnEnvironment(given: NodeJS.ProcessEnv | null | undefined): boolean {
  return (given ?? undefined) === undefined && isMainThread && isReal(process.env);
}

/** Objects that have been looked at: the one that is the environment, and the last one that is not. */
let real: object | undefined;
let other: object | undefined;

function isReal(env: unknown): boolean {
  if (env === real) return env !== undefined;
  if (env === other || typeof env !== 'object' || env === null) return false;
  if (takesSymbol(env)) other = env;
  else real = env;
  return env === real;
}

/**
 * Node's own process.env makes text of every name that is set in it, and a symbol cannot become text. Any other object takes a symbol, and gives it back: nobody
 * sees that, since nobody else has the symbol and a Proxy is not asked.
 */
function takesSymbol(env: object): boolean {
  for (let one: object | null = env; one !== null; one = Object.getPrototypeOf(one))
    if (types.isProxy(one)) return true;
  const name = Symbol();
  try {
    Reflect.set(env, name, '');
  } catch {
    return false;
  }
  Reflect.deleteProperty(env, name);
  return true;
}
