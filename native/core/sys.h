/*
 * The kernel as this program sees it: system calls by inline assembly, and the constants and structs they
 * take.
 *
 * Nothing here comes from libc or from the distribution's kernel headers: the first is not there in the
 * static launcher, and the second lag behind the kernel (Debian 12 ships those of Landlock ABI 2 under any
 * kernel). For the same reason a file that includes this one includes no libc header: the names are the
 * kernel's own and would clash.
 *
 * Every sys_*() wrapper returns what the kernel returned: a value >= 0, or a negative errno.
 */
#ifndef LANDLOCK_RUN_SYS_H
#define LANDLOCK_RUN_SYS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__LP64__)
#define SYS_read 0
#define SYS_write 1
#define SYS_close 3
#define SYS_ppoll 271
#define SYS_mmap 9
#define SYS_munmap 11
#define SYS_rt_sigaction 13
#define SYS_rt_sigprocmask 14
#define SYS_ioctl 16
#define SYS_getpid 39
#define SYS_sendmsg 46
#define SYS_recvmsg 47
#define SYS_socketpair 53
#define SYS_pread64 17
#define SYS_memfd_create 319
#define SYS_socket 41
#define SYS_connect 42
#define SYS_bind 49
#define SYS_getsockname 51
#define SYS_clone 56
#define SYS_execve 59
#define SYS_wait4 61
#define SYS_kill 62
#define SYS_fcntl 72
#define SYS_truncate 76
#define SYS_umask 95
#define SYS_chdir 80
#define SYS_capget 125
#define SYS_capset 126
#define SYS_prctl 157
#define SYS_getdents64 217
#define SYS_exit_group 231
#define SYS_openat 257
#define SYS_mkdirat 258
#define SYS_newfstatat 262
#define SYS_faccessat 269
#define SYS_pipe2 293
#define SYS_prlimit64 302
#define SYS_statx 332
#define SYS_seccomp 317
#elif defined(__aarch64__) && defined(__LP64__) && defined(__AARCH64EL__)
#define SYS_read 63
#define SYS_write 64
#define SYS_close 57
#define SYS_ppoll 73
#define SYS_mmap 222
#define SYS_munmap 215
#define SYS_rt_sigaction 134
#define SYS_rt_sigprocmask 135
#define SYS_ioctl 29
#define SYS_getpid 172
#define SYS_sendmsg 211
#define SYS_recvmsg 212
#define SYS_socketpair 199
#define SYS_pread64 67
#define SYS_memfd_create 279
#define SYS_socket 198
#define SYS_connect 203
#define SYS_bind 200
#define SYS_getsockname 204
#define SYS_clone 220
#define SYS_execve 221
#define SYS_wait4 260
#define SYS_kill 129
#define SYS_fcntl 25
#define SYS_truncate 45
#define SYS_umask 166
#define SYS_chdir 49
#define SYS_capget 90
#define SYS_capset 91
#define SYS_prctl 167
#define SYS_getdents64 61
#define SYS_exit_group 94
#define SYS_openat 56
#define SYS_mkdirat 34
#define SYS_newfstatat 79
#define SYS_faccessat 48
#define SYS_pipe2 59
#define SYS_prlimit64 261
#define SYS_statx 291
#define SYS_seccomp 277
#else
#error "landlock-run's native core knows x86-64 and little-endian arm64 only"
#endif

/* The same on every architecture (numbers were unified in Linux 5.1). */
#define SYS_io_uring_setup 425
#define SYS_close_range 436
#define SYS_openat2 437
#define SYS_faccessat2 439
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446

/* errno, asm-generic/errno.h: the same on both architectures. */
#define EPERM 1
#define ENOENT 2
#define ESRCH 3
#define EINTR 4
#define EBADF 9
#define EAGAIN 11
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define EEXIST 17
#define EXDEV 18
#define ENODEV 19
#define ENOTDIR 20
#define EISDIR 21
#define EINVAL 22
#define EMFILE 24
#define E2BIG 7
#define ENOEXEC 8
#define ENAMETOOLONG 36
#define ENOSYS 38
#define ENOMSG 42
#define EBADFD 77
#define ENOPROTOOPT 92
#define EPROTONOSUPPORT 93
#define EOPNOTSUPP 95
#define EAFNOSUPPORT 97
#define ENETUNREACH 101
#define ETIMEDOUT 110
#define ESTALE 116

