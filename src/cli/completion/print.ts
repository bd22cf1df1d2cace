import { refuse } from '../../diagnostics/diagnostic.ts';
import { flagOrigin } from '../../diagnostics/origin.ts';
import { writeAll } from '../output.ts';
import type { Request } from '../parse.ts';
import { renderCompletion, SHELLS } from './index.ts';

/** Prints the completion script of one shell. @throws Refusal `shell-unknown` */
export function printCompletion(request: Request): number {
  const origin = flagOrigin('--completion');
  const unknown = request.modeValues.find((value) => !SHELLS.some((shell) => shell === (value as string)));
  if (unknown !== undefined) refuse('shell-unknown', origin, unknown, SHELLS);
  for (const shell of SHELLS) {
    if (request.modeValues.some((value) => (value as string) === shell)) writeAll(1, renderCompletion(shell));
  }
  return 0;
}
