#!/bin/sh
# Tries landlock-run on real kernels of every Landlock ABI that can be had, in virtual machines: npm run test:kernels. Arguments choose
# columns of the matrix: scripts/kernels.sh 6.1 7.2
#
# Kernels are fetched from Debian's mirror once and kept in $XDG_CACHE_HOME/landlock-run-tests (~/.cache); remove that to fetch newer ones. qemu and
# mke2fs are installed where they are missing and this is root. What cannot be had here is left out with the reason.
set -eu
# shellcheck source=scripts/setup.sh
. "$(dirname -- "$0")/setup.sh"

prepare

# In: a reason. Ends the script as a suite that was skipped as a whole.
leave_out() {
  printf 'not run: kernels: %s\n# tests 1\n# pass 0\n# fail 0\n# skipped 1\ntest:kernels: 0 passed, 0 failed, 1 skipped\n' "$1"
  exit 0
}

# In: a command, then the package that brings it. install_packages ends the shell that calls it, so it gets one of its own.
want() {
  PATH="$PATH:/usr/sbin:/sbin" works "$1" "${3:---version}" && return
  reason=$( (install_packages "$1" "$2") 2>&1 >/dev/null) || leave_out "${reason##*: missing: }"
}

[ "$(uname -m)" = x86_64 ] || leave_out "guests are of x86_64, and this machine is $(uname -m)"
want qemu-system-x86_64 qemu-system-x86
want mke2fs e2fsprogs -V

kernels="${XDG_CACHE_HOME:-$HOME/.cache}/landlock-run-tests/kernels"
mkdir -p -- "$kernels" || leave_out "$kernels cannot be made"
# What it cannot fetch it says, and the matrix leaves out.
series=$(node -e 'import(process.argv[1]).then(({ SERIES }) => console.log(SERIES.join(" ")))' "$root/build/test/kernels/targets.js")
# shellcheck disable=SC2086 # names of series hold no blanks
"$root/scripts/kernels-fetch.sh" "$kernels" $series || true
say 'the matrix'
exec node "$root/build/test/kernels/run.js" "$kernels" "$@"
