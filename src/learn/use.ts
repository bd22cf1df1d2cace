import type { Bytes } from '../base/bytes.ts';
import { fsMask, type Mask } from '../kernel/rights.ts';
import { directoryOf, ROOT } from '../policy/path.ts';
import type { Need, TraceEvent } from './event.ts';
import type { World } from './world.ts';

/** How a path was used over the whole run. */
export interface Use {
  /** Links resolved. For `change` the directory in which something was made, removed or renamed. */
  readonly path: Bytes;
  readonly how: 'touch' | 'change';
  access: Mask;
  /** By program, what it did. */
  readonly because: Map<Bytes, Set<string>>;
  /** For `change`: what was made, removed or renamed there. */
  readonly items: Set<Bytes>;
}

/** Collects uses, so that a path that is read ten thousand times is one. */
export class Uses {
  readonly #world: World;
  readonly #uses = new Map<string, Use>();
  readonly #placed = new Map<string, readonly [Bytes, Use['how']] | undefined>();
  /** Every path that was named. */
  readonly seen = new Set<Bytes>();

  constructor(world: World) {
    this.#world = world;
  }

  get all(): readonly Use[] {
    return [...this.#uses.values()];
  }

  add(event: TraceEvent): void {
    if (event.act.kind !== 'path') return;
    this.seen.add(event.act.path);
    for (const need of event.act.needs) this.#add(need, event.act.path, event.program, event.verb);
  }

  /** Adds what the kernel opened by itself: an interpreter, a loader. */
  need(path: Bytes, access: Mask, program: Bytes, verb: string): void {
    this.#add({ path, access, on: 'self' }, path, program, verb);
  }

  #add(need: Need, item: Bytes, program: Bytes, verb: string): void {
    const key = `${need.on} ${need.path}`;
    if (!this.#placed.has(key)) this.#placed.set(key, this.#place(need));
    const placed = this.#placed.get(key);
    if (placed === undefined) return;
    const [path, how] = placed;
    const made = how === 'change' && need.on === 'made' ? fsMask('make_reg') : 0;
    const use = this.#useOf(path, how);
    use.access |= need.access | made;
    if (how === 'change') use.items.add(childTowards(path, item));
    const verbs = use.because.get(program);
    if (verbs === undefined) use.because.set(program, new Set([verb]));
    else verbs.add(verb);
  }

  #useOf(path: Bytes, how: Use['how']): Use {
    const key = `${how} ${path}`;
    const known = this.#uses.get(key);
    if (known !== undefined) return known;
    const use: Use = { path, how, access: 0, because: new Map(), items: new Set() };
    this.#uses.set(key, use);
    return use;
  }

  /** The path that a right falls to, and how; nothing where a right on a directory that changes covers it. */
  #place({ path, on }: Need): readonly [Bytes, Use['how']] | undefined {
    const resolved = this.#world.resolve(path);
    if (on === 'source') return undefined;
    if (on === 'parent') return [this.#before(resolved), 'change'];
    const kind = this.#world.kind(resolved);
    const born = this.#world.bornSince(resolved);
    if (on === 'self') return kind === 'missing' || born === true ? undefined : [resolved, 'touch'];
    // Who opens with O_CREAT would make the file where it is not there: the next run may find it so.
    return kind === 'special' ? [resolved, 'touch'] : [this.#before(directoryOf(resolved)), 'change'];
  }

  /** The nearest directory that was there before the run. */
  #before(directory: Bytes): Bytes {
    let at = directory;
    while (at !== ROOT && (this.#world.kind(at) !== 'directory' || this.#world.bornSince(at) === true))
      at = directoryOf(at);
    return at;
  }
}

/** What lies directly in `directory` on the way to `item`; the item where it lies elsewhere by name. */
function childTowards(directory: Bytes, item: Bytes): Bytes {
  const prefix = directory === ROOT ? '/' : `${directory}/`;
  if (!item.startsWith(prefix)) return item;
  return `${prefix}${item.slice(prefix.length).split('/')[0] ?? ''}` as Bytes;
}
