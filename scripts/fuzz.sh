#!/bin/sh
# Fuzzes what reads bytes that somebody else wrote: the plan decoder with libFuzzer under the address and undefined-behaviour
# sanitizers, then the YAML and command line readers with fast-check.
#
#   scripts/fuzz.sh [SECONDS]       how long the decoder is fuzzed; 60 where it isn't said
#   scripts/fuzz.sh --runs NUMBER   or how many inputs it gets
#
# Exits with 0 if nothing was found, also where there is no clang with libFuzzer: then it says what was left out.
set -eu
# shellcheck source=scripts/setup.sh
. "$(dirname -- "$0")/setup.sh"
cd -- "$root"

limit="-max_total_time=${1:-60}"
[ "${1:-}" != --runs ] || limit="-runs=$2"
work=$(mktemp -d /tmp/landlock-run-fuzz-XXXXXX)
trap 'rm -rf -- "$work"' EXIT

# In: a compiler. Whether it has libFuzzer and the sanitizers.
has_fuzzer() {
  echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d == 0 && n != 0; }' >"$work/try.c"
  "$1" -fsanitize=fuzzer,address,undefined "$work/try.c" -o "$work/try" >/dev/null 2>&1
}

fuzz_decoder() {
  "$1" -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o "$work/fuzz-plan" test/fuzz/fuzz-plan.c \
    native/core/decode.c native/core/decode-rows.c native/core/environment.c native/core/search-path.c native/core/directory-rules.c native/core/place.c native/core/glob.c native/core/text.c \
    native/core/memory.c native/core/message.c native/core/errno-names.c test/fuzz/take.c || die 'the fuzzer does not compile'
  mkdir -- "$work/corpus" "$work/found"
  cp -- test/fuzz/corpus/* "$work/corpus"
  # a hang is a find: 10 seconds for an input of at most 4 KiB
  code=0
  "$work/fuzz-plan" -max_len=4096 -timeout=10 -rss_limit_mb=1024 -use_value_profile=1 -print_final_stats=1 \
    -artifact_prefix="$work/found/" "$limit" "$work/corpus" >"$work/log" 2>&1 || code=$?
  grep -E '^stat::(number_of_executed_units|average_exec_per_sec|new_units_added)|^SUMMARY' "$work/log" || true
  [ "$code" = 0 ] && return
  tail -n 60 "$work/log"
  for input in "$work"/found/*; do
    [ ! -e "$input" ] || echo "found by: $(base64 -w0 "$input")"
  done
  return 1
}

status=0
say 'plan decoder'
compiler=''
for name in clang clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14; do
  if [ -z "$compiler" ] && command -v "$name" >/dev/null 2>&1 && has_fuzzer "$name"; then compiler=$name; fi
done
if [ -n "$compiler" ]; then
  fuzz_decoder "$compiler" || status=1
else
  echo 'not run: plan decoder: that takes clang with libFuzzer (Debian: apt-get install clang libclang-rt-14-dev)'
fi

say 'YAML and command line'
FUZZ_RUNS=${FUZZ_RUNS:-6000} node scripts/run-tests.mjs test/fuzz || status=1
exit "$status"
