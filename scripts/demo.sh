#!/bin/sh
# Sets up, builds, and shows the main job: a command that may do everything in one project and nothing in the one beside
# it. Every act that is denied is first done without landlock-run, so that it is known to work otherwise.
# Exits with 0 only if everything happened as it should.
set -eu
# shellcheck source=scripts/setup.sh
. "$(dirname -- "$0")/setup.sh"

prepare

run="$root/bin/landlock-run"
work=$(mktemp -d /tmp/landlock-run-demo-XXXXXX)
trap 'rm -rf -- "$work"' EXIT
wrong=0

# Two projects with real content: this one's documents and a history, and one that is nobody's business.
make_projects() {
  # git's own settings are not what is shown here
  GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
  GIT_AUTHOR_NAME=demo GIT_AUTHOR_EMAIL=demo@localhost GIT_COMMITTER_NAME=demo GIT_COMMITTER_EMAIL=demo@localhost
  export GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
  mkdir -- "$work/proj" "$work/sibling" "$work/sibling/src"
  cp -R -- "$root/docs" "$root/src" "$root/package.json" "$work/proj"
  cp -- "$root/package.json" "$work/sibling"
  cp -R -- "$root/src/." "$work/sibling/src"
  ln -s ../sibling "$work/proj/link"
  echo 'DATABASE_PASSWORD=hunter2' >"$work/sibling/.env"
  for project in proj sibling; do
    git -C "$work/$project" init --quiet --initial-branch=main
    git -C "$work/$project" add .
    git -C "$work/$project" commit --quiet --message='First state'
  done
}

# Shows a result, indented, at most a few lines of it.
show() {
  printf '%s\n' "$1" | head -n 4 | sed 's/^/           | /'
}

# In: what it is, and a script that must work in ./proj under landlock-run.
allowed() {
  if output=$("$run" --rw ./proj -- bash -c "cd proj && $2" 2>&1); then
    printf '  allowed  %s\n' "$1"
  else
    printf '  WRONG    %s: exit status %s\n' "$1" "$?"
    wrong=1
  fi
  show "$output"
}

# The names and contents of everything in the sibling, in one line.
sibling_state() {
  find sibling -path sibling/.git -prune -o -type f -exec cksum {} + | sort | cksum
}

# In: what it is, and a script that must work without landlock-run and be denied under it, leaving everything as it was.
denied() {
  if ! output=$(bash -c "cd proj && $2" 2>&1); then
    printf '  WRONG    %s does not even work without landlock-run\n' "$1"
    show "$output"
    wrong=1
    return
  fi
  git -C sibling reset --quiet --hard
  git -C sibling clean --quiet --force -d
  before=$(sibling_state)
  code=0
  output=$("$run" --rw ./proj -- bash -c "cd proj && $2" 2>&1) || code=$?
  case $code/$output in
    0/* | 125/*) verdict='WRONG   ' ;;
    */*'Permission denied'*) verdict='denied  ' ;;
    *) verdict='WRONG   ' ;;
  esac
  [ "$(sibling_state)" = "$before" ] || verdict='WRONG   '
  printf '  %s %s (works without landlock-run)\n' "$verdict" "$1"
  show "$output"
  [ "$verdict" = 'denied  ' ] || wrong=1
}

need git
make_projects
cd -- "$work"

say 'what this kernel can do'
code=0
"$run" --check --rw ./proj || code=$?
case $code in
  0) ;;
  1) die 'this kernel does not take the policy, see above: that needs Linux 5.13 or newer with Landlock among its security modules' ;;
  *) die "landlock-run itself failed with exit status $code, see above" ;;
esac

say 'in ./proj, under: landlock-run --rw ./proj -- bash -c ...'
allowed 'list' 'ls'
allowed 'read' 'head -n 3 package.json'
allowed 'search' 'grep -rl --include="*.md" -i landlock . | sort'
allowed 'write, append, rename, remove' 'echo one >a && echo two >>a && mv a b && cat b && rm b && test ! -e b'
allowed 'make directories, links and pipes' 'mkdir -p d/e && ln -s e d/l && mkfifo d/p && ls d && rm -r d'
allowed 'run a program written on the spot' 'printf "#!/bin/sh\necho I ran\n" >tool && chmod +x tool && ./tool && rm tool'
allowed 'work with git' 'echo more >>docs/notes.md && git add . && git commit --quiet --message="Second state" && git log --oneline'
allowed 'use pipes and /dev/null' 'find . -name "*.md" 2>/dev/null | sort | wc -l'

say 'the same command, at ../sibling'
denied 'read a file' 'cat ../sibling/.env'
denied 'list the directory' 'ls ../sibling'
denied 'search it' 'grep -r hunter2 ../sibling'
denied 'overwrite a file' 'echo gone >../sibling/.env'
denied 'append to a file' 'echo more >>../sibling/package.json'
denied 'make a file' 'touch ../sibling/new && ls -d ../sibling/new'
denied 'remove a file' 'rm -f ../sibling/package.json'
denied 'move a file out of it' 'mv ../sibling/.env stolen && rm stolen'
denied 'copy all of it' 'cp -R ../sibling stolen && rm -r stolen'
denied 'reach it through a link' 'cat link/.env'

say 'outcome'
if [ "$wrong" = 0 ]; then
  echo 'Everything in ./proj worked, nothing in ../sibling did. Each denial came from the kernel.'
else
  echo 'Something was not as it should be: see the lines marked WRONG.'
fi
exit "$wrong"
