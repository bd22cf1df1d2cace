/* Deeds to other processes, to the terminal, and with capabilities. */
#define _GNU_SOURCE
#include "deed.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIOCLINUX_REQUEST 0x541c

static int do_signal(char **w) { return kill((pid_t)deed_number(w[0]), (int)deed_number(w[1])); }

static int do_signal_thread(char **w) {
    pid_t process = (pid_t)deed_number(w[0]);
    return (int)syscall(SYS_tgkill, process, process, (int)deed_number(w[1]));
}

static int do_signal_queue(char **w) {
    return sigqueue((pid_t)deed_number(w[0]), (int)deed_number(w[1]), (union sigval){0});
}

static int do_signal_pidfd(char **w) {
    int process = (int)syscall(SYS_pidfd_open, (pid_t)deed_number(w[0]), 0);
    return process < 0 ? -1 : (int)syscall(SYS_pidfd_send_signal, process, (int)deed_number(w[1]), NULL, 0);
}

/* The process that started us: what a command would aim at first. */
static int do_signal_parent(char **w) { return kill(getppid(), (int)deed_number(w[0])); }

/* A child of our own, which is inside with us. */
static int do_signal_child(char **w) {
    (void)w;
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    if (child < 0 || kill(child, SIGKILL))
        return -1;
    return waitpid(child, NULL, 0) == child ? 0 : -1;
}

/* Sets a limit of a process to what it is. 0 is ourselves. */
static int do_prlimit(char **w) {
    struct rlimit limit;
    pid_t process = (pid_t)deed_number(w[0]);
    if (prlimit(process, RLIMIT_CORE, NULL, &limit))
        return -1;
    return prlimit(process, RLIMIT_CORE, &limit, NULL);
}

static int do_ptrace(char **w) {
    return ptrace(PTRACE_SEIZE, (pid_t)deed_number(w[0]), 0, 0) ? -1 : 0; /* our end lets it go */
}

/* Types into the terminal on descriptor 0, as whoever sits there would. */
static int do_type(char **w) {
    (void)w;
    return ioctl(0, TIOCSTI, "x");
}

/* The console's way to paste (ioctl_console(2)); a terminal that is no console says ENOTTY. */
static int do_paste(char **w) {
    (void)w;
    char subcode = 3;
    return ioctl(0, TIOCLINUX_REQUEST, &subcode);
}

/* Becomes root of a user namespace of its own, which brings every capability there, and mounts. */
static int do_mount_in_namespace(char **w) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
        return -1;
    return mount("none", w[0], "tmpfs", 0, NULL);
}

/* Waits until descriptor 0 is at its end, for a caller that wants this process to stay. */
static int do_wait(char **w) {
    (void)w;
    char bytes[64];
    ssize_t count;
    while ((count = read(0, bytes, sizeof bytes)) > 0)
        ;
    return (int)count;
}

static int do_chroot(char **w) { return chroot(w[0]); }

const struct deed process_deeds[] = {
    {"signal", 2, do_signal},
    {"signal-parent", 1, do_signal_parent},
    {"signal-thread", 2, do_signal_thread},
    {"signal-queue", 2, do_signal_queue},
    {"signal-pidfd", 2, do_signal_pidfd},
    {"signal-child", 0, do_signal_child},
    {"prlimit", 1, do_prlimit},
    {"ptrace", 1, do_ptrace},
    {"type", 0, do_type},
    {"paste", 0, do_paste},
    {"mount-in-namespace", 1, do_mount_in_namespace},
    {"chroot", 1, do_chroot},
    {"wait", 0, do_wait},
};
const size_t process_deed_count = sizeof process_deeds / sizeof *process_deeds;
