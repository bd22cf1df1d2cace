# bash completion for landlock-run. Made from the option table: landlock-run --completion bash.

# Sets `command` to where COMMAND stands among the words, or to the number of words.
_landlock_run_command() {
  local word skip=0
  for ((command = 1; command < COMP_CWORD; command++)); do
    word=${COMP_WORDS[command]}
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

_landlock_run() {
  local command current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
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
    --ro) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --rw) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --rwfile) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --grant) : ;;
    --unix) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --tmp) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    --net-connect) : ;;
    --net-bind) : ;;
    --udp-connect) : ;;
    --udp-bind) : ;;
    --other-net) COMPREPLY=($(compgen -W 'any none' -- "$current")) ;;
    --scope) COMPREPLY=($(compgen -W 'signal abstract-unix-socket pathname-unix-socket device-ioctl terminal' -- "$current")) ;;
    --no-scope) COMPREPLY=($(compgen -W 'signal abstract-unix-socket pathname-unix-socket device-ioctl terminal' -- "$current")) ;;
    --audit) COMPREPLY=($(compgen -W 'off command all' -- "$current")) ;;
    --policy) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --profile) COMPREPLY=($(compgen -W 'git toolchains ssh tty shm dev worker' -- "$current")) ;;
    --discover) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --min-abi) : ;;
    --env) : ;;
    --env-keep) : ;;
    --env-unset) : ;;
    --keep-fd) COMPREPLY=($(compgen -W 'args listen' -- "$current")) ;;
    --chdir) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    --limit) COMPREPLY=($(compgen -W 'as= core= cpu= data= fsize= memlock= msgqueue= nice= nofile= nproc= rtprio= rttime= sigpending= stack=' -- "$current")); compopt -o nospace ;;
    --status-fd) : ;;
    --compiled) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --why) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --compile) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --learn) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --import) : ;;
    --completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$current")) ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$current")) ;;
    *)
      if [[ $current == -* && $previous != -- ]]; then
        COMPREPLY=($(compgen -W '--ro --rw --rwfile --grant --unix --tmp --add-command --net-connect --net-bind --udp-connect --udp-bind --other-net --no-net --no-unix --scope --no-scope --audit --keep-caps --policy --profile --bare --discover --best-effort --min-abi --require-paths --allow-overlap --allow-unsandboxed --env --env-scrub --env-clear --env-keep --env-unset --keep-fd --keep-path --chdir --limit --status-fd --check --explain --compiled --why --compile --learn --no-verify --trace --import --print-policy --completion --help -h --version -V --json --verbose --color' -- "$current"))
      else
        COMPREPLY=($(compgen -c -- "$current"))
      fi
      ;;
  esac
}

complete -F _landlock_run landlock-run