/* Files. */
#define AT_FDCWD (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_EACCESS 0x200
#define AT_NO_AUTOMOUNT 0x800 /* fstatat(2) behaves so by itself since Linux 4.14 */
#define AT_EMPTY_PATH 0x1000
#define X_OK 1
#define O_RDONLY 0
#define O_WRONLY 1
#define O_NONBLOCK 04000
#define O_CLOEXEC 02000000
#define O_PATH 010000000
#if defined(__x86_64__)
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#else
#define O_DIRECTORY 040000
#define O_NOFOLLOW 0100000
#endif
#define RESOLVE_NO_MAGICLINKS 0x02
#define RESOLVE_BENEATH 0x08
#define S_IFMT 0170000
#define S_IFIFO 0010000
#define S_IFDIR 0040000
#define S_IXALL 0111

struct open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

/* struct stat of newfstatat(2); only what the two architectures differ in is spelled twice. */
struct stat {
    uint64_t st_dev;
    uint64_t st_ino;
#if defined(__x86_64__)
    uint64_t st_nlink;
    uint32_t st_mode;
    uint32_t st_uid;
    uint32_t st_gid;
    uint32_t unused_pad;
    uint64_t st_rdev;
    int64_t st_size;
    uint64_t unused_tail[11];
#else
    uint32_t st_mode;
    uint32_t st_nlink;
    uint32_t st_uid;
    uint32_t st_gid;
    uint64_t st_rdev;
    uint64_t unused_pad;
    int64_t st_size;
    uint64_t unused_tail[9];
#endif
};
#if defined(__x86_64__)
_Static_assert(sizeof(struct stat) == 144, "newfstatat writes 144 bytes");
#else
_Static_assert(sizeof(struct stat) == 128, "newfstatat writes 128 bytes");
#endif

/* struct statx of statx(2), Linux 4.11; the mount's ID is told since 5.8, and the mask says whether it is. */
#define STATX_INO 0x100
#define STATX_MNT_ID 0x1000

struct statx {
    uint32_t stx_mask;
    uint32_t unused_head[7];
    uint64_t stx_ino;
    uint64_t unused_middle[12];
    uint32_t stx_dev_major;
    uint32_t stx_dev_minor;
    uint64_t stx_mnt_id;
    uint64_t unused_tail[13];
};
_Static_assert(sizeof(struct statx) == 256, "statx writes 256 bytes");
_Static_assert(offsetof(struct statx, stx_mnt_id) == 144, "the mount's ID comes behind the devices");

/* Descriptors. */
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define F_SETFL 4
#define F_ADD_SEALS 1033
#define F_SEAL_ALL 15 /* SEAL, SHRINK, GROW, WRITE */
#define MFD_CLOEXEC 1
#define MFD_ALLOW_SEALING 2
#define MFD_NOEXEC_SEAL 8 /* Linux 6.3 */
#define FD_CLOEXEC 1
#define CLOSE_RANGE_CLOEXEC 4
#define TCGETS 0x5401
#define TIOCSTI 0x5412
#define POLLOUT 4

struct pollfd {
    int fd;
    short events;
    short revents;
};

/* Memory. */
#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_SHARED 1
#define MAP_PRIVATE 2
#define MAP_ANONYMOUS 0x20

/* Signals. struct sigaction is the kernel's, not libc's; both architectures have sa_restorer. */
#define SIGPIPE 13
#define SIGKILL 9
#define SIGSTOP 19
#define SIGXFSZ 25
#define SIGNALS 64
#define SIG_DFL 0
#define SIG_IGN 1
#define SIG_SETMASK 2
#define SIGNAL_SET_SIZE 8

struct sigaction {
    uint64_t handler;
    uint64_t flags;
    uint64_t restorer;
    uint64_t mask;
};

/* Processes. */
#define WALL 0x40000000
#define PR_SET_NO_NEW_PRIVS 38
#define PR_GET_NO_NEW_PRIVS 39
#define RLIMIT_NOFILE 7
#define RLIMIT_COUNT 16

struct rlimit64 {
    uint64_t soft;
    uint64_t hard;
};

