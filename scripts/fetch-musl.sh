#!/usr/bin/env bash
# Fetches musl's headers and C library from the Debian mirror that this machine's own apt uses, without installing them.
#
#   scripts/fetch-musl.sh x64|arm64 DIRECTORY
#
# Leaves DIRECTORY/include and DIRECTORY/lib behind, unless they are there; exits with 1 and one line where they cannot be had.
set -eu

readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
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
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || give_up "no $tool here: musl comes from Debian packages"
done
[ -r "$KEYRING" ] || give_up "no $KEYRING: apt-get install debian-archive-keyring"
# shellcheck disable=SC2016 # apt's own syntax
mirror=$(apt-get indextargets --format '$(REPO_URI)' | sed 's|/*$||' | grep -m1 '/debian$') ||
  give_up "apt on this machine names no mirror of Debian's archive"

# An apt of its own: lists, cache and sources in a directory that goes away.
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
mkdir -p -- "$scratch/lists/partial" "$scratch/cache/archives/partial"
printf 'deb [signed-by=%s arch=%s] %s bookworm main\n' "$KEYRING" "$architecture" "$mirror" >"$scratch/sources.list"
: >"$scratch/status"
cat >"$scratch/apt.conf" <<CONF
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::Etc::sourcelist "$scratch/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$scratch/lists";
Dir::State::status "$scratch/status";
Dir::Cache "$scratch/cache";
CONF
export APT_CONFIG=$scratch/apt.conf
apt-get -qq update || give_up 'apt-get update failed, see above'
(cd -- "$scratch" && apt-get -qq download musl-dev musl) || give_up "musl-dev for $architecture cannot be fetched"
for package in "$scratch"/*.deb; do
  dpkg-deb -x "$package" "$scratch/tree"
done
rm -rf -- "$directory"
mkdir -p -- "$directory/lib"
cp -R -- "$scratch/tree/usr/include/$triplet" "$directory/include"
cp -L -- "$scratch/tree/usr/lib/$triplet"/*.a "$directory/lib/"
# The library itself is called after the processor and lies where the loader is.
loader=$(find "$scratch/tree/lib" "$scratch/tree/usr/lib" -type f \( -name 'libc.so' -o -name 'ld-musl-*' \) -size +99k -print -quit)
[ -n "$loader" ] || give_up "the packages of musl hold no libc.so"
cp -- "$loader" "$directory/lib/.libc.so"
mv -- "$directory/lib/.libc.so" "$directory/lib/libc.so"
