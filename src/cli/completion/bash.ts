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

${WORDS}
# Sets \`command\` to where COMMAND stands among the words, or to where the last of them stands.
_landlock_run_command() {
  local word skip=0
  for ((command = 1; command < last; command++)); do
    word=\${words[command]}
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

${OFFERS}
_landlock_run() {
  local words=() starts=() last token command front= current previous
  _landlock_run_words
  _landlock_run_command
  COMPREPLY=()
  if ((command < last)); then
    if declare -F _command_offset >/dev/null; then
      _command_offset "\${starts[command]}"
    else
      compopt -o default
    fi
    return
  fi
  current=\${words[last]} previous=\${words[last - 1]}
  if [[ $current == --*=* && $previous != -- ]]; then
    front=\${current%%=*}= previous=\${current%%=*} current=\${current#*=}
  fi
  case $previous in
${cases.join('\n')}
    *)
      if [[ -n $front ]]; then
        :
      elif [[ $current == -* && $previous != -- ]]; then
        _landlock_run_offer -W '${names.join(' ')}'
      else
        _landlock_run_offer -c
      fi
      ;;
  esac
}

complete -F _landlock_run landlock-run
`;
}

/** How bash finds out which words the line has: COMP_WORDS is split at = and : too, and does not say where blanks were. */
const WORDS = `# Sets \`words\` to the words up to the cursor as a shell passes them, \`starts\` to where each begins in COMP_WORDS, \`last\` to the number of the
# last, and \`token\` to what readline replaces of that: what is behind the last = or :, or all of it where COMP_WORDBREAKS lacks them.
_landlock_run_words() {
  local i word before= line=\${COMP_LINE:0:COMP_POINT}
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((i == 0)) || [[ $line == [[:space:]]* || $word == [\\<\\>\\;\\|\\&\\(\\)]* || $before == [\\<\\>\\;\\|\\&\\(\\)]* ]]; then
      line=\${line#"\${line%%[![:space:]]*}"}
      last=\${#words[@]}
      words[last]= starts[last]=$i
    fi
    ((i < COMP_CWORD)) || word=$line
    words[last]+=$word line=\${line#"$word"} before=$word
  done
  token=$word
  [[ $token == *[!=:]* ]] || token=
}
`;

/** How bash is given what it may put in: each without what of the word readline leaves as it is. */
const OFFERS = `# Offers what continues \`current\`; \`front\` is what is before it in the word. In: what compgen takes.
_landlock_run_offer() {
  local one found kept=$front$current
  kept=\${kept%"$token"}
  mapfile -t found < <(compgen "$@" -- "$current")
  for one in "\${found[@]}"; do
    if [[ $1 == -[df] && -d $one ]]; then
      one+=/
      compopt -o nospace
    fi
    one=$front$one
    COMPREPLY+=("\${one#"$kept"}")
  done
}

# In: f for files, d for directories. Readline itself knows quotes and ~, where the path is what it takes for the word.
_landlock_run_paths() {
  if [[ $token != "$current" ]]; then
    compopt -o filenames
    _landlock_run_offer "-$1"
  elif [[ $1 == d ]]; then
    compopt -o dirnames
  else
    compopt -o default
  fi
}

# In: words. A colon and a file follow them.
_landlock_run_word_and_file() {
  if [[ $current == *:* ]]; then
    front+=\${current%%:*}: current=\${current#*:}
    _landlock_run_paths f
  else
    compopt -o nospace
    _landlock_run_offer -S : -W "$*"
  fi
}
`;

function offer(kind: ValueKind): string {
  switch (kind.kind) {
    case 'words':
      return `_landlock_run_offer -W '${kind.words.join(' ')}'${kind.words.some((word) => word.endsWith('=')) ? '; compopt -o nospace' : ''}`;
    case 'word-and-file':
      return `_landlock_run_word_and_file ${kind.words.join(' ')}`;
    case 'directory':
      return '_landlock_run_paths d';
    case 'file':
      return '_landlock_run_paths f';
    case 'free':
      return ':';
  }
}
