/** Which errno each system call of the core is made to fail with. */
import { constants } from 'node:os';

const { errno } = constants;

/** What seccomp filters around a run answer with (docker, systemd, bubblewrap), whatever the call. */
const FILTERED = 'EPERM ENOSYS EACCES';

/** By call: what its man page and the kernel's documentation name (man-pages 6.03, Linux 6.18). */
const DOCUMENTED = {
  bind: 'EACCES EADDRINUSE EBADF EINVAL ENOTSOCK EADDRNOTAVAIL',
  capget: 'EFAULT EINVAL EPERM ESRCH',
  capset: 'EFAULT EINVAL EPERM ESRCH',
  chdir: 'EACCES EFAULT EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  clone: 'EAGAIN EINVAL ENOMEM ENOSPC EPERM EUSERS',
  close: 'EBADF EINTR EIO ENOSPC EDQUOT',
  close_range: 'EINVAL EMFILE ENOMEM',
  connect: 'EACCES EPERM EAFNOSUPPORT EAGAIN EBADF ECONNREFUSED EINTR ENETUNREACH ETIMEDOUT',
  execve:
    'E2BIG EACCES EAGAIN EFAULT EINVAL EIO EISDIR ELIBBAD ELOOP EMFILE ENAMETOOLONG ENFILE ENOENT ENOEXEC ENOMEM ENOTDIR EPERM ESTALE ETXTBSY',
  exit_group: '',
  faccessat: 'EACCES EIO ELOOP ENOENT ENOMEM ENOTDIR EPERM EROFS',
  faccessat2: 'EACCES EIO ELOOP ENOENT ENOMEM ENOTDIR EPERM EROFS',
  fcntl: 'EACCES EAGAIN EBADF EBUSY EINTR EINVAL EMFILE ENOLCK ENOTDIR EPERM',
  getdents64: 'EBADF EFAULT EINVAL ENOENT ENOTDIR',
  getpid: '',
  getsockname: 'EBADF EFAULT EINVAL ENOBUFS ENOTSOCK',
  io_uring_setup: 'EFAULT EINVAL EMFILE ENFILE ENOMEM EPERM',
  ioctl: 'EBADF EFAULT EINVAL ENOTTY EIO',
  kill: 'EINVAL EPERM ESRCH',
  landlock_add_rule: 'EOPNOTSUPP EINVAL ENOMSG EBADF EBADFD EPERM EFAULT ENOMEM E2BIG',
  landlock_create_ruleset: 'EOPNOTSUPP EINVAL E2BIG EFAULT ENOMSG ENOMEM EMFILE ENFILE',
  landlock_restrict_self: 'EOPNOTSUPP EINVAL EBADF EBADFD EPERM E2BIG ENOMEM',
  mkdirat:
    'EACCES EBADF EDQUOT EEXIST EFAULT EINVAL EIO ELOOP EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS',
  mmap: 'EACCES EAGAIN EBADF EEXIST EINVAL ENFILE ENODEV ENOMEM EOVERFLOW EPERM',
  munmap: 'EINVAL ENOMEM',
  newfstatat: 'EACCES EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EOVERFLOW',
  openat:
    'EACCES EBADF EBUSY EDQUOT EFAULT EINTR EINVAL EIO EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT ENOMEM ENOSPC ENOTDIR ENXIO EOPNOTSUPP EOVERFLOW EPERM EROFS ESTALE ETIMEDOUT ETXTBSY',
  openat2: 'E2BIG EACCES EAGAIN EINTR EINVAL EIO ELOOP EMFILE ENFILE ENOENT ENOMEM ENOTDIR EXDEV ESTALE',
  pipe2: 'EFAULT EINVAL EMFILE ENFILE ENOPKG',
  ppoll: 'EFAULT EINTR EINVAL ENOMEM',
  prctl: 'EACCES EBADF EBUSY EFAULT EINVAL ENODEV ENXIO EOPNOTSUPP EOVERFLOW EPERM',
  prlimit64: 'EFAULT EINVAL EPERM ESRCH',
  read: 'EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR',
  readlinkat: 'EACCES EBADF EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  rt_sigaction: 'EFAULT EINVAL',
  rt_sigprocmask: 'EFAULT EINVAL',
  seccomp: 'EACCES ECANCELED EBUSY EFAULT EINVAL ENOMEM EOPNOTSUPP ESRCH',
  socket: 'EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT',
  truncate: 'EACCES EFAULT EFBIG EINTR EINVAL EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOTDIR EPERM EROFS ETXTBSY',
  umask: '',
  wait4: 'ECHILD EINTR EINVAL',
  write: 'EAGAIN EBADF EDQUOT EFAULT EFBIG EINTR EINVAL EIO ENOSPC EPERM EPIPE',
};

const number = (name) => {
  const value = errno[name] ?? { ENOTBLK: 15, EBADFD: 77, EUSERS: 87, ELIBBAD: 80, ENOPKG: 65 }[name];
  if (value === undefined) throw new Error(`no number for ${name}`);
  return value;
};

/** The documented errnos of a call, by number. Throws for a call that stands in no row: every call has its own. */
export function documentedErrnos(call) {
  const names = DOCUMENTED[call];
  if (names === undefined) throw new Error(`no errnos for ${call}: add a row`);
  return [...new Set(`${names} ${FILTERED}`.trim().split(/ +/).map(number))];
}

/** Every errno that the kernel has (asm-generic/errno.h). */
export const ALL_ERRNOS = Array.from({ length: 133 }, (_, index) => index + 1);

/** An errno's number by its name. */
export { number as errnoNumber };
