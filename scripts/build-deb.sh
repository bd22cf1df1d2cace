#!/usr/bin/env bash
# Builds the Debian package of this machine's architecture, dist/landlock-run_VERSION_ARCHITECTURE.deb, with dpkg's own tools.
# `npm run build && npm run build:prebuilds` come first. Two builds of one checkout are the same bytes.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

fail() {
  printf 'build-deb: %s\n' "$1" >&2
  exit 1
}

for tool in dpkg-architecture dpkg-parsechangelog dpkg-shlibdeps dpkg-gencontrol dpkg-deb; do
  command -v "$tool" >/dev/null || fail "$tool is missing: apt-get install dpkg-dev"
done
node scripts/check-prebuilds.mjs || fail 'what the package would be made of is incomplete or old, see above'
architecture=$(dpkg-architecture -qDEB_HOST_ARCH)
case $architecture in
  amd64) arch=x64 ;;
  arm64) arch=arm64 ;;
  *) fail "there is no build for $architecture" ;;
esac
changelog=packaging/debian/changelog
version=$(dpkg-parsechangelog -l "$changelog" -S Version)
[ "$version" = "$(node -p 'require("./package.json").version')" ] || fail "$changelog is of version $version, package.json is not"
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$changelog" -S Timestamp)
export SOURCE_DATE_EPOCH

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
tree=$scratch/debian/landlock-run
home=$tree/usr/lib/landlock-run

# In: mode, file, place in the package.
put() {
  [ -f "$2" ] || fail "$2 is missing: npm run build && npm run build:prebuilds"
  install -D -m "$1" -- "$2" "$tree/$3"
}

# In: file, place in the package without .gz.
put_packed() {
  put 644 "$1" "$2"
  gzip -9n -- "$tree/$2"
}

put 755 "bin/landlock-run-$arch" usr/lib/landlock-run/bin/landlock-run
packs=$(node --input-type=module -e 'import { PACK_FILES } from "./scripts/bundle.mjs"; console.log(PACK_FILES.join(" "))')
for name in front.cjs $packs launcher/templates.json; do
  put 644 "dist/$name" "usr/lib/landlock-run/dist/$name"
done
for name in spawn template; do
  put 755 "dist/launcher/$arch/$name" "usr/lib/landlock-run/dist/launcher/$arch/$name"
done
put 644 "prebuilds/linux-$arch-glibc/landlock_run.node" "usr/lib/landlock-run/prebuilds/linux-$arch-glibc/landlock_run.node"
put 644 package.json usr/lib/landlock-run/package.json
# What postinst makes the code cache with; the front's source has the list of its flags.
for name in scripts/code-cache.mjs scripts/install-code-cache.cjs native/launcher/front.c; do
  put 644 "$name" "usr/lib/landlock-run/$name"
done
# What people and their scripts ask before they rely on the rest.
for name in check-first diagnose; do
  put 755 "scripts/$name.sh" "usr/lib/landlock-run/scripts/$name.sh"
done
# The Node that apt keeps, and no other: the front tries this link first.
ln -s ../../../bin/node "$home/dist/node"
mkdir -p -- "$tree/usr/bin"
ln -s ../lib/landlock-run/bin/landlock-run "$tree/usr/bin/landlock-run"
put_packed man/landlock-run.1 usr/share/man/man1/landlock-run.1
put_packed man/landlock-run-policy.5 usr/share/man/man5/landlock-run-policy.5
put 644 completions/landlock-run.bash usr/share/bash-completion/completions/landlock-run
put 644 completions/_landlock-run usr/share/zsh/vendor-completions/_landlock-run
put 644 completions/landlock-run.fish usr/share/fish/vendor_completions.d/landlock-run.fish
put 644 schema/policy.schema.json usr/share/landlock-run/policy.schema.json
put_packed "$changelog" usr/share/doc/landlock-run/changelog
put 644 packaging/debian/lintian-overrides usr/share/lintian/overrides/landlock-run
cat -- LICENSE <(printf '\n\nThe bundles hold code of these packages:\n\n') dist/licenses.txt >"$scratch/copyright"
put 644 "$scratch/copyright" usr/share/doc/landlock-run/copyright

cp -- packaging/debian/control "$changelog" "$scratch/debian/"
mkdir -p -- "$tree/DEBIAN"
for name in postinst prerm; do
  put 755 "packaging/debian/$name" "DEBIAN/$name"
done
put 644 packaging/debian/triggers DEBIAN/triggers
(cd -- "$scratch" &&
  dpkg-shlibdeps -Tdebian/substvars "debian/landlock-run/usr/lib/landlock-run/prebuilds/linux-$arch-glibc/landlock_run.node" &&
  dpkg-gencontrol -plandlock-run -Tdebian/substvars -fdebian/files -Pdebian/landlock-run)
(cd -- "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$tree" -print0 | xargs -0 touch --no-dereference --date="@$SOURCE_DATE_EPOCH"
package=dist/landlock-run_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$tree" "$package.new" >/dev/null
mv -- "$package.new" "$package"
printf 'build-deb: %s: %s bytes\n' "$package" "$(stat -c %s -- "$package")"
