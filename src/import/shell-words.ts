/**
 * Splits a command line into words as a POSIX shell would: quotes, backslashes, continued lines, comments. Nothing is expanded.
 *
 * @throws Error where a quote is not closed, or where a shell would expand something.
 */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const add = (part: string): void => {
    word = (word ?? '') + part;
  };
  const token = /\\\n|\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|(\s+)|(#[^\n]*)|([^\s\\'"]+)|(['"\\])/g;
  for (const [whole, escaped, single, double, blank, comment, plain, open] of text.matchAll(token)) {
    if (open !== undefined) throw new Error('a quote is not closed');
    if (whole === '\\\n') continue;
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (comment !== undefined && word === undefined) continue;
    else if (escaped !== undefined) add(escaped);
    else if (single !== undefined) add(single);
    else if (double !== undefined) add(unquoted(double));
    else add(refuseExpansion(plain ?? whole));
  }
  return word === undefined ? words : [...words, word];
}

function unquoted(text: string): string {
  return text.replace(/\\([$`"\\])|\\\n|([$`])/g, (_, escaped?: string, expands?: string) => {
    if (expands !== undefined) refuseExpansion(expands);
    return escaped ?? '';
  });
}

function refuseExpansion(text: string): string {
  if (/[$`;|&<>()]/.test(text))
    throw new Error(`a shell would do more than split words at "${text}": write the value itself`);
  return text;
}
