#!/bin/sh
# Tries the project's Dockerfile and its images in hardened containers: npm run test:containers. Arguments go to node's test runner.
#
# Starts a Docker daemon of its own with everything it writes in a temporary directory, and ends it again: a daemon that runs already is not
# touched. Base images are made of Debian packages once and kept in $XDG_CACHE_HOME/landlock-run-tests (~/.cache); remove that to make newer
# ones. What is missing is installed where this is root; where no daemon can start, all of it is left out with the reason.
set -eu
# shellcheck source=scripts/setup.sh
. "$(dirname -- "$0")/setup.sh"

prepare

# In: a reason. Ends the script as a suite that was skipped as a whole.
leave_out() {
  printf 'not run: containers: %s\n# tests 1\n# pass 0\n# fail 0\n# skipped 1\ntest:containers: 0 passed, 0 failed, 1 skipped\n' "$1"
  exit 0
}

# In: a command, and the package that brings it.
want() {
  PATH="$PATH:/usr/sbin:/sbin"
  command -v "$1" >/dev/null && return
  # install_packages ends the shell that calls it, so it gets one of its own
  reason=$( (install_packages "$1" "$2") 2>&1 >/dev/null) || leave_out "${reason##*: missing: }"
}

[ "$(id -u)" = 0 ] || leave_out 'a Docker daemon of its own takes root'
want dockerd docker.io
want docker docker.io
want containerd containerd
want mmdebstrap mmdebstrap
want bwrap bubblewrap

cache="${XDG_CACHE_HOME:-$HOME/.cache}/landlock-run-tests/containers"
say 'base images'
"$root/scripts/containers-base.sh" "$cache" || leave_out 'the base images cannot be made, see above'

scratch=$(mktemp -d /tmp/landlock-run-containers-XXXXXX)
daemon=''

# Ends the daemon, and containerd with it, by its process id; then removes what it wrote.
finish() {
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
  fi
  rm -rf -- "$scratch" || true
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

say 'a Docker daemon'
dockerd --host "unix://$scratch/docker.sock" --data-root "$scratch/data" --exec-root "$scratch/exec" --pidfile "$scratch/pid" \
  --iptables=false --ip6tables=false --bridge=none --exec-opt native.cgroupdriver=cgroupfs --default-ulimit nofile=20000:20000 \
  >"$scratch/log" 2>&1 &
daemon=$!
DOCKER_HOST=unix://$scratch/docker.sock
export DOCKER_HOST
# The builder that every version of the client has.
export DOCKER_BUILDKIT=0
export DOCKER_CONFIG="$scratch/config"
until docker info >/dev/null 2>&1; do
  kill -0 "$daemon" 2>/dev/null || leave_out "dockerd does not start: $(grep -a 'level=fatal\|failed to start' "$scratch/log" | tail -n 1)"
  sleep 0.2
done

# Builds an image, and shows what was said only where that fails. In: its name, then the words of docker build.
build_image() {
  name=$1
  shift
  docker build --tag "localhost/$name" "$@" >"$scratch/build.log" 2>&1 && return
  cat -- "$scratch/build.log"
  die "the image $name does not build, see above"
}

say 'images'
docker import "$cache/plain.tar" localhost/landlock-run-plain >/dev/null
docker import "$cache/build.tar" localhost/landlock-run-compilers >/dev/null
# Node over either of them.
mkdir "$scratch/node"
ln "$cache/node.tar" "$scratch/node/node.tar" 2>/dev/null || cp -- "$cache/node.tar" "$scratch/node/node.tar"
# shellcheck disable=SC2016 # for the builder to expand
printf 'ARG BASE\nFROM ${BASE}\nADD node.tar /\n' >"$scratch/node/Dockerfile"
build_image landlock-run-node --build-arg BASE=localhost/landlock-run-plain "$scratch/node"
build_image landlock-run-build --build-arg BASE=localhost/landlock-run-compilers "$scratch/node"

# The context is the sources with the node modules that are installed, so that nothing is fetched.
mkdir "$scratch/context"
tar -C "$root" --exclude=./.git --exclude=./build --exclude=./dist --exclude=./native/build --exclude=./bin/landlock-run \
  --exclude=./.dockerignore -cf - . | tar -C "$scratch/context" -xf -
for target in launcher ''; do
  build_image "landlock-run${target:+-$target}" --network none ${target:+--target "$target"} \
    --build-arg BUILD_BASE=localhost/landlock-run-build --build-arg NODE_BASE=localhost/landlock-run-node \
    --build-arg PLAIN_BASE=localhost/landlock-run-plain "$scratch/context"
done

say 'tests'
IMAGE=localhost/landlock-run LAUNCHER_IMAGE=localhost/landlock-run-launcher \
  node --test --test-reporter=spec --test-concurrency=1 --test-timeout=120000 "$@" "$root"/build/test/containers/*.test.js
