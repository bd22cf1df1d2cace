import { type Bytes, bytesOfLatin1 } from '../base/bytes.ts';
import type { RequirementKind, Unmet } from '../ruleset/ruleset.ts';
import {
  HEADER_SIZE,
  NO_PARENT,
  PATH_FLAGS,
  PLAN_FLAGS,
  PLAN_MAGIC,
  PLAN_VERSION,
  REQUIREMENT_ACTIONS,
  REQUIREMENT_FLAGS,
  REQUIREMENT_KINDS,
  STRINGS_AT,
  TABLES_AT,
} from './format.ts';

type Flags<Names> = Readonly<Record<keyof Names, boolean>>;

export interface DecodedPath {
  readonly access: number;
  /** Empty for the terminals on descriptors 0 to 2. */
  readonly path: Bytes;
  /** Index of the row that it is opened from. */
  readonly parent: number | undefined;
  readonly origin: Bytes;
  readonly flags: Flags<typeof PATH_FLAGS>;
}

export interface DecodedPort {
  readonly access: number;
  readonly low: number;
  readonly high: number;
  readonly origin: Bytes;
}

export interface DecodedRequirement {
  readonly kind: RequirementKind;
  readonly unmet: Unmet;
  readonly bits: number;
  readonly alternative: number;
  readonly origin: Bytes;
  readonly code: Bytes;
  readonly text: Bytes;
  readonly remedy: Bytes;
  readonly flags: Flags<typeof REQUIREMENT_FLAGS>;
}

/** RLIMIT_* number, and the values that are set. */
export interface DecodedLimit {
  readonly resource: number;
  readonly soft: bigint | undefined;
  readonly hard: bigint | undefined;
}

/** A plan as values: what docs/plan-format.md says of each byte, for who wants to tell what is in it. */
export interface DecodedPlan {
  readonly flags: Flags<typeof PLAN_FLAGS>;
  readonly statusFd: number | undefined;
  /** Capabilities that COMMAND loses, a mask by capability number. */
  readonly capabilities: bigint;
  readonly chdir: Bytes | undefined;
  readonly paths: readonly DecodedPath[];
  readonly ports: readonly DecodedPort[];
  readonly requirements: readonly DecodedRequirement[];
  readonly limits: readonly DecodedLimit[];
  readonly envKeep: readonly Bytes[];
  readonly envUnset: readonly Bytes[];
  readonly envScrub: readonly Bytes[];
  /** NAME=VALUE. */
  readonly envSet: readonly Bytes[];
  readonly envPass: readonly Bytes[];
  readonly keepFds: readonly number[];
}

/**
 * Bytes → values. Pure. Whether the bytes are a plan that the core accepts is the core's to say; this reads what is there.
 *
 * @returns undefined where they are no plan of this version, or an offset leads out of them.
 */
