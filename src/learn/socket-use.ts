import type { Bytes } from '../base/bytes.ts';
import type { TraceEvent } from './event.ts';
import { EPHEMERAL_PORTS } from './rules.ts';

/** A port, or the range that the kernel picks from, and who used it. */
export interface LearnedPort {
  readonly text: string;
  readonly programs: ReadonlySet<Bytes>;
}

/** What a run did with sockets and signals. */
export interface SocketUse {
  readonly tcp: { readonly connect: readonly LearnedPort[]; readonly bind: readonly LearnedPort[] };
  readonly udp: { readonly connect: readonly LearnedPort[]; readonly bind: readonly LearnedPort[] };
  /** Kinds of sockets that were opened, or used in a way that succeeded. */
  readonly used: ReadonlySet<'tcp' | 'udp' | 'unix' | 'other'>;
  /** Sockets of other programs that were connected to. */
  readonly unix: ReadonlyMap<Bytes, ReadonlySet<Bytes>>;
  readonly abstractOutside: boolean;
  readonly signalOutside: boolean;
}

/** A connection that is under way counts: its outcome is no business of the policy. */
const SUCCEEDS = new Set([undefined, 'EINPROGRESS', 'EINTR', 'EAGAIN']);

/** Gathers the use of sockets; what failed does not count. */
export class SocketUses {
  readonly #ports = new Map<string, Map<number, Set<Bytes>>>();
  readonly #used = new Set<'tcp' | 'udp' | 'unix' | 'other'>();
  readonly #connected = new Map<Bytes, Set<Bytes>>();
  readonly #bound = new Set<Bytes>();
  readonly #abstract = { connected: new Set<Bytes>(), bound: new Set<Bytes>() };
  readonly #signalled = new Set<number>();

  add({ act, program, errno }: TraceEvent): void {
    if (!SUCCEEDS.has(errno)) return;
    if (act.kind === 'socket' && act.family !== 'unix') this.#used.add(act.family);
    if (act.kind === 'signal') this.#signalled.add(act.target);
    if (act.kind === 'port') {
      const ports = getOr(this.#ports, `${act.transport} ${act.direction}`, () => new Map<number, Set<Bytes>>());
      getOr(ports, act.port, () => new Set<Bytes>()).add(program);
    }
    if (act.kind !== 'unix') return;
    this.#used.add('unix');
    if (act.abstract) this.#abstract[act.direction === 'bind' ? 'bound' : 'connected'].add(act.path);
    else if (act.direction === 'bind') this.#bound.add(act.path);
    else getOr(this.#connected, act.path, () => new Set<Bytes>()).add(program);
  }

  /**
   * @param hasProcess was the process part of the run?
   * @param resolve where a path leads: a server and its client may spell the same socket differently.
   */
  summary(hasProcess: (pid: number) => boolean, resolve: (path: Bytes) => Bytes): SocketUse {
    const own = new Set([...this.#bound].map(resolve));
    const unix = new Map<Bytes, Set<Bytes>>();
    for (const [path, programs] of this.#connected) {
      const resolved = resolve(path);
      if (own.has(resolved)) continue;
      const all = getOr(unix, resolved, () => new Set<Bytes>());
      for (const program of programs) all.add(program);
    }
    return {
      tcp: { connect: this.#list('tcp', 'connect'), bind: this.#list('tcp', 'bind') },
      udp: { connect: this.#list('udp', 'connect'), bind: this.#list('udp', 'bind') },
      used: this.#used,
      unix,
      abstractOutside: [...this.#abstract.connected].some((name) => !this.#abstract.bound.has(name)),
      signalOutside: [...this.#signalled].some((pid) => !hasProcess(pid)),
    };
  }

  /** A client of a server on a port that the kernel picked finds it at another one next time. */
  #list(transport: string, direction: string): LearnedPort[] {
    const ports = this.#ports.get(`${transport} ${direction}`) ?? new Map<number, Set<Bytes>>();
    const picked = this.#ports.get(`${transport} bind`)?.has(0) === true && direction === 'connect';
    const { low, high } = EPHEMERAL_PORTS;
    const learned = new Map<string, Set<Bytes>>();
    for (const [port, programs] of [...ports].sort(([a], [b]) => a - b)) {
      const text = picked && port >= low && port <= high ? `${low}-${high}` : String(port);
      const all = getOr(learned, text, () => new Set<Bytes>());
      for (const program of programs) all.add(program);
    }
    return [...learned].map(([text, programs]) => ({ text, programs }));
  }
}

function getOr<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
