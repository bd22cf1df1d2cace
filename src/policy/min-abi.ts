import type { Bytes } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';

/** Reads a floor for the kernel's Landlock ABI: 1 to 999 (ABIs to come are named before we know them). @throws Refusal `min-abi-invalid` */
export function parseMinAbi(value: Bytes, origin: Origin): number {
  const abi = /^[0-9]{1,3}$/.test(value) ? Number(value) : 0;
  return abi >= 1 ? abi : refuse('min-abi-invalid', origin, value);
}
