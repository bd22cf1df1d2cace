import { Chalk, type ChalkInstance } from 'chalk';

/** Paints words of a report, or leaves them as they are. */
export type Colour = ChalkInstance;

/** What colour is decided by. */
export interface ColourContext {
  readonly choice: 'auto' | 'always' | 'never';
  readonly terminal: boolean;
  readonly noColor: string | undefined;
  readonly term: string | undefined;
}

/**
 * A painter for reports: colour on a terminal that can show it, unless NO_COLOR is set (no-color.org) or TERM is dumb. Chalk's own detection is not
 * asked, since it reads the wrapped command's flags and ignores NO_COLOR.
 */
export function makeColour(context: ColourContext): Colour {
  const capable =
    context.terminal && (context.noColor ?? '') === '' && context.term !== 'dumb' && context.term !== undefined;
  const wanted = context.choice === 'always' || (context.choice === 'auto' && capable);
  return new Chalk({ level: wanted ? 1 : 0 });
}
