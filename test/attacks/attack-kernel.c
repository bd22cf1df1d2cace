/* Attacks by way of the kernel: services that act for whoever asks, and root's own ways into it. */
#define _GNU_SOURCE
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <sys/io.h>
#endif

/* Opens the secret by a request in a ring, which no system call of ours names. */
static int ring_open(const struct target *target) {
    struct io_uring_params params;
    memset(&params, 0, sizeof params);
    int ring = (int)syscall(SYS_io_uring_setup, 1, &params);
    if (ring < 0)
        return -1;
    size_t entries_size = params.sq_entries * sizeof(struct io_uring_sqe);
    size_t ring_size = params.sq_off.array + params.sq_entries * sizeof(unsigned);
    size_t done_size = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
    char *queue =
        mmap(NULL, ring_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
    char *done =
        mmap(NULL, done_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
    struct io_uring_sqe *entry =
        mmap(NULL, entries_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
    if (queue == MAP_FAILED || done == MAP_FAILED || entry == MAP_FAILED)
        return -1;
    memset(entry, 0, sizeof *entry);
    entry->opcode = IORING_OP_OPENAT;
    entry->fd = AT_FDCWD;
    entry->addr = (uintptr_t)target->secret;
    entry->open_flags = O_RDONLY;
    *(unsigned *)(queue + params.sq_off.array) = 0;
    __atomic_add_fetch((unsigned *)(queue + params.sq_off.tail), 1, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
        return -1;
    const struct io_uring_cqe *answer = (const void *)(done + params.cq_off.cqes);
    return answer->res < 0 ? attack_fail(-answer->res) : attack_reads_secret(answer->res);
}

static int perf(const struct target *target) {
    struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE,
                                         .size = sizeof attributes,
                                         .config = PERF_COUNT_SW_CPU_CLOCK,
                                         .exclude_kernel = 1};
    return syscall(SYS_perf_event_open, &attributes, target->pid, -1, -1, 0) < 0 ? -1 : 0;
}

/* An array in the kernel: the least that bpf(2) does, and what loading a program would begin with. */
static int bpf_map(const struct target *target) {
    struct {
        uint32_t type, key_size, value_size, entries;
        uint32_t rest[28];
    } attributes = {.type = 2, .key_size = 4, .value_size = 8, .entries = 1};
    (void)target;
    return syscall(SYS_bpf, 0, &attributes, sizeof attributes) < 0 ? -1 : 0;
}

/* The kernel writes the memory of a dead process into the directory that it died in, core(5). */
static int core_dump(const struct target *target) {
    struct rlimit limit;
    int status;
    if (chdir(target->out) || getrlimit(RLIMIT_CORE, &limit))
        return -1;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_CORE, &limit))
        return -1;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        abort();
    }
    char name[32];
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -1;
    struct stat stat_of;
    snprintf(name, sizeof name, "core.%d", child);
    return stat("core", &stat_of) == 0 || stat(name, &stat_of) == 0 ? 0 : attack_fail(EACCES);
}

static int fanotify_events(const struct target *target) {
    int fd = fanotify_init(FAN_CLASS_CONTENT, O_RDONLY);
    return fd < 0 || fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, target->out) ? -1 : 0;
}

static int core_pattern(const struct target *target) {
    (void)target;
    return open("/proc/sys/kernel/core_pattern", O_WRONLY) < 0 ? -1 : 0;
}

static int kernel_memory(const struct target *target) {
    (void)target;
    return open("/proc/kcore", O_RDONLY) < 0 ? -1 : 0;
}

static int trigger(const struct target *target) {
    (void)target;
    return open("/proc/sysrq-trigger", O_WRONLY) < 0 ? -1 : 0;
}

/* Nothing is a module, so even a caller who may load one gets an errno; it is another one. */
static int load_module(const struct target *target) {
    (void)target;
    if (syscall(SYS_init_module, "not a module", 12UL, "") == 0 || errno == ENOEXEC)
        return 0;
    return -1;
}

static int load_module_file(const struct target *target) {
    int fd = open(attack_path(target->ro, "file"), O_RDONLY);
    if (fd < 0)
        return -1;
    return syscall(SYS_finit_module, fd, "", 0) == 0 || errno == ENOEXEC ? 0 : -1;
}

/* No command has this number: whoever may ask is told so. */
static int restart(const struct target *target) {
    (void)target;
    return syscall(SYS_reboot, 0xfee1dead, 672274793, 0x7fffffff, NULL) == 0 || errno == EINVAL ? 0 : -1;
}

static int host_name(const struct target *target) {
    char name[65];
    (void)target;
    return gethostname(name, sizeof name) || sethostname(name, strlen(name)) ? -1 : 0;
}

/* No file is swap space: whoever may ask is told so. */
static int swap(const struct target *target) {
    if (swapon(attack_path(target->work, "file"), 0) == 0 || errno == EINVAL)
        return 0;
    return -1;
}

static int io_ports(const struct target *target) {
    (void)target;
#if defined(__x86_64__)
    return iopl(3);
#else
    return attack_fail(ENOSYS);
#endif
}

static int kernel_log(const struct target *target) {
    char buffer[64];
    (void)target;
    return klogctl(3, buffer, sizeof buffer) < 0 ? -1 : 0; /* SYSLOG_ACTION_READ_ALL */
}

/* No clock ticks once a second: whoever may set it is told so. */
static int set_clock(const struct target *target) {
    struct timex request = {.modes = ADJ_TICK, .tick = 1};
    (void)target;
    return adjtimex(&request) >= 0 || errno == EINVAL ? 0 : -1;
}

const struct attack kernel_attacks[] = {
    {"io-uring-open", ring_open},
    {"perf-event-open", perf},
    {"bpf", bpf_map},
    {"core-dump", core_dump},
    {"fanotify", fanotify_events},
    {"core-pattern", core_pattern},
    {"proc-kcore", kernel_memory},
    {"sysrq-trigger", trigger},
    {"init-module", load_module},
    {"finit-module", load_module_file},
    {"reboot", restart},
    {"sethostname", host_name},
    {"swapon", swap},
    {"iopl", io_ports},
    {"kernel-log", kernel_log},
    {"set-clock", set_clock},
};
const size_t kernel_attack_count = sizeof kernel_attacks / sizeof *kernel_attacks;
