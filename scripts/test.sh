#!/usr/bin/env bash
# Sets up, builds, lints, and passes the fast tests three ways: as the user that calls it; if that is root, as an ordinary
# user; and with no_new_privs and no capability, as in a hardened container. The second and third time without the
# folders whose claims are the same whoever runs them; --every-way leaves nothing out. Other arguments go to the runner,
# each time: scripts/test.sh --test-name-pattern=ABI fake-abi (see scripts/run-tests.mjs).
set -eu
# shellcheck source=scripts/setup.sh
. "$(dirname -- "$0")/setup.sh"

again=(--where-users-differ)
arguments=()
for argument in "$@"; do
  if [ "$argument" = --every-way ]; then again=(); else arguments+=("$argument"); fi
done
outcomes=()
status=0

# Passes the tests once. In: what to call it, the checkout, and the words of a prefix; what $leave_same holds goes before
# the arguments.
leave_same=()
pass() {
  local name=$1 checkout=$2
  shift 2
  say "tests, $name"
  if (cd -- "$checkout" && "$@" node scripts/run-tests.mjs ${leave_same[@]+"${leave_same[@]}"} ${arguments[@]+"${arguments[@]}"}); then
    outcomes+=("passed: $name")
  else
    outcomes+=("FAILED: $name")
    status=1
  fi
}

# Remembers a way that this machine does not allow, with the reason.
leave_out() {
  outcomes+=("not run: $1: $2")
}

# In: a prefix. Out: why node cannot be run with it, or nothing.
obstacle() {
  local reason
  # the last line says it; node and setpriv differ in the rest
  reason=$("$@" node --version 2>&1 >/dev/null) || printf '%s' "${reason##*$'\n'}"
}

ordinary_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
if [ "$(id -u)" = 0 ]; then
  capless=(setpriv --no-new-privs --bounding-set=-all --inh-caps=-all)
else
  capless=(setpriv --no-new-privs)
fi

# Makes a checkout that the ordinary user owns: the real one may be out of reach, and tests compile programs into it.
# Git's own directory stays behind. Out: $copy.
copy_for_ordinary_user() {
  copy=$(mktemp -d /tmp/landlock-run-checkout-XXXXXX)
  trap 'rm -rf -- "$copy"' EXIT
  tar -C "$root" --exclude=./.git --exclude=./node_modules --exclude=./build/test-bin --exclude=./build/npm-cache -cf - . |
    tar -C "$copy" -xf -
  mkdir -- "$copy/home"
  chown -R 65534:65534 -- "$copy"
  if "${ordinary_user[@]}" test -r "$root/node_modules/.package-lock.json"; then
    ln -s -- "$root/node_modules" "$copy/node_modules"
  else
    cp -R -- "$root/node_modules" "$copy/node_modules"
  fi
}

prepare
need setpriv
mention_skipped

say 'checking the form'
if "$root/scripts/lint.sh"; then
  outcomes+=('passed: form')
else
  outcomes+=('FAILED: form')
  status=1
fi

pass "as $(id -un 2>/dev/null || id -u)" "$root" env

leave_same=(${again[@]+"${again[@]}"})
if [ "$(id -u)" = 0 ]; then
  reason=$(obstacle "${ordinary_user[@]}")
  if [ -n "$reason" ]; then
    leave_out 'as an ordinary user' "$reason"
  else
    copy_for_ordinary_user
    pass 'as an ordinary user' "$copy" "${ordinary_user[@]}" env HOME="$copy/home"
  fi
fi

reason=$(obstacle "${capless[@]}")
if [ -n "$reason" ]; then
  leave_out 'with no_new_privs and no capability' "$reason"
else
  pass 'with no_new_privs and no capability' "$root" "${capless[@]}"
fi

say 'outcome'
printf '%s\n' "${outcomes[@]}"
exit "$status"
