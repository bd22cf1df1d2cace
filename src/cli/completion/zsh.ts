import type { OptionRow } from '../options.ts';
import { type ValueKind, valueKindOf } from './value-kind.ts';

/** Completion for zsh, by its own _arguments. */
export function renderZshCompletion(options: readonly OptionRow[]): string {
  const lines = options.flatMap((row) => {
    const text = row.text.replace(/[[\]:\\]/g, (character) => `\\${character}`);
    const kind = valueKindOf(row);
    const names = [row.name, ...(row.short === undefined ? [] : [row.short])];
    return names.map((name) =>
      kind === undefined ? word(`${name}[${text}]`) : word(`*${name}=[${text}]:${valueName(row)}:${action(kind)}`),
    );
  });
  return `#compdef landlock-run
# zsh completion for landlock-run. Made from the option table: landlock-run --completion zsh.

_landlock-run_word_and_file() {
  if compset -P '*:'; then
    _files
  else
    compadd -S : -- "$@"
  fi
}

_landlock-run() {
  _arguments -S -A '-*' \\
    ${lines.join(' \\\n    ')} \\
    '(-)1:command:_command_names -e' \\
    '*::argument:_normal'
}

if [ "$funcstack[1]" = _landlock-run ]; then
  _landlock-run "$@"
else
  compdef _landlock-run landlock-run
fi
`;
}

function word(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function valueName(row: OptionRow): string {
  return (row.value ?? '')
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim();
}

function action(kind: ValueKind): string {
  switch (kind.kind) {
    case 'words':
      return `(${kind.words.join(' ')})`;
    // Behind a blank zsh calls it with these arguments and none of its own.
    case 'word-and-file':
      return ` _landlock-run_word_and_file ${kind.words.join(' ')}`;
    case 'directory':
      return '_files -/';
    case 'file':
      return '_files';
    case 'free':
      return ' ';
  }
}