#define CAPABILITY_VERSION_3 0x20080522

struct capability_header {
    uint32_t version;
    int32_t pid;
};

struct capability_data {
    uint32_t effective;
    uint32_t permitted;
    uint32_t inheritable;
};

/* Sockets. */
#define AF_UNIX 1
#define AF_INET 2
#define AF_NETLINK 16
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_SEQPACKET 5
#define SOCK_CLOEXEC 02000000

#define SOL_SOCKET 1
#define SCM_RIGHTS 1
#define MSG_DONTWAIT 0x40
#define MSG_NOSIGNAL 0x4000
#define MSG_CMSG_CLOEXEC 0x40000000

struct iovec {
    void *base;
    size_t size;
};

struct msghdr {
    void *name;
    uint32_t name_size;
    struct iovec *parts;
    size_t part_count;
    void *control;
    size_t control_size;
    uint32_t flags;
};

/** One control message that carries one descriptor, cmsg(3). */
struct descriptor_message {
    size_t size; /* without the padding */
    int32_t level;
    int32_t type;
    int32_t descriptor;
    int32_t padding;
};

struct sockaddr_in {
    uint16_t family;
    uint16_t port; /* network byte order */
    uint32_t address;
    uint64_t zero;
};

struct sockaddr_un {
    uint16_t family;
    char path[108];
};

/* Seccomp (linux/seccomp.h, linux/filter.h). */
#define SECCOMP_SET_MODE_FILTER 1
#define SECCOMP_GET_ACTION_AVAIL 2
#define SECCOMP_RET_KILL_PROCESS 0x80000000u
#define SECCOMP_RET_ERRNO 0x00050000u
#define SECCOMP_RET_ALLOW 0x7fff0000u

struct sock_filter {
    uint16_t code;
    uint8_t jt;
    uint8_t jf;
    uint32_t k;
};

struct sock_fprog {
    uint16_t len;
    struct sock_filter *filter;
};

struct seccomp_data {
    int32_t nr;
    uint32_t arch;
    uint64_t instruction_pointer;
    uint64_t args[6];
};

/* Landlock (Linux 7.3, ABI 11). */
#define LANDLOCK_CREATE_RULESET_VERSION 1
#define LANDLOCK_CREATE_RULESET_ERRATA 2
#define LANDLOCK_RULE_PATH_BENEATH 1
#define LANDLOCK_RULE_NET_PORT 2

#define LANDLOCK_ACCESS_FS_EXECUTE (1ull << 0)
#define LANDLOCK_ACCESS_FS_WRITE_FILE (1ull << 1)
#define LANDLOCK_ACCESS_FS_READ_FILE (1ull << 2)
#define LANDLOCK_ACCESS_FS_READ_DIR (1ull << 3)
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ull << 14)
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ull << 15)
#define LANDLOCK_ACCESS_FS_RESOLVE_UNIX (1ull << 16)
#define LANDLOCK_ACCESS_FS_ALL ((1ull << 17) - 1)
/* The rights that a rule on anything but a directory may hold; any other is EINVAL. */
#define LANDLOCK_ACCESS_FS_ON_FILE                                                                           \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |             \
     LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_IOCTL_DEV | LANDLOCK_ACCESS_FS_RESOLVE_UNIX)

#define LANDLOCK_ACCESS_NET_BIND_TCP (1ull << 0)
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ull << 1)
#define LANDLOCK_ACCESS_NET_ALL ((1ull << 4) - 1)

#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ull << 0)
#define LANDLOCK_SCOPE_SIGNAL (1ull << 1)
#define LANDLOCK_SCOPE_ALL ((1ull << 2) - 1)

#define LANDLOCK_RESTRICT_SELF_LOG_ALL 7u /* SAME_EXEC_OFF, NEW_EXEC_ON, SUBDOMAINS_OFF */
#define LANDLOCK_RESTRICT_SELF_ALL 31u    /* and TSYNC, NO_NEW_PRIVS */

/* Grew with the ABIs: 8 bytes (1 to 3), 16 (4, 5), 24 (6 to 9), 48 (10 and later, for fields that we never
 * set). */
struct landlock_ruleset_attr {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

struct landlock_path_beneath_attr {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));
_Static_assert(sizeof(struct landlock_path_beneath_attr) == 12, "packed in the kernel's header");

