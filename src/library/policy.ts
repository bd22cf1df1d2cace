import { fileURLToPath } from 'node:url';
import { bytesOfText } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { type PreparedPolicy, settleFileSources } from '../host/build-request.ts';
import { type Caller, makeCaller } from '../host/caller.ts';
import { type FileSources, loadPolicyFile, loadPolicyObject } from '../host/load-sources.ts';
import { encodePlan, type Plan } from '../plan/encode.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import { settlePolicy } from '../policy/settle.ts';
import { insistFile, insistOptions } from './arguments.ts';
import { atBorder, promised } from './error.ts';
import { findNative, type LocateOptions } from './locate.ts';
import { refuseUnplain } from './plain-object.ts';
import { plainCaller } from './surroundings.ts';

/** A policy as a plain object: the policy file's shape (docs/policy.md), with paths exactly as they are given. */
export type PolicyObject = DeepReadonly<PolicyDocument>;

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** What the library knows of a policy that it has read. */
export interface Inside {
  readonly sources: FileSources;
  readonly prepared: PreparedPolicy;
  readonly plan: Plan;
  /** The file that it was loaded from; undefined for an object. */
  readonly file: string | undefined;
}

/**
 * A policy, read and checked once: nothing that happens to the object or the file later changes it. Made by loadPolicy() and parsePolicy() only.
 */
export class LoadedPolicy {
  /** The file that it was loaded from, as it was named. */
  readonly file: string | undefined;
  readonly #inside: Inside;

  /** @internal */
  constructor(inside: Inside) {
    this.file = inside.file;
    this.#inside = inside;
    Object.freeze(this);
  }

  /** @internal */
  static inside(policy: unknown): Inside | undefined {
    return typeof policy === 'object' && policy !== null && #inside in policy ? policy.#inside : undefined;
  }
}

/** What every function takes as a policy. */
export type AnyPolicy = LoadedPolicy | PolicyObject;

/**
 * Reads a policy file, with all that it extends; its paths are relative to it, and expanded.
 *
 * @throws LandlockRunError with file, line and column.
 */
export function loadPolicy(file: string | URL, options: LocateOptions = {}): Promise<LoadedPolicy> {
  return promised(() => {
    insistFile(file);
    insistOptions(options);
    const path = typeof file === 'string' ? file : fileURLToPath(file);
    const caller = makeCaller(findNative(options));
    const sources = loadPolicyFile(bytesOfText(path), flagOrigin('loadPolicy()'), caller);
    return new LoadedPolicy(settle(sources, path, options));
  });
}

/**
 * Reads a plain object of the policy file's shape. Nothing in it is expanded (a directory may be called `~`); relative paths start from the working directory of
 * this process. A key that is there without a value (undefined, null) is an error: it would lift a restriction that somebody meant.
 *
 * @throws LandlockRunError whose origin is the place in the object: `policy.fs.rw[0]`.
 */
export function parsePolicy(object: PolicyObject, options: LocateOptions = {}): LoadedPolicy {
  return atBorder(() => {
    insistOptions(options);
    return new LoadedPolicy(readObject(object, options));
  });
}

/** What there is to know of any policy. @throws Refusal */
export function insideOf(policy: AnyPolicy, options: LocateOptions): Inside {
  return LoadedPolicy.inside(policy) ?? readObject(policy as PolicyObject, options);
}

/** What any policy states, without a look at this machine but for its working directory. @throws Refusal */
export function sourcesOf(policy: AnyPolicy): Pick<Inside, 'sources' | 'file'> {
  const inside = LoadedPolicy.inside(policy);
  if (inside !== undefined) return inside;
  const sources = statementsOf(policy as PolicyObject, plainCaller);
  settlePolicy(sources.statements); // what contradicts itself is refused anywhere
  return { sources, file: undefined };
}

function readObject(object: PolicyObject, options: LocateOptions): Inside {
  return settle(
    statementsOf(object, () => makeCaller(findNative(options))),
    undefined,
    options,
  );
}

function statementsOf(object: PolicyObject, caller: () => Caller): FileSources {
  if (typeof object !== 'object' || object === null)
    refuse('policy-foreign', undefined, `no object but ${String(object)}`);
  refuseUnplain(object, []);
  return loadPolicyObject(object, caller());
}

function settle(sources: FileSources, file: string | undefined, options: LocateOptions): Inside {
  const prepared = settleFileSources(sources, makeCaller(findNative(options)));
  const { policy, ruleset } = prepared;
  const plan = encodePlan(policy, ruleset, { verbose: false, json: true, execHint: bytesOfText('') });
  return { sources, prepared, plan, file };
}
