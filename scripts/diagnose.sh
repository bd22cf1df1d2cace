#!/bin/sh
# Tells why Landlock can or cannot be used here: kernel too old, not built in, off at boot, or blocked by the container.
# Needs nothing but a shell and /proc. What zcat, perl or python3 could find out besides is unknown without them. Changes nothing.
# Exits with 0 where Landlock can be used, 1 where not, 2 where that could not be found out.
set -u

# printf is a program in some shells.
say() { echo "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# In: a file of one line. Out: $line, empty where it cannot be read.
read_line() {
  line=
  if [ -r "$1" ]; then IFS= read -r line <"$1" || :; fi
}

# The kernel says both itself, but not every kernel everywhere.
read_line /proc/sys/kernel/osrelease
release=$(uname -r 2>/dev/null || say "${line:-unknown}")
read_line /proc/sys/kernel/arch
machine=$(uname -m 2>/dev/null || say "${line:-unknown}")
say "kernel        $release ($machine)"

# The version in numbers; distributions append letters to it.
major=${release%%.*}
rest=${release#*.}
minor=${rest%%[!0-9]*}
old=no
case $major$minor in
  *[!0-9]* | '') ;;
  *) if [ "$major" -lt 5 ] || { [ "$major" -eq 5 ] && [ "$minor" -lt 13 ]; }; then old=yes; fi ;;
esac

newline='
'
# What the kernel was built with, where that can be read. What was unpacked before a failure is no configuration.
built=unknown
for config in /proc/config.gz "/boot/config-$release" "/lib/modules/$release/config" /boot/config; do
  [ -r "$config" ] || continue
  case $config in
    *.gz) text=$(zcat "$config" 2>/dev/null) || continue ;;
    *) text=$(while IFS= read -r entry; do say "$entry"; done <"$config") ;;
  esac
  case $newline$text$newline in
    *"${newline}CONFIG_SECURITY_LANDLOCK=y$newline"*) built=yes ;;
    *"${newline}CONFIG_"*) built=no ;;
    *) continue ;;
  esac
  break
done
say "built in      $built"

# The security modules that were started at boot.
started=unknown
read_line /sys/kernel/security/lsm
if [ -n "$line" ]; then
  case ,$line, in
    *,landlock,*) started=yes ;;
    *) started=no ;;
  esac
  say "modules       $line"
else
  say 'modules       unknown: /sys/kernel/security is not mounted, which is usual in containers'
fi

# Distributions have brought Landlock to older kernels.
if [ "$built" = yes ] || [ "$started" = yes ]; then old=no; fi

# A seccomp filter around this shell: a container's, most likely.
filtered=no
while IFS=: read -r name value; do
  [ "$name" = Seccomp ] || continue
  case $value in *2*) filtered=yes ;; esac
done </proc/self/status 2>/dev/null
say "filtered      $filtered"

# The kernel's own word: landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) is call 444 on every architecture.
answer=unknown
if have perl; then
  answer=$(perl -e '$r = syscall(444, 0, 0, 1); print $r >= 0 ? "abi $r" : "errno " . ($!+0)' 2>/dev/null || echo unknown)
elif have python3; then
  answer=$(python3 -c '
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
r = libc.syscall(444, None, 0, 1)
print("abi", r) if r >= 0 else print("errno", ctypes.get_errno())' 2>/dev/null || echo unknown)
fi

case $answer in
  'abi '*)
    say "Landlock      ABI ${answer#abi }"
    say 'usable: landlock-run --check says what it can do here'
    exit 0
    ;;
  'errno 95')
    say 'NOT usable: Landlock is built in, but not started at boot. Add landlock to the lsm= parameter of the kernel command line, in front of the modules listed above.'
    exit 1
    ;;
  'errno 1')
    say 'NOT usable: the system call is forbidden. A seccomp filter, most likely of the container engine, has to allow landlock_create_ruleset, landlock_add_rule and landlock_restrict_self (444 to 446).'
    exit 1
    ;;
  'errno 38')
    if [ "$old" = yes ]; then
      say 'NOT usable: the kernel is older than 5.13, the first that has Landlock.'
    elif [ "$built" = no ]; then
      say 'NOT usable: the kernel was built without CONFIG_SECURITY_LANDLOCK.'
    elif [ "$started" = yes ] || [ "$built" = yes ]; then
      say 'NOT usable: the kernel has Landlock, but something hides it: a seccomp filter that answers ENOSYS, or a sandbox that emulates a kernel (gVisor). What started this shell has to allow the system calls 444 to 446.'
    elif [ "$filtered" = yes ]; then
      say 'NOT usable: the kernel was built without Landlock, or the seccomp filter around this shell answers ENOSYS.'
    else
      say 'NOT usable: the kernel was built without Landlock.'
    fi
    exit 1
    ;;
  'errno '*)
    say "NOT usable: the system call fails with error ${answer#errno }, which is none of Landlock's: something in between answers, most likely a seccomp filter. It has to allow the system calls 444 to 446."
    exit 1
    ;;
esac

# Nobody here can ask the kernel: what can be concluded from what can be read.
if [ "$old" = yes ]; then
  say 'NOT usable: the kernel is older than 5.13, the first that has Landlock.'
  exit 1
elif [ "$built" = no ]; then
  say 'NOT usable: the kernel was built without CONFIG_SECURITY_LANDLOCK.'
  exit 1
elif [ "$started" = no ]; then
  say 'NOT usable: Landlock is not started at boot. Add landlock to the lsm= parameter of the kernel command line, in front of the modules listed above.'
  exit 1
fi
say 'unknown: nothing here speaks against it; landlock-run --check asks the kernel itself'
exit 2
