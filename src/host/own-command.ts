import { type Bytes, textOfBytes } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Flag } from '../policy/from-flags.ts';
import { frontFile } from './front-file.ts';
import type { Native } from './native.ts';

/** The program that landlock-run is: the front of this package, or, in a single binary, the binary itself. */
export function ownProgram(): string {
  return frontFile() ?? process.execPath;
}

/** Options as words, for another landlock-run. @throws Refusal `trace-not-text` */
export function wordsOfFlags(flags: readonly Flag[]): string[] {
  return flags.flatMap(({ name, value }) => (value === undefined ? [name] : [name, textWord(value)]));
}

/** A word that Node can hand to a program: text. @throws Refusal `trace-not-text` */
export function textWord(word: Bytes): string {
  return textOfBytes(word) ?? refuse('trace-not-text', undefined, word);
}

/**
 * The caller's environment as Node can hand it to a program. Node's own process.env is not it: the front starts Node with another one.
 *
 * @returns what is text, and the names of what is not and had to be left out.
 */
export function textEnvironment(native: Native): { environment: Record<string, string>; leftOut: Bytes[] } {
  const environment: Record<string, string> = {};
  const leftOut: Bytes[] = [];
  for (const entry of native.environment()) {
    const equals = entry.indexOf('=');
    const text = textOfBytes(entry);
    if (equals <= 0) continue;
    if (text === undefined) leftOut.push(entry.slice(0, equals) as Bytes);
    else environment[text.slice(0, text.indexOf('='))] ??= text.slice(text.indexOf('=') + 1);
  }
  return { environment, leftOut };
}