struct landlock_net_port_attr {
    uint64_t allowed_access;
    uint64_t port; /* host byte order */
};

/** One system call. Unused arguments are 0. Returns what the kernel does: >= 0, or a negative errno. */
static inline long sys_call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#else
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#endif
}

static inline long sys_read(int fd, void *to, size_t size) {
    return sys_call(SYS_read, fd, (long)to, (long)size, 0, 0, 0);
}

static inline long sys_write(int fd, const void *from, size_t size) {
    return sys_call(SYS_write, fd, (long)from, (long)size, 0, 0, 0);
}

static inline long sys_close(int fd) { return sys_call(SYS_close, fd, 0, 0, 0, 0, 0); }

static inline long sys_openat(int directory, const char *path, int flags) {
    return sys_call(SYS_openat, directory, (long)path, flags, 0, 0, 0);
}

static inline long sys_openat2(int directory, const char *path, const struct open_how *how) {
    return sys_call(SYS_openat2, directory, (long)path, (long)how, sizeof *how, 0, 0);
}

static inline long sys_mkdirat(int directory, const char *path, unsigned mode) {
    return sys_call(SYS_mkdirat, directory, (long)path, mode, 0, 0, 0);
}

static inline long sys_umask(unsigned mask) { return sys_call(SYS_umask, mask, 0, 0, 0, 0, 0); }

static inline long sys_fstatat(int directory, const char *path, struct stat *to, int flags) {
    return sys_call(SYS_newfstatat, directory, (long)path, (long)to, flags, 0, 0);
}

static inline long sys_statx(int directory, const char *path, int flags, unsigned mask, struct statx *to) {
    return sys_call(SYS_statx, directory, (long)path, flags, mask, (long)to, 0);
}

static inline long sys_fcntl(int fd, int command, long value) {
    return sys_call(SYS_fcntl, fd, command, value, 0, 0, 0);
}

static inline long sys_ioctl(int fd, unsigned long request, void *value) {
    return sys_call(SYS_ioctl, fd, (long)request, (long)value, 0, 0, 0);
}

/** Anonymous memory; shared decides whether a child of clone(2) writes to the same pages. An address, or a
 * negative errno. */
static inline long sys_map(size_t size, int shared) {
    return sys_call(SYS_mmap, 0, (long)size, PROT_READ | PROT_WRITE,
                    MAP_ANONYMOUS | (shared ? MAP_SHARED : MAP_PRIVATE), -1, 0);
}

static inline long sys_unmap(void *at, size_t size) {
    return sys_call(SYS_munmap, (long)at, (long)size, 0, 0, 0, 0);
}

static inline long sys_sigaction(int signal, const struct sigaction *to, struct sigaction *from) {
    return sys_call(SYS_rt_sigaction, signal, (long)to, (long)from, SIGNAL_SET_SIZE, 0, 0);
}

static inline long sys_prctl(int option, unsigned long value) {
    return sys_call(SYS_prctl, option, (long)value, 0, 0, 0, 0);
}

static inline long sys_prlimit(int pid, unsigned resource, const struct rlimit64 *to, struct rlimit64 *from) {
    return sys_call(SYS_prlimit64, pid, resource, (long)to, (long)from, 0, 0);
}

static inline long sys_seccomp(unsigned operation, unsigned flags, void *value) {
    return sys_call(SYS_seccomp, operation, flags, (long)value, 0, 0, 0);
}

static inline long sys_landlock_create_ruleset(const struct landlock_ruleset_attr *attr, size_t size,
                                               unsigned flags) {
    return sys_call(SYS_landlock_create_ruleset, (long)attr, (long)size, flags, 0, 0, 0);
}

static inline long sys_landlock_add_rule(int ruleset, int type, const void *attr) {
    return sys_call(SYS_landlock_add_rule, ruleset, type, (long)attr, 0, 0, 0);
}

static inline long sys_landlock_restrict_self(int ruleset, unsigned flags) {
    return sys_call(SYS_landlock_restrict_self, ruleset, flags, 0, 0, 0, 0);
}

static inline _Noreturn void sys_exit(int status) {
    for (;;)
        sys_call(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

#endif
