#!/bin/sh
# What the npm package puts on PATH: one name for every processor, so a script. It becomes the front that was built for this one, which lies beside
# it. A shell on the way has a price (docs/process-state.md); docs/packages.md has the ways in without one.
#
# Nothing here is looked up in PATH: `command -p` searches the system's own directories. No function out of the environment stands in for a builtin.
unset -f command printf test

refuse() {
  printf 'landlock-run: %s\n' "$1" >&2
  exit 125
}

case $(command -p uname -sm) in
  'Linux x86_64') landlock_run_front=x64 ;;
  'Linux aarch64') landlock_run_front=arm64 ;;
  Linux*) refuse "this package has no build for $(command -p uname -m); build it from source on this machine" ;;
  *) refuse "Landlock is part of the Linux kernel, and this is $(command -p uname -s); run it on Linux 5.13 or newer" ;;
esac
landlock_run_front=$(command -p readlink -f -- "$0")-$landlock_run_front || refuse "$0 leads nowhere"
# .../bin/landlock-run.sh-ARCH -> .../bin/landlock-run-ARCH
landlock_run_front=${landlock_run_front%.sh-*}-${landlock_run_front##*.sh-}
test -x "$landlock_run_front" || refuse "$landlock_run_front is missing or cannot be executed; install landlock-run again"
# Where the exec fails all the same, the shell says why, but with a status that would be COMMAND's.
trap 'exit 125' EXIT
exec "$landlock_run_front" "$@"
