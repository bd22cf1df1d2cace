# shellcheck shell=bash
# An apt of one's own, to fetch packages of any architecture and suite from the Debian mirror that this machine's apt uses, without installing them or
# touching apt's settings; to be read in with `.`. The caller has said `set -eu`.

# In: Debian's name of the architecture, a suite, a directory that is there. Out: APT_CONFIG is set, and apt-get download works in that directory.
# Returns 1 after one line on stderr where that is impossible.
own_apt() {
  local architecture=$1 suite=$2 directory=$3 mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg tool
  for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null || {
      printf 'no %s here: it comes from Debian packages\n' "$tool" >&2
      return 1
    }
  done
  [ -r "$keyring" ] || {
    printf 'no %s: apt-get install debian-archive-keyring\n' "$keyring" >&2
    return 1
  }
  mirror=$(debian_mirror) || return 1
  mkdir -p -- "$directory/lists/partial" "$directory/cache/archives/partial"
  printf 'deb [signed-by=%s arch=%s] %s %s main\n' "$keyring" "$architecture" "$mirror" "$suite" >"$directory/sources.list"
  : >"$directory/status"
  cat >"$directory/apt.conf" <<CONF
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::Etc::sourcelist "$directory/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$directory/lists";
Dir::State::status "$directory/status";
Dir::Cache "$directory/cache";
CONF
  export APT_CONFIG=$directory/apt.conf
  apt-get -qq update
}

# The address of the mirror; 1 and a line where there is none.
debian_mirror() {
  # shellcheck disable=SC2016 # apt's own syntax
  apt-get indextargets --format '$(REPO_URI)' | sed 's|/*$||' | grep -m1 '/debian$' && return
  printf "apt on this machine names no mirror of Debian's archive\n" >&2
  return 1
}
