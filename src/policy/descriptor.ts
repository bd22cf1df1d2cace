import type { Bytes } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';

/** The largest descriptor that a plan can name (docs/plan-format.md); the kernel's own ceiling, fs.nr_open, is the same by default. */
export const HIGHEST_DESCRIPTOR = 1_048_575;

/**
 * Reads a descriptor's number, from 3 on: 0 to 2 are COMMAND's own.
 *
 * @param remedy what to give instead.
 * @throws Refusal `descriptor-invalid`
 */
export function parseDescriptor(value: Bytes, origin: Origin, remedy: string): number {
  const number = /^[0-9]{1,7}$/.test(value) ? Number(value) : -1;
  if (number < 3 || number > HIGHEST_DESCRIPTOR) return refuse('descriptor-invalid', origin, value, remedy);
  return number;
}

/** Reads `--keep-fd`'s value: a descriptor from 3 on, `args` or `listen`. 0 to 2 are always kept. */
export function parseKeepFd(value: Bytes, origin: Origin): number | 'args' | 'listen' {
  if (value === 'args' || value === 'listen') return value as string as 'args' | 'listen';
  return parseDescriptor(value, origin, 'give a number from 3 on, args or listen; 0, 1 and 2 are always kept');
}
