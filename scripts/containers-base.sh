#!/bin/sh
# Makes the base images for test:containers from Debian packages, since there may be no registry of images: a Debian 12 root, one with
# compilers, and a layer with this machine's own Node.
#
#   scripts/containers-base.sh DIRECTORY
#
# Leaves DIRECTORY/plain.tar and DIRECTORY/build.tar (with compilers) behind, unless they are there, and DIRECTORY/node.tar, to be laid over
# either. The mirror is the one that this machine's own apt uses. Exits with 1 and one line where that is impossible.
set -eu

readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p -- "$1"
directory=$(realpath -- "$1")

give_up() {
  printf 'containers-base: %s\n' "$1" >&2
  exit 1
}

# shellcheck disable=SC2016 # apt's own syntax
mirror=$(apt-get indextargets --format '$(REPO_URI)' | sed 's|/*$||' | grep -m1 '/debian$') ||
  give_up "apt on this machine names no mirror of Debian's archive"
[ -r "$KEYRING" ] || give_up "no $KEYRING: apt-get install debian-archive-keyring"

# In: the name of the image, then mmdebstrap's options. Only a whole image gets its name.
bootstrap() {
  name=$1
  shift
  [ -s "$directory/$name.tar" ] && return
  printf 'containers-base: making %s from packages\n' "$name"
  # shellcheck disable=SC2016 # $1 is for the hook's shell
  mmdebstrap --quiet --variant=minbase --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1"/var/log/*' \
    "$@" bookworm "$directory/$name.unfinished.tar" "deb [signed-by=$KEYRING] $mirror bookworm main" ||
    give_up "mmdebstrap failed, see above"
  mv -- "$directory/$name.unfinished.tar" "$directory/$name.tar"
}

bootstrap plain --include=libstdc++6
bootstrap build --include=gcc,g++,make,python3,libc6-dev

# Node with npm, and its headers where they are: node-gyp cannot fetch them in a build without a network.
node_layer() {
  node=$(node -p 'fs.realpathSync(process.execPath)')
  prefix=$(dirname -- "$(dirname -- "$node")")
  layer=$(mktemp -d)
  trap 'rm -rf -- "$layer"' EXIT
  mkdir -p -- "$layer/usr/local/bin" "$layer/usr/local/include" "$layer/usr/local/lib/node_modules"
  cp -- "$node" "$layer/usr/local/bin/node"
  [ -d "$prefix/include/node" ] || give_up "no headers of Node in $prefix/include/node: they come with Node's own packages"
  cp -R -- "$prefix/include/node" "$layer/usr/local/include/node"
  npm=$(realpath -- "$(command -v npm)")
  cp -R -- "${npm%/bin/npm-cli.js}" "$layer/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$layer/usr/local/bin/npm"
  chmod -R go+rX -- "$layer"
  tar -C "$layer" --owner=0 --group=0 -cf "$1" usr
}

# Node is whatever runs this, so it is never older than this machine's.
node_layer "$directory/node.tar"
