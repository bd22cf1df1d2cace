#!/bin/sh
# What the npm package puts on PATH: one name for every processor, so a script. It becomes the front that was built for this one, which lies beside
# it: landlock-run-ARCH in the package, landlock-run in a checkout. A shell on the way has a price (docs/process-state.md); docs/packages.md has the
# ways in without one.
#
# Nothing here is looked up in PATH: `command -p` searches the system's own directories. No function out of the environment stands in for a builtin,
# and no option out of SHELLOPTS (bash) exports, prints or ends what it should not.
set +aefuvx
unset -f command printf test read
# Where the shell itself fails (a fork, the exec) it says why, but with a status that would be COMMAND's.
trap 'exit 125' EXIT

refuse() {
  printf 'landlock-run: %s\n' "$1" >&2
  exit 125
}

# Only a 64-bit kernel has a process, this shell, with addresses beyond 4 GiB.
is_64_bit() {
  test -r /proc/self/maps || return 1
  while read -r landlock_run_line; do
    case $landlock_run_line in
      ????????[0-9a-f]*) return 0 ;;
    esac
  done </proc/self/maps
  return 1
}

# What these two say of themselves where they cannot be run would be a line more.
landlock_run_machine=$(command -p uname -sm 2>&-)
landlock_run_directory=$(command -p readlink -f -- "$0" 2>&-)
test -n "$landlock_run_machine" || refuse "cannot tell this processor: uname cannot be run; let it be executed, or start the landlock-run-x64 or -arm64 beside $0 itself"
test -n "$landlock_run_directory" || refuse "cannot find out where $0 lies: readlink cannot be run, or it leads nowhere; let readlink be executed, or start the landlock-run-x64 or -arm64 in its place itself"
landlock_run_directory=${landlock_run_directory%/*}

case $landlock_run_machine in
  'Linux x86_64') landlock_run_front=x64 ;;
  'Linux aarch64') landlock_run_front=arm64 ;;
  # What setarch(8) makes of the two.
  'Linux i'[3-6]86) is_64_bit && landlock_run_front=x64 || landlock_run_front= ;;
  'Linux armv'[78]l) is_64_bit && landlock_run_front=arm64 || landlock_run_front= ;;
  Linux*) landlock_run_front= ;;
  *) refuse "Landlock is part of the Linux kernel, and this is ${landlock_run_machine% *}; run it on Linux 5.13 or newer" ;;
esac
landlock_run_front=$landlock_run_directory/landlock-run-$landlock_run_front
if test ! -x "$landlock_run_front"; then
  # In the package this is never there: nothing but the package's own directory is asked, and npm puts no other file into it.
  if test -f "$landlock_run_directory/landlock-run" && test -x "$landlock_run_directory/landlock-run"; then
    landlock_run_front=$landlock_run_directory/landlock-run
  elif test "${landlock_run_front##*-}" = ''; then
    refuse "this package has no build for ${landlock_run_machine#Linux }; build it from source on this machine"
  else
    refuse "$landlock_run_front is missing or cannot be executed; install landlock-run again, or build it in its checkout with npm run build"
  fi
fi
exec "$landlock_run_front" "$@"
