import type { Colour } from './colour.ts';

/** A part of a report: an empty line, its title, its rows; nothing where there are no rows. */
export function section(title: string, rows: readonly string[], colour: Colour): string[] {
  return rows.length === 0 ? [] : ['', colour.bold(title), ...rows.map((row) => `  ${row}`)];
}

/** Two columns. */
export const pair = (left: string, right: string): string => `${left.padEnd(22)} ${right}`;
