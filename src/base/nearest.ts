import { distance } from 'fastest-levenshtein';

/**
 * The known word that a misspelt one most likely meant.
 *
 * @returns the nearest of `known`, or undefined where nothing is near enough to be worth naming.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let smallest = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const apart = distance(word.toLowerCase(), candidate.toLowerCase());
    if (apart < smallest) [best, smallest] = [candidate, apart];
  }
  return best;
}
