/* Attacks on a process outside: its memory, its descriptors, its life. */
#define _GNU_SOURCE
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

static int open_proc(const struct target *target, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "/proc/%d/%s", target->pid, name);
    return open(path, O_RDONLY);
}

static int proc_mem(const struct target *target) {
    int fd = open_proc(target, "mem");
    if (fd < 0 || lseek(fd, (off_t)target->address, SEEK_SET) < 0)
        return -1;
    return attack_reads_secret(fd);
}

/* Whether the file of /proc holds the text. */
static int proc_holds(const struct target *target, const char *name, const char *text) {
    char buffer[16384];
    int fd = open_proc(target, name);
    if (fd < 0)
        return -1;
    size_t size = 0;
    ssize_t got;
    while (size < sizeof buffer && (got = read(fd, buffer + size, sizeof buffer - size)) != 0) {
        if (got < 0)
            return -1;
        size += (size_t)got;
    }
    return memmem(buffer, size, text, strlen(text)) != NULL ? 0 : attack_fail(ENODATA);
}

static int proc_environ(const struct target *target) { return proc_holds(target, "environ", SECRET); }
static int proc_maps(const struct target *target) { return proc_holds(target, "maps", "victim"); }
static int proc_cmdline(const struct target *target) {
    return proc_holds(target, "cmdline", target->directory);
}

static int proc_root(const struct target *target) {
    char name[512];
    snprintf(name, sizeof name, "root%s", target->secret);
    return attack_reads_secret(open_proc(target, name));
}

static int proc_cwd(const struct target *target) {
    return attack_reads_secret(open_proc(target, "cwd/secret"));
}

static int proc_fd(const struct target *target) {
    char name[32];
    snprintf(name, sizeof name, "fd/%d", target->descriptor);
    return attack_reads_secret(open_proc(target, name));
}

static int proc_ns(const struct target *target) { return open_proc(target, "ns/mnt") < 0 ? -1 : 0; }

static int ptrace_attach(const struct target *target) {
    if (ptrace(PTRACE_ATTACH, target->pid, 0, 0))
        return -1;
    waitpid(target->pid, NULL, __WALL);
    return ptrace(PTRACE_DETACH, target->pid, 0, 0) ? -1 : 0;
}

static int ptrace_seize(const struct target *target) {
    return ptrace(PTRACE_SEIZE, target->pid, 0, 0) ? -1 : 0;
}

static int vm_readv(const struct target *target) {
    char buffer[sizeof SECRET] = "";
    struct iovec here = {buffer, sizeof buffer}, there = {(void *)target->address, sizeof buffer};
    if (process_vm_readv(target->pid, &here, 1, &there, 1, 0) < 0)
        return -1;
    return strcmp(buffer, SECRET) == 0 ? 0 : attack_fail(ENODATA);
}

static int vm_writev(const struct target *target) {
    char buffer[] = SECRET;
    struct iovec here = {buffer, sizeof buffer}, there = {(void *)target->address, sizeof buffer};
    return process_vm_writev(target->pid, &here, 1, &there, 1, 0) < 0 ? -1 : 0;
}

static int pidfd_getfd(const struct target *target) {
    int pidfd = (int)syscall(SYS_pidfd_open, target->pid, 0);
    int fd = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, target->descriptor, 0);
    if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0) /* the place in the file is shared */
        return -1;
    return attack_reads_secret(fd);
}

/* Asks whether two processes have the same open file: what an attacker learns by it is little, the check is
 * ptrace's. */
static int compare(const struct target *target) {
    return syscall(SYS_kcmp, getpid(), target->pid, 2, 0, 0) < 0 ? -1 : 0; /* KCMP_FILES */
}

static int move_pages_of(const struct target *target) {
    void *page = (void *)(target->address & ~(uintptr_t)4095);
    int status = 0;
    return syscall(SYS_move_pages, target->pid, 1UL, &page, NULL, &status, 0) < 0 ? -1 : 0;
}

/* The signals that are sent here have a handler in the victim, which tells of them. */
static int signal_kill(const struct target *target) { return kill(target->pid, SIGURG); }
static int signal_group(const struct target *target) { return kill(-target->pid, SIGURG); }

static int signal_tgkill(const struct target *target) {
    return syscall(SYS_tgkill, target->pid, target->pid, SIGURG) < 0 ? -1 : 0;
}

static int signal_tkill(const struct target *target) {
    return syscall(SYS_tkill, target->pid, SIGURG) < 0 ? -1 : 0;
}

static int signal_queue(const struct target *target) {
    return sigqueue(target->pid, SIGURG, (union sigval){.sival_int = 1});
}

static int signal_pidfd(const struct target *target) {
    int pidfd = (int)syscall(SYS_pidfd_open, target->pid, 0);
    return pidfd < 0 || syscall(SYS_pidfd_send_signal, pidfd, SIGURG, NULL, 0) < 0 ? -1 : 0;
}

/* The kernel sends the signal, when something arrives in a pipe: fcntl(2), F_SETOWN. The victim says whether
 * it came. */
static int signal_owner(const struct target *target) {
    int ends[2];
    if (pipe(ends) || fcntl(ends[0], F_SETOWN, target->pid) || fcntl(ends[0], F_SETSIG, SIGURG) ||
        fcntl(ends[0], F_SETFL, O_ASYNC) || write(ends[1], "x", 1) != 1)
        return -1;
    return 0;
}

static int limit_of_victim(const struct target *target) {
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    return prlimit(target->pid, RLIMIT_CORE, NULL, &limit) || prlimit(target->pid, RLIMIT_CORE, &limit, NULL)
               ? -1
               : 0;
}

static int priority(const struct target *target) { return setpriority(PRIO_PROCESS, (id_t)target->pid, 5); }

static int affinity(const struct target *target) {
    cpu_set_t set;
    return sched_getaffinity(target->pid, sizeof set, &set) ||
                   sched_setaffinity(target->pid, sizeof set, &set)
               ? -1
               : 0;
}

static int scheduler(const struct target *target) {
    struct sched_param param = {.sched_priority = 0};
    return sched_setscheduler(target->pid, SCHED_BATCH, &param);
}

static int io_priority(const struct target *target) {
    return syscall(SYS_ioprio_set, 1, target->pid, 2 << 13 | 7) < 0 ? -1
                                                                    : 0; /* IOPRIO_WHO_PROCESS, best effort */
}

const struct attack process_attacks[] = {
    {"proc-mem", proc_mem},
    {"proc-environ", proc_environ},
    {"proc-maps", proc_maps},
    {"proc-cmdline", proc_cmdline},
    {"proc-root", proc_root},
    {"proc-cwd", proc_cwd},
    {"proc-fd", proc_fd},
    {"proc-ns", proc_ns},
    {"ptrace-attach", ptrace_attach},
    {"ptrace-seize", ptrace_seize},
    {"process-vm-readv", vm_readv},
    {"process-vm-writev", vm_writev},
    {"pidfd-getfd", pidfd_getfd},
    {"kcmp", compare},
    {"move-pages", move_pages_of},
    {"kill", signal_kill},
    {"kill-group", signal_group},
    {"tgkill", signal_tgkill},
    {"tkill", signal_tkill},
    {"sigqueue", signal_queue},
    {"pidfd-send-signal", signal_pidfd},
    {"signal-owner", signal_owner},
    {"prlimit", limit_of_victim},
    {"setpriority", priority},
    {"sched-setaffinity", affinity},
    {"sched-setscheduler", scheduler},
    {"ioprio-set", io_priority},
};
const size_t process_attack_count = sizeof process_attacks / sizeof *process_attacks;