export function decodePlan(bytes: Uint8Array): DecodedPlan | undefined {
  try {
    return new Decoder(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).plan();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

class Decoder {
  readonly #plan: Buffer;
  readonly #strings: Buffer;

  constructor(plan: Buffer) {
    this.#plan = plan;
    if (plan.length < HEADER_SIZE || plan.toString('latin1', 0, 8) !== PLAN_MAGIC) throw new RangeError('no plan');
    if (plan.readUInt32LE(8) !== PLAN_VERSION) throw new RangeError('a plan of another version');
    const at = plan.readUInt32LE(STRINGS_AT);
    const size = plan.readUInt32LE(STRINGS_AT + 4);
    if (at + size > plan.length) throw new RangeError('strings beyond the end');
    this.#strings = plan.subarray(at, at + size);
  }

  plan(): DecodedPlan {
    const statusFd = this.#plan.readInt32LE(20);
    const chdir = this.#string(40);
    return {
      flags: flagsOf(PLAN_FLAGS, this.#plan.readUInt32LE(16)),
      statusFd: statusFd < 0 ? undefined : statusFd,
      capabilities: this.#plan.readBigUInt64LE(24),
      chdir: chdir === '' ? undefined : chdir,
      paths: this.#rows(0, 32, (at) => this.#path(at)),
      ports: this.#rows(1, 24, (at) => this.#port(at)),
      requirements: this.#rows(2, 48, (at) => this.#requirement(at)),
      limits: this.#rows(3, 32, (at) => this.#limit(at)),
      envKeep: this.#rows(4, 4, (at) => this.#string(at)),
      envUnset: this.#rows(5, 4, (at) => this.#string(at)),
      envScrub: this.#rows(6, 4, (at) => this.#string(at)),
      envSet: this.#rows(7, 4, (at) => this.#string(at)),
      envPass: this.#rows(8, 4, (at) => this.#string(at)),
      keepFds: this.#rows(9, 8, (at) => this.#u32(at)),
    };
  }

  #u32(at: number): number {
    return this.#plan.readUInt32LE(at);
  }

  /** Masks of rights and features fit a number. */
  #mask(at: number): number {
    return Number(this.#plan.readBigUInt64LE(at));
  }

  #string(at: number): Bytes {
    const start = this.#u32(at);
    const end = this.#strings.indexOf(0, start);
    if (start >= this.#strings.length || end < 0) throw new RangeError('a string beyond the strings');
    return bytesOfLatin1(this.#strings.toString('latin1', start, end));
  }

  #rows<Row>(table: number, size: number, read: (at: number) => Row): Row[] {
    const start = this.#u32(TABLES_AT + 8 * table);
    const count = this.#u32(TABLES_AT + 8 * table + 4);
    if (start + count * size > this.#plan.length) throw new RangeError('a table beyond the end');
    return Array.from({ length: count }, (_, index) => read(start + index * size));
  }

  #path(at: number): DecodedPath {
    const parent = this.#u32(at + 12);
    return {
      access: this.#mask(at),
      path: this.#string(at + 8),
      parent: parent === NO_PARENT ? undefined : parent,
      origin: this.#string(at + 20),
      flags: flagsOf(PATH_FLAGS, this.#u32(at + 24)),
    };
  }

  #port(at: number): DecodedPort {
    const [low, high] = [this.#u32(at + 8), this.#u32(at + 12)];
    return { access: this.#mask(at), low, high, origin: this.#string(at + 16) };
  }

  #requirement(at: number): DecodedRequirement {
    return {
      kind: nameOf(REQUIREMENT_KINDS, this.#u32(at)),
      unmet: nameOf(REQUIREMENT_ACTIONS, this.#u32(at + 4)),
      bits: this.#mask(at + 8),
      alternative: this.#mask(at + 16),
      origin: this.#string(at + 24),
      code: this.#string(at + 28),
      text: this.#string(at + 32),
      remedy: this.#string(at + 36),
      flags: flagsOf(REQUIREMENT_FLAGS, this.#u32(at + 40)),
    };
  }

  #limit(at: number): DecodedLimit {
    const which = this.#u32(at + 4);
    const value = (bit: number, place: number): bigint | undefined =>
      (which & bit) === 0 ? undefined : this.#plan.readBigUInt64LE(at + place);
    return { resource: this.#u32(at), soft: value(1, 8), hard: value(2, 16) };
  }
}

function flagsOf<Name extends string>(bits: Readonly<Record<Name, number>>, mask: number): Record<Name, boolean> {
  const entries = Object.entries<number>(bits).map(([name, bit]) => [name, (mask & bit) !== 0]);
  return Object.fromEntries(entries) as Record<Name, boolean>;
}

function nameOf<Name extends string>(numbers: Readonly<Record<Name, number>>, number: number): Name {
  const found = (Object.keys(numbers) as Name[]).find((name) => numbers[name] === number);
  if (found === undefined) throw new RangeError('a number that means nothing');
  return found;
}
