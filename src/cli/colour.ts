import { isatty } from 'node:tty';
import type { Caller } from '../host/caller.ts';
import { type Colour, makeColour } from '../render/colour.ts';
import type { Request } from './parse.ts';

/** The painter for a report on stdout. */
export function colourFor(request: Request, caller: Caller): Colour {
  return makeColour({
    choice: request.color,
    terminal: isatty(1),
    noColor: caller.variable('NO_COLOR'),
    term: caller.variable('TERM'),
  });
}
