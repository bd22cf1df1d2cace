import { OPTIONS } from '../options.ts';
import { renderBashCompletion } from './bash.ts';
import { renderFishCompletion } from './fish.ts';
import { renderZshCompletion } from './zsh.ts';

/** The shells that completions are made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The completion script of a shell, from the option table; hidden options are left out. */
export function renderCompletion(shell: Shell): string {
  const shown = OPTIONS.filter((row) => row.hidden !== true);
  return { bash: renderBashCompletion, zsh: renderZshCompletion, fish: renderFishCompletion }[shell](shown);
}
