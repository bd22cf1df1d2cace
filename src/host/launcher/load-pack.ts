import { Script } from 'node:vm';

/** A pack of modules (scripts/bundle.mjs) as it is stored. */
export interface StoredPack {
  readonly text: string;
  readonly filename: string;
  readonly directory: string | undefined;
  /** V8's compiled form of it behind the mark of the text that it was made of (scripts/code-cache.mjs), or undefined. */
  readonly cache: Buffer | undefined;
}

/** Characters of the mark that ends a pack, before its last line's end. */
const MARK = 32;

/**
 * The compiled form, where it is this text's. V8 looks at its own version, its flags and the length of a text, and compiles as usual where they differ; that
 * the text is another one of the same length it does not see.
 */
function cachedDataOf(text: string, cache: Buffer | undefined): Buffer | undefined {
  return cache?.toString('latin1', 0, MARK) === text.slice(-MARK - 1, -1) ? cache?.subarray(MARK) : undefined;
}

type Load = (name: string) => unknown;

/** That a pack is not there or not whole. It is known by its name (src/cli/main.ts): each bundle would have a class of its own. */
function damaged(reason: string): Error {
  return Object.assign(new Error(reason), { name: 'DamagedPack' });
}

/** A pack that is not whole may still be JavaScript, which does less. */
function compile({ text, filename, cache }: StoredPack): (...args: unknown[]) => void {
  if (!/\n\/\/[0-9a-f]{32}\n$/.test(text.slice(-MARK - 4))) throw damaged(`${filename} is cut off`);
  const source = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
  return new Script(source, { filename, cachedData: cachedDataOf(text, cache) }).runInThisContext();
}

function readWhole(read: (name: string) => StoredPack, name: string): [StoredPack, (...args: unknown[]) => void] {
  try {
    const pack = read(name);
    return [pack, compile(pack)];
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
}

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
    const [{ filename, directory }, wrapper] = readWhole(read, name);
    const module: { exports: unknown } = { exports: {} };
    loaded[name] = module;
    const inner: Load = (wanted) => (wanted.startsWith('./') ? load(wanted.slice(2)) : others(wanted));
    wrapper.call(module.exports, module.exports, inner, module, filename, directory);
    return module.exports;
  };
  return load;
}
