import { parse } from 'smol-toml';

/** Reads TOML into plain values. @throws Error with line and column */
export function readToml(text: string): unknown {
  return parse(text);
}
