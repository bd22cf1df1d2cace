#define _GNU_SOURCE
#include "call.h"

#include "tracee.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <unistd.h>

/* Headers lag behind kernels: these have one number on every architecture (asm-generic/unistd.h). */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* Every call that the core makes, by the name that the test gives reasons for. */
static const struct {
    uint64_t number;
    const char *name;
} calls[] = {
    {SYS_read, "read"},
    {SYS_write, "write"},
    {SYS_close, "close"},
    {SYS_mmap, "mmap"},
    {SYS_munmap, "munmap"},
    {SYS_ioctl, "ioctl"},
    {SYS_fcntl, "fcntl"},
    {SYS_prctl, "prctl"},
    {SYS_openat, "openat"},
    {SYS_openat2, "openat2"},
    {SYS_newfstatat, "newfstatat"},
    {SYS_statx, "statx"},
    {SYS_pread64, "pread64"},
    {SYS_memfd_create, "memfd_create"},
    {SYS_socketpair, "socketpair"},
    {SYS_sendmsg, "sendmsg"},
    {SYS_recvmsg, "recvmsg"},
    {SYS_mkdirat, "mkdirat"},
    {SYS_getdents64, "getdents64"},
    {SYS_close_range, "close_range"},
    {SYS_chdir, "chdir"},
    {SYS_capget, "capget"},
    {SYS_capset, "capset"},
    {SYS_rt_sigaction, "rt_sigaction"},
    {SYS_rt_sigprocmask, "rt_sigprocmask"},
    {SYS_prlimit64, "prlimit64"},
    {SYS_seccomp, "seccomp"},
    {SYS_landlock_create_ruleset, "landlock_create_ruleset"},
    {SYS_landlock_add_rule, "landlock_add_rule"},
    {SYS_landlock_restrict_self, "landlock_restrict_self"},
    {SYS_execve, "execve"},
    {SYS_faccessat, "faccessat"},
    {SYS_faccessat2, "faccessat2"},
    {SYS_ppoll, "ppoll"},
    {SYS_exit_group, "exit_group"},
    {SYS_clone, "clone"},
    {SYS_wait4, "wait4"},
    {SYS_pipe2, "pipe2"},
    {SYS_getpid, "getpid"},
    {SYS_kill, "kill"},
    {SYS_socket, "socket"},
    {SYS_bind, "bind"},
    {SYS_connect, "connect"},
    {SYS_getsockname, "getsockname"},
    {SYS_truncate, "truncate"},
    {SYS_umask, "umask"},
    {SYS_mprotect, "mprotect"},
    {SYS_io_uring_setup, "io_uring_setup"},
    {SYS_readlinkat, "readlinkat"},
};

static const char *name_of(uint64_t number) {
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].number == number)
            return calls[i].name;
    return "unknown";
}

#define GET_SYSCALL_INFO 0x420e

struct call_stop call_get(pid_t pid) {
    struct call_stop info;
    memset(&info, 0, sizeof info);
    if (syscall(SYS_ptrace, GET_SYSCALL_INFO, pid, sizeof info, &info) < 0)
        trace_fail("PTRACE_GET_SYSCALL_INFO");
    return info;
}

void call_take_away(pid_t pid) {
#if defined(__x86_64__)
    if (ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, orig_rax), -1L))
        trace_fail("PTRACE_POKEUSER");
#else
    int none = -1;
    struct iovec data = {&none, sizeof none};
    if (ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &data))
        trace_fail("PTRACE_SETREGSET");
#endif
}

void call_answer(pid_t pid, int error) {
#if defined(__x86_64__)
    if (ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax), (long)-error))
        trace_fail("PTRACE_POKEUSER");
#else
    struct user_regs_struct registers;
    struct iovec data = {&registers, sizeof registers};
    if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &data))
        trace_fail("PTRACE_GETREGSET");
    registers.regs[0] = (uint64_t)(long)-error;
    if (ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &data))
        trace_fail("PTRACE_SETREGSET");
#endif
}

/* Which argument is a path, or -1. */
static int path_argument(uint64_t number) {
    switch (number) {
    case SYS_openat:
    case SYS_openat2:
    case SYS_newfstatat:
    case SYS_statx:
    case SYS_mkdirat:
    case SYS_faccessat:
    case SYS_faccessat2:
    case SYS_readlinkat:
        return 1;
    case SYS_execve:
    case SYS_chdir:
        return 0;
    default:
        return -1;
    }
}

void call_list(FILE *to, pid_t pid, const struct call_stop *info) {
    fprintf(to, "site %s", name_of(info->number));
    for (int i = 0; i < 6; i++)
        fprintf(to, " %lld", (long long)info->arguments[i]);
    int which = path_argument(info->number);
    char path[256] = "";
    if (which >= 0) {
        struct iovec here = {path, sizeof path - 1};
        struct iovec there = {(void *)(uintptr_t)info->arguments[which], sizeof path - 1};
        ssize_t got = process_vm_readv(pid, &here, 1, &there, 1, 0);
        if (got < 0) { /* the rest of the page may be the end of memory */
            here.iov_len = there.iov_len = 4096 - ((uintptr_t)there.iov_base & 4095);
            if (here.iov_len > sizeof path - 1)
                here.iov_len = there.iov_len = sizeof path - 1;
            got = process_vm_readv(pid, &here, 1, &there, 1, 0);
        }
        path[got < 0 ? 0 : got] = '\0';
    }
    fprintf(to, " %s\n", path);
}
