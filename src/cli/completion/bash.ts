import type { OptionRow } from '../options.ts';
import { type ValueKind, valueKindOf } from './value-kind.ts';

/** Completion for bash 4 and newer, without the bash-completion package; COMMAND's own completion is used where that package has it. */
export function renderBashCompletion(options: readonly OptionRow[]): string {
  const names = options.flatMap((row) => [row.name, ...(row.short === undefined ? [] : [row.short])]);
  const valued = options.filter((row) => row.value !== undefined).map((row) => row.name);
  const cases = options.flatMap((row) => {
    const kind = valueKindOf(row);
    return kind === undefined ? [] : [`    ${row.name}) ${offer(kind)} ;;`];
  });
  return `# bash completion for landlock-run. Made from the option table: landlock-run --completion bash.

# Sets \`command\` to where COMMAND stands among the words, or to the number of words.
_landlock_run_command() {
  local word skip=0
  for ((command = 1; command < COMP_CWORD; command++)); do
    word=\${COMP_WORDS[command]}
    if ((skip)); then
      skip=0
      continue
    fi
    case $word in
      --) ((command++)); return ;;
      ${valued.join('|')}) skip=1 ;;
      -*) ;;
      *) return ;;
    esac
  done
}

_landlock_run() {
  local command current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  _landlock_run_command
  COMPREPLY=()
  if ((command < COMP_CWORD)); then
    if declare -F _command_offset >/dev/null; then
      _command_offset "$command"
    else
      compopt -o default
    fi
    return
  fi
  case $previous in
${cases.join('\n')}
    *)
      if [[ $current == -* && $previous != -- ]]; then
        COMPREPLY=($(compgen -W '${names.join(' ')}' -- "$current"))
      else
        COMPREPLY=($(compgen -c -- "$current"))
      fi
      ;;
  esac
}

complete -F _landlock_run landlock-run
`;
}

function offer(kind: ValueKind): string {
  switch (kind.kind) {
    case 'words':
      return `COMPREPLY=($(compgen -W '${kind.words.join(' ')}' -- "$current"))${kind.words.some((word) => word.endsWith('=')) ? '; compopt -o nospace' : ''}`;
    case 'directory':
      return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current")';
    case 'file':
      return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current")';
    case 'free':
      return ':';
  }
}
