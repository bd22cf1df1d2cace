import type { Bytes } from '../base/bytes.ts';
import { nearest } from '../base/nearest.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { FS_RIGHTS, type FsRight, fsMask, type Mask, RIGHT_GROUPS, type RightGroup } from '../kernel/rights.ts';

/** Every word that a grant's list of rights may hold: groups first, then the kernel's names. */
export const RIGHT_WORDS: readonly string[] = [...Object.keys(RIGHT_GROUPS), ...FS_RIGHTS];

/**
 * The rights that a list of words stands for.
 *
 * @throws Refusal `right-unknown`, with the nearest known word.
 */
export function maskOfRightWords(words: readonly Bytes[], origin: Origin): Mask {
  return words.reduce((mask, word) => {
    if (Object.hasOwn(RIGHT_GROUPS, word)) return mask | RIGHT_GROUPS[word as string as RightGroup];
    if ((FS_RIGHTS as readonly string[]).includes(word)) return mask | fsMask(word as string as FsRight);
    return refuse('right-unknown', origin, word, nearest(word, RIGHT_WORDS), RIGHT_WORDS);
  }, 0);
}

/** The shortest list of words that stands for exactly these rights: groups that fit whole, then single rights. */
export function rightWordsOf(mask: Mask): string[] {
  const words: string[] = [];
  let covered = 0;
  for (const [name, group] of Object.entries(RIGHT_GROUPS)) {
    if ((mask & group) === group && (group & ~covered) !== 0) {
      words.push(name);
      covered |= group;
    }
  }
  return [...words, ...FS_RIGHTS.filter((_, bit) => (mask & ~covered & (1 << bit)) !== 0)];
}
