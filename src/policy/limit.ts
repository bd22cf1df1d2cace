import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { nearest } from '../base/nearest.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { RESOURCE_LIMITS, UNLIMITED } from '../kernel/resource-limits.ts';

/** A resource limit to set: prlimit(1)'s SOFT:HARD, either of which may be left alone. */
export interface Limit {
  readonly name: string;
  readonly soft: bigint | undefined;
  readonly hard: bigint | undefined;
}

const SUFFIXES: Readonly<Record<string, bigint>> = { K: 1n << 10n, M: 1n << 20n, G: 1n << 30n, T: 1n << 40n };

/**
 * Reads a limit by prlimit(1)'s names and forms: `VALUE`, `SOFT:HARD`, `SOFT:`, `:HARD`, `unlimited`; sizes take K, M, G, T (powers of 1024).
 *
 * @throws Refusal `limit-unknown`, `limit-ignored` (the kernel would take it and do nothing), `limit-invalid`
 */
export function parseLimit(name: Bytes, value: Bytes, origin: Origin): Limit {
  const resource = Object.hasOwn(RESOURCE_LIMITS, name) ? RESOURCE_LIMITS[name] : undefined;
  const known = Object.keys(RESOURCE_LIMITS).filter((key) => RESOURCE_LIMITS[key]?.ignored === undefined);
  if (resource === undefined) return refuse('limit-unknown', origin, name, nearest(name, known), known);
  if (resource.ignored !== undefined) refuse('limit-ignored', origin, name, resource.ignored);
  const [softText, hardText, ...rest] = value.split(':');
  if (rest.length > 0 || softText === undefined) return refuse('limit-invalid', origin, name, value, resource.unit);
  const read = (text: string): bigint | undefined => {
    if (text === '') return undefined;
    if (text === 'unlimited' || text === 'infinity') return UNLIMITED;
    const match = /^([0-9]{1,18})([KMGT])?i?B?$/i.exec(text);
    const suffix = match?.[2]?.toUpperCase();
    if (match === null || (suffix !== undefined && resource.unit !== 'bytes') || (/B$/i.test(text) && !suffix)) {
      return refuse('limit-invalid', origin, name, value, resource.unit);
    }
    const number = BigInt(match[1] ?? '') * (suffix === undefined ? 1n : (SUFFIXES[suffix] ?? 1n));
    return number >= UNLIMITED ? refuse('limit-invalid', origin, name, value, resource.unit) : number;
  };
  const soft = read(softText);
  const hard = hardText === undefined ? soft : read(hardText);
  if (soft === undefined && hard === undefined) refuse('limit-invalid', origin, name, value, resource.unit);
  if (soft !== undefined && hard !== undefined && soft > hard) refuse('limit-soft-above-hard', origin, name, value);
  return { name, soft, hard };
}

/** The form that parseLimit reads back as the same limit. */
export function describeLimit(limit: Limit): Bytes {
  const show = (value: bigint | undefined): string =>
    value === undefined ? '' : value === UNLIMITED ? 'unlimited' : String(value);
  return bytesOfText(limit.soft === limit.hard ? show(limit.soft) : `${show(limit.soft)}:${show(limit.hard)}`);
}
