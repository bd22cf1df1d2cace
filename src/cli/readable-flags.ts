import type { Bytes } from '../base/bytes.ts';
import type { Flag } from '../policy/from-flags.ts';
import { OPTIONS } from './options.ts';

/**
 * What can be made out of a command line that is refused: the options up to COMMAND, so that the refusal reaches who asked to be told (--json,
 * --status-fd). What is no option of ours is passed over; the first word that can be no option ends it.
 */
export function readableFlags(words: readonly Bytes[]): Flag[] {
  const flags: Flag[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--' || !word.startsWith('-')) break;
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const row = OPTIONS.find((one) => one.name === name);
    if (row === undefined) continue;
    if (row.value === undefined) flags.push({ name, value: undefined });
    else flags.push({ name, value: equals < 0 ? words[++at] : (word.slice(equals + 1) as Bytes) });
  }
  return flags;
}
