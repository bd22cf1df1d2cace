#!/bin/sh
# Asks, for a script that relies on the sandbox, whether it can be had here with these options. To be called, or copied:
#
#     scripts/check-first.sh --rw ./proj --no-net || exit
#
# Exits with 0, and prints nothing, where it can. Else says why on stderr: 1 where this machine cannot keep to the options,
# 125 where they mean nothing, 127 where landlock-run is not installed. Runs, makes and changes nothing of yours.
set -u

if ! command -v landlock-run >/dev/null 2>&1; then
  echo 'check-first: cannot sandbox anything here: PATH has no landlock-run; install it with: npm install --global landlock-run' >&2
  exit 127
fi

report=$(landlock-run --check "$@" 2>&1)
status=$?
[ "$status" != 0 ] || exit 0

# The verdict, the reasons, an empty line, and then what the kernel can do. A command line that means nothing has one line.
newline='
'
reason=${report%%"$newline$newline"*}
[ "$status" != 1 ] || reason=${reason#*"$newline  "}
printf 'check-first: %s\n' "${reason:-landlock-run --check ended with $status and did not say why}" >&2
exit "$status"
