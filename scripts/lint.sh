#!/bin/sh
# Checks the form of everything in the project; changes nothing. Exits with 1 if anything is wrong, having said all of it.
set -eu
# shellcheck source=scripts/setup.sh
. "$(dirname -- "$0")/setup.sh"
cd -- "$root"
status=0

# In: a sentence. Remembers that something was wrong, and goes on.
complain() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  status=1
}

need_node
need_modules
colors=off
[ ! -t 1 ] || colors=force
node_modules/.bin/biome ci --colors="$colors" --max-diagnostics=100 || complain 'biome is not content; npx biome check --write mends most of it'

# Versions of clang-format disagree about details: 14 is the one that the sources were formatted with.
formatter=clang-format
command -v clang-format-14 >/dev/null 2>&1 && formatter=clang-format-14
[ "$formatter" = clang-format-14 ] || need clang-format
version=$("$formatter" --version | sed 's/.*version \([0-9]*\).*/\1/')
if [ "$version" = 14 ]; then
  find native test -name build -prune -o \( -name '*.c' -o -name '*.h' \) -exec "$formatter" --dry-run -Werror {} + ||
    complain "clang-format is not content; $formatter -i mends it"
else
  echo "lint: the form of C sources is not checked: that takes clang-format 14, and this is $version"
fi

# A lock file that names a host works nowhere else.
if grep -n '"resolved": *"http' package-lock.json; then
  complain 'package-lock.json names a host; npm install --omit-lockfile-registry-resolved leaves it out'
fi

# npm ci refuses a lock file that lacks a package, be it one for another machine.
npm ci --dry-run --offline --ignore-scripts --no-audit --loglevel=error >/dev/null ||
  complain 'package-lock.json is not what npm ci takes; make it anew with npm install --package-lock-only'

# Neither may any other file name the hosts that this machine gets its packages from. One address a line.
registries() {
  npm --loglevel=error config get registry
  # shellcheck disable=SC2016 # apt's own syntax
  apt-get indextargets --format '$(REPO_URI)' 2>/dev/null || true
}
if [ -e .git ]; then
  need git
  for host in $(registries | sed -n 's|^[a-z+]*://\([^/]*@\)\{0,1\}\([^/]*\).*|\2|p' | sort -u); do
    if git grep -n -I -F -e "//$host" -- .; then
      complain 'the lines above name a host that packages come from on this machine'
    fi
  done
fi

exit "$status"
