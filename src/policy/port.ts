import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';

/** A TCP or UDP port, 0 to 65535. Made by `port` only. */
export type Port = number & { readonly __port: unique symbol };

/** Ports from low to high, both included; low <= high. */
export interface PortRange {
  readonly low: Port;
  readonly high: Port;
}

export const HIGHEST_PORT = 65_535;

/** Checks a number that should be a port. @throws Refusal `port-invalid` */
export function port(value: number, origin: Origin): Port {
  if (!Number.isInteger(value) || value < 0 || value > HIGHEST_PORT) {
    refuse('port-invalid', origin, bytesOfText(String(value)));
  }
  return value as Port;
}

/**
 * Reads `443`, `8000-8100`. @throws Refusal `port-invalid`, `port-range-backwards`
 */
export function parsePortRange(text: Bytes, origin: Origin): PortRange {
  const match = /^([0-9]{1,9})(?:-([0-9]{1,9}))?$/.exec(text);
  if (match === null) return refuse('port-invalid', origin, text);
  const low = Number(match[1]);
  const high = match[2] === undefined ? low : Number(match[2]);
  if (low > HIGHEST_PORT || high > HIGHEST_PORT) refuse('port-invalid', origin, text);
  if (low > high) refuse('port-range-backwards', origin, text, bytesOfText(`${high}-${low}`));
  return { low: port(low, origin), high: port(high, origin) };
}

/** The same ports as the fewest ranges, in order. */
export function unitePortRanges(ranges: readonly PortRange[]): PortRange[] {
  const sorted = [...ranges].sort((a, b) => a.low - b.low);
  const united: PortRange[] = [];
  for (const range of sorted) {
    const last = united.at(-1);
    if (last !== undefined && range.low <= last.high + 1) {
      united[united.length - 1] = { low: last.low, high: Math.max(range.high, last.high) as Port };
    } else {
      united.push(range);
    }
  }
  return united;
}

export function describePortRange(range: PortRange): string {
  return range.low === range.high ? String(range.low) : `${range.low}-${range.high}`;
}

export function countPorts(ranges: readonly PortRange[]): number {
  return ranges.reduce((sum, range) => sum + range.high - range.low + 1, 0);
}
