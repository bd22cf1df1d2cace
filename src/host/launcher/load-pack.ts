import { Script } from 'node:vm';

/** A pack of modules (scripts/bundle.mjs) as it is stored. */
export interface StoredPack {
  readonly text: string;
  readonly filename: string;
  readonly directory: string | undefined;
  /** V8's compiled form of it, which is bound to V8's version, flags and the processor: V8 compiles as usual where the two do not belong together. */
  readonly cachedData: Buffer | undefined;
}

type Load = (name: string) => unknown;

/**
 * Makes what loads packs by name. Each is loaded once, as it may hold what there must be once, such as the addon.
 *
 * @param read finds a pack; throws where there is none.
 * @param others gives every module that is not one of our packs.
 */
export function makePackLoader(read: (name: string) => StoredPack, others: Load): Load {
  const loaded: Record<string, { exports: unknown }> = {};
  const load: Load = (name) => {
    const known = loaded[name];
    if (known !== undefined) return known.exports;
    const { text, filename, directory, cachedData } = read(name);
    const source = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
    const wrapper = new Script(source, { filename, cachedData }).runInThisContext() as (...args: unknown[]) => void;
    const module: { exports: unknown } = { exports: {} };
    loaded[name] = module;
    const inner: Load = (wanted) => (wanted.startsWith('./') ? load(wanted.slice(2)) : others(wanted));
    wrapper.call(module.exports, module.exports, inner, module, filename, directory);
    return module.exports;
  };
  return load;
}
