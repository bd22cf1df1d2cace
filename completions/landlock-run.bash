# bash completion for landlock-run. Made from the option table: landlock-run --completion bash.

# Sets `words` to the words up to the cursor as a shell passes them, `starts` to where each begins in COMP_WORDS, `last` to the number of the
# last, and `token` to what readline replaces of that: what is behind the last = or :, or all of it where COMP_WORDBREAKS lacks them.
_landlock_run_words() {
  local i word before= line=${COMP_LINE:0:COMP_POINT}
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((i == 0)) || [[ $line == [[:space:]]* || $word == [\<\>\;\|\&\(\)]* || $before == [\<\>\;\|\&\(\)]* ]]; then
      line=${line#"${line%%[![:space:]]*}"}
      last=${#words[@]}
      words[last]= starts[last]=$i
    fi
    ((i < COMP_CWORD)) || word=$line
    words[last]+=$word line=${line#"$word"} before=$word
  done
  token=$word
  [[ $token == *[!=:]* ]] || token=
}

# Sets `command` to where COMMAND stands among the words, or to where the last of them stands.
_landlock_run_command() {
  local word skip=0
  for ((command = 1; command < last; command++)); do
    word=${words[command]}
    if ((skip)); then
      skip=0
      continue
    fi
    case $word in
      --) ((command++)); return ;;
      --ro|--rw|--rwfile|--grant|--unix|--tmp|--net-connect|--net-bind|--udp-connect|--udp-bind|--other-net|--scope|--no-scope|--audit|--policy|--profile|--discover|--min-abi|--env|--env-keep|--env-unset|--keep-fd|--chdir|--limit|--status-fd|--compiled|--why|--compile|--learn|--import|--completion|--color) skip=1 ;;
      -*) ;;
      *) return ;;
    esac
  done
}

# Offers what continues `current`; `front` is what is before it in the word. In: what compgen takes.
_landlock_run_offer() {
  local one found kept=$front$current
  kept=${kept%"$token"}
  mapfile -t found < <(compgen "$@" -- "$current")
  for one in "${found[@]}"; do
    if [[ $1 == -[df] && -d $one ]]; then
      one+=/
      compopt -o nospace
    fi
    one=$front$one
    COMPREPLY+=("${one#"$kept"}")
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
    front+=${current%%:*}: current=${current#*:}
    _landlock_run_paths f
  else
    compopt -o nospace
    _landlock_run_offer -S : -W "$*"
  fi
}

_landlock_run() {
  local words=() starts=() last token command front= current previous
  _landlock_run_words
  _landlock_run_command
  COMPREPLY=()
  if ((command < last)); then
    if declare -F _command_offset >/dev/null; then
      _command_offset "${starts[command]}"
    else
      compopt -o default
    fi
    return
  fi
  current=${words[last]} previous=${words[last - 1]}
  if [[ $current == --*=* && $previous != -- ]]; then
    front=${current%%=*}= previous=${current%%=*} current=${current#*=}
  fi
  case $previous in
    --ro) _landlock_run_paths f ;;
    --rw) _landlock_run_paths f ;;
    --rwfile) _landlock_run_paths f ;;
    --grant) _landlock_run_word_and_file read write exec create remove ;;
    --unix) _landlock_run_paths f ;;
    --tmp) _landlock_run_paths d ;;
    --net-connect) : ;;
    --net-bind) : ;;
    --udp-connect) : ;;
    --udp-bind) : ;;
    --other-net) _landlock_run_offer -W 'any none' ;;
    --scope) _landlock_run_offer -W 'signal abstract-unix-socket pathname-unix-socket device-ioctl terminal' ;;
    --no-scope) _landlock_run_offer -W 'signal abstract-unix-socket pathname-unix-socket device-ioctl terminal' ;;
    --audit) _landlock_run_offer -W 'off command all' ;;
    --policy) _landlock_run_paths f ;;
    --profile) _landlock_run_offer -W 'git toolchains ssh tty shm dev worker' ;;
    --discover) _landlock_run_paths f ;;
    --min-abi) : ;;
    --env) : ;;
    --env-keep) : ;;
    --env-unset) : ;;
    --keep-fd) _landlock_run_offer -W 'args listen' ;;
    --chdir) _landlock_run_paths d ;;
    --limit) _landlock_run_offer -W 'as= core= cpu= data= fsize= memlock= msgqueue= nice= nofile= nproc= rtprio= rttime= sigpending= stack='; compopt -o nospace ;;
    --status-fd) : ;;
    --compiled) _landlock_run_paths f ;;
    --why) _landlock_run_paths f ;;
    --compile) _landlock_run_paths f ;;
    --learn) _landlock_run_paths f ;;
    --import) _landlock_run_word_and_file landlockconfig landrun sandbox-runtime openshell ;;
    --completion) _landlock_run_offer -W 'bash zsh fish' ;;
    --color) _landlock_run_offer -W 'auto always never' ;;
    *)
      if [[ -n $front ]]; then
        :
      elif [[ $current == -* && $previous != -- ]]; then
        _landlock_run_offer -W '--ro --rw --rwfile --grant --unix --tmp --add-command --net-connect --net-bind --udp-connect --udp-bind --other-net --no-net --no-unix --scope --no-scope --audit --keep-caps --policy --profile --bare --discover --best-effort --min-abi --require-paths --allow-overlap --allow-unsandboxed --env --env-scrub --env-clear --env-keep --env-unset --keep-fd --keep-path --chdir --limit --status-fd --check --explain --compiled --why --compile --learn --no-verify --trace --import --print-policy --completion --help -h --version -V --json --verbose --color'
      else
        _landlock_run_offer -c
      fi
      ;;
  esac
}

complete -F _landlock_run landlock-run
