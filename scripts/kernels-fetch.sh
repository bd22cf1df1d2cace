#!/usr/bin/env bash
# Fetches kernels for test:kernels from the Debian mirror that this machine's own apt uses, without installing them or touching apt's settings.
#
#   scripts/kernels-fetch.sh DIRECTORY SERIES...
#
# Leaves DIRECTORY/SERIES.vmlinuz behind for each SERIES (6.12, 7.0, ...) that is not there yet, of the newest package of that series: the
# kernel alone, since everything that a guest needs is built into Debian's cloud kernels. Prints one line for each SERIES that
# cannot be had, and exits with 0 all the same; with 1 and one line if none at all can be fetched here. Delete DIRECTORY to fetch anew.
set -eu

readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
directory=$(realpath -m -- "$1")
shift
apt=$directory/apt

wanted=()
for series; do
  [ -s "$directory/$series.vmlinuz" ] || wanted+=("$series")
done
[ "${#wanted[@]}" -gt 0 ] || exit 0

give_up() {
  printf 'kernels-fetch: %s\n' "$1" >&2
  exit 1
}

[ "$(uname -m)" = x86_64 ] || give_up "kernels are fetched for x86_64 only, and this machine is $(uname -m)"
for tool in apt-get apt-cache dpkg-deb; do
  command -v "$tool" >/dev/null || give_up "no $tool here: kernels come from Debian packages"
done
[ -r "$KEYRING" ] || give_up "no $KEYRING: apt-get install debian-archive-keyring"
# shellcheck disable=SC2016 # apt's own syntax
mirror=$(apt-get indextargets --format '$(REPO_URI)' | sed 's|/*$||' | grep -m1 '/debian$') ||
  give_up "apt on this machine names no mirror of Debian's archive"
# the archive of security updates is beside it: the same address, with another ending
security=$mirror-security

# An apt of its own: lists, cache and sources below DIRECTORY.
mkdir -p -- "$apt/lists/partial" "$apt/cache/archives/partial"
for archive in "$security bullseye-security" "$security bookworm-security" "$mirror bookworm" "$mirror trixie-backports" "$mirror sid"; do
  printf 'deb [signed-by=%s arch=amd64] %s main\n' "$KEYRING" "$archive"
done >"$apt/sources.list"
cat >"$apt/apt.conf" <<END
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
APT::Sandbox::User "root";
END
export APT_CONFIG=$apt/apt.conf
# The lists are worth nothing next week.
trap 'rm -rf -- "$apt"' EXIT
apt-get -qq update || give_up 'apt-get update failed, see above'
# Up to 6.18 the kernel is in linux-image-*, later in linux-binary-*; the unsigned ones hold the same.
names=$(apt-cache pkgnames linux- | grep -E '^linux-(image|binary)(-unsigned)?-[0-9].*-cloud-amd64(-unsigned)?$')

# In: a series. Out: the names of its packages, newest first.
packages_of() {
  grep -E "^linux-(image|binary)(-unsigned)?-${1//./\\.}([.-]|~)" <<<"$names" |
    awk '{version = $0; sub(/^linux-(image|binary)(-unsigned)?-/, "", version); print version, $0}' |
    sort -rV | cut -d' ' -f2
}

# In: a series and a package. Out: SERIES.vmlinuz is there, or status 1.
fetch() {
  local series=$1 package=$2 scratch found
  scratch=$(mktemp -d -- "$directory/fetch.XXXXXX")
  if (cd -- "$scratch" && apt-get -qq download "$package" 2>/dev/null) &&
    dpkg-deb --fsys-tarfile "$scratch"/*.deb | tar -x -C "$scratch" --wildcards '*/vmlinuz*' 2>/dev/null &&
    found=$(find "$scratch" -type f -name 'vmlinuz*' -print -quit) && [ -n "$found" ]; then
    mv -- "$found" "$directory/$series.vmlinuz"
    printf 'kernels-fetch: %s is %s\n' "$series" "$package"
  fi
  rm -rf -- "$scratch"
  [ -s "$directory/$series.vmlinuz" ]
}

for series in "${wanted[@]}"; do
  for package in $(packages_of "$series"); do
    fetch "$series" "$package" && break
  done
  [ -s "$directory/$series.vmlinuz" ] || printf 'kernels-fetch: no kernel of series %s can be had\n' "$series" >&2
done
