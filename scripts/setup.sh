# shellcheck shell=sh
# Set-up that the other scripts share; to be read in with `.`, never run. It leaves behind:
#   root       the top of the project
#   need ...   installs what is missing as root with apt-get, else says in one line what is missing and how to get it
#   mention_skipped   names the programs that are missing and that only some tests need
#   prepare    tools, node modules and build, whatever of it is not there yet
# POSIX sh; the caller has said `set -eu` and has set $0 to a file in scripts/.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

# Ends the script with one line.
die() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

say() {
  printf '\n== %s\n' "$1"
}

# npm and node-gyp insist on a home directory; those of services and containers are often not there.
if [ ! -d "${HOME:-}" ]; then
  HOME="$root/build/home"
  mkdir -p -- "$HOME" || die "$HOME cannot be made, and the environment variable HOME names no directory"
  export HOME
fi

# Whether a command is there and starts (a version manager's shim may be there and not start).
works() {
  command -v "$1" >/dev/null 2>&1 && "$1" "${2:---version}" >/dev/null 2>&1
}

# Installs Debian packages. In: what they are for, then their names. Ends the script where that is impossible.
install_packages() {
  missing=$1
  shift
  if ! command -v apt-get >/dev/null 2>&1; then
    die "missing: $missing; install with your system's package manager (Debian's packages are called: $*)"
  fi
  [ "$(id -u)" = 0 ] || die "missing: $missing; install with: sudo apt-get install $*"
  say "installing $*"
  set -- apt-get -o DPkg::Lock::Timeout=300 -y --no-install-recommends install "$@"
  DEBIAN_FRONTEND=noninteractive "$@" >/dev/null 2>&1 && return
  # Package lists may be missing or old.
  apt-get -o DPkg::Lock::Timeout=300 update >/dev/null || die "missing: $missing; apt-get update failed, see above"
  DEBIAN_FRONTEND=noninteractive "$@" >/dev/null || die "missing: $missing; '$*' failed, see above"
}

# In: names of commands. Out: all of them work, or the script has ended.
need() {
  lacking='' packages=''
  for name; do
    works "$name" && continue
    lacking="$lacking $name"
    case $name in
      cc) packages="$packages gcc libc6-dev" ;;
      setpriv) packages="$packages util-linux" ;;
      *) packages="$packages $name" ;;
    esac
  done
  [ -n "$lacking" ] || return 0
  # shellcheck disable=SC2086 # names of packages hold no blanks
  install_packages "${lacking# }" $packages
  for name in $lacking; do
    works "$name" || die "missing: $name does not start, although its package is installed"
  done
}

# Says in one line which programs some tests skip without. Installs none of them: Debian starts a service as it installs it.
mention_skipped() {
  lacking='' packages=''
  for name in curl fish ip man nginx perl psql strace zsh; do
    # Not every user's PATH has what is for administrators.
    PATH=$PATH:/usr/sbin:/sbin command -v "$name" >/dev/null 2>&1 && continue
    lacking="$lacking $name"
    case $name in
      ip) packages="$packages iproute2" ;;
      man) packages="$packages man-db" ;;
      psql) packages="$packages postgresql" ;;
      *) packages="$packages $name" ;;
    esac
  done
  [ -n "$lacking" ] || return 0
  say "tests will be skipped that need:$lacking; install with: sudo apt-get install$packages"
}

node_is_new_enough() {
  works node && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

# Node 20.19 or newer, with npm (a package of its own in Debian, part of nodejs elsewhere).
need_node() {
  if ! node_is_new_enough; then
    candidate=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^  Candidate: //p')
    if [ "$(id -u)" = 0 ] && ! command -v node >/dev/null 2>&1 && dpkg --compare-versions "${candidate:-0}" ge 20.19; then
      install_packages 'node >= 20.19' nodejs
    fi
    node_is_new_enough || die "missing: node >= 20.19 (found: $(node --version 2>/dev/null || echo none)); get it from https://nodejs.org/en/download"
  fi
  works npm || install_packages npm npm
}

# Installs the node modules that package-lock.json names, unless that is what is installed.
need_modules() {
  node "$root/scripts/modules-current.mjs" && return
  say 'installing node modules'
  # A home that is somebody else's is no place for npm's cache.
  if [ ! -w "$HOME" ]; then
    npm_config_cache="$root/build/npm-cache"
    export npm_config_cache
  fi
  (cd -- "$root" && npm ci --no-audit --no-fund) || die "npm ci failed, see above: it needs npm's registry, or a filled cache"
}

# Everything that a run from the checkout needs, built anew.
prepare() {
  need_node
  need cc make python3 git
  need_modules
  # Of use to npm alone; every start of node that inherits it takes three times as long.
  unset NODE_EXTRA_CA_CERTS
  say 'building'
  (cd -- "$root" && npm run --silent build) || die 'the build failed, see above'
}
