#!/usr/bin/env bash
# Fetches musl's headers and C library from the Debian mirror that this machine's own apt uses, without installing them.
#
#   scripts/fetch-musl.sh x64|arm64 DIRECTORY
#
# Leaves DIRECTORY/include and DIRECTORY/lib behind, unless they are there; exits with 1 and a line where they cannot be had.
set -eu
# shellcheck source=scripts/own-apt.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/own-apt.sh"

directory=$(realpath -m -- "$2")
[ ! -f "$directory/lib/libc.so" ] || exit 0

give_up() {
  printf 'fetch-musl: %s\n' "$1" >&2
  exit 1
}

case $1 in
  x64) architecture=amd64 triplet=x86_64-linux-musl ;;
  arm64) architecture=arm64 triplet=aarch64-linux-musl ;;
  *) give_up "no processor is called $1" ;;
esac
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
own_apt "$architecture" bookworm "$scratch" || give_up 'apt cannot be used for that, see above'
(cd -- "$scratch" && apt-get -qq download musl-dev musl) || give_up "musl-dev for $architecture cannot be fetched"
for package in "$scratch"/*.deb; do
  dpkg-deb -x "$package" "$scratch/tree"
done
[ -f "$scratch/tree/lib/$triplet/libc.so" ] || give_up 'the packages of musl hold no libc.so'
# Whole or not at all: another one may fetch it at the same time.
made=$directory.$$
mkdir -p -- "$made/lib"
cp -R -- "$scratch/tree/usr/include/$triplet" "$made/include"
cp -L -- "$scratch/tree/usr/lib/$triplet"/*.[ao] "$scratch/tree/lib/$triplet/libc.so" "$made/lib/"
rm -rf -- "$directory"
mv -- "$made" "$directory"
