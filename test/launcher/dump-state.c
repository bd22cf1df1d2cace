/*
 * dump-state WORD...: prints what this process inherited, one `name value` a line, bytes in hexadecimal.
 * Nothing that differs between two processes with the same inheritance is printed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static char output[1 << 18];
static size_t length;

#define PUT(...) (length += (size_t)snprintf(output + length, sizeof output - length, __VA_ARGS__))

static void put_words(const char *name, char **words) {
    int i = 0;
    for (; words[i] != NULL; i++) {
        PUT("%s[%d] ", name, i);
        for (const char *at = words[i]; *at != '\0'; at++)
            PUT("%02x", (unsigned char)*at);
        PUT("\n");
    }
    PUT("%s.count %d\n", name, i);
}

static void put_descriptors(void) {
    for (int i = 0; i < 1024; i++) {
        struct stat status;
        if (fcntl(i, F_GETFD) < 0)
            continue;
        fstat(i, &status);
        PUT("fd[%d] flags %x open %x mode %o inode %lx\n", i, fcntl(i, F_GETFD), fcntl(i, F_GETFL),
            status.st_mode, (unsigned long)status.st_ino);
    }
}

static void put_limits(void) {
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        struct rlimit limit;
        if (getrlimit(i, &limit) == 0)
            PUT("rlimit[%d] %lx %lx\n", i, (unsigned long)limit.rlim_cur, (unsigned long)limit.rlim_max);
    }
}

/* Lines of /proc/self/status that are inherited; a signal mask is one line. */
static void put_status(void) {
    static const char *const wanted[] = {"Umask",
                                         "Uid",
                                         "Gid",
                                         "Groups",
                                         "Threads",
                                         "SigPnd",
                                         "ShdPnd",
                                         "SigBlk",
                                         "SigIgn",
                                         "SigCgt",
                                         "CapInh",
                                         "CapPrm",
                                         "CapEff",
                                         "CapBnd",
                                         "CapAmb",
                                         "NoNewPrivs",
                                         "Seccomp",
                                         "Seccomp_filters",
                                         "Speculation_Store_Bypass",
                                         "SpeculationIndirectBranch",
                                         "Cpus_allowed",
                                         "Mems_allowed",
                                         "THP_enabled",
                                         "untag_mask",
                                         "CoreDumping",
                                         "TracerPid"};
    char line[4096];
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        char *colon = strchr(line, ':');
        for (size_t i = 0; colon != NULL && i < sizeof wanted / sizeof *wanted; i++)
            if (strlen(wanted[i]) == (size_t)(colon - line) &&
                strncmp(line, wanted[i], strlen(wanted[i])) == 0)
                PUT("status.%.*s %s", (int)(colon - line), line, colon + 1);
    }
    if (status != NULL)
        fclose(status);
}

static void put_file(const char *name) {
    char path[64], text[4096] = "";
    snprintf(path, sizeof path, "/proc/self/%s", name);
    int file = open(path, O_RDONLY);
    ssize_t got = file < 0 ? -1 : read(file, text, sizeof text - 1);
    PUT("proc.%s %zd ", name, got);
    for (ssize_t i = 0; i < got; i++)
        PUT("%c", text[i] == '\n' ? ' ' : text[i]);
    PUT("\n");
    close(file);
}

static void put_link(const char *name) {
    char path[64], text[4096] = "";
    snprintf(path, sizeof path, "/proc/self/%s", name);
    ssize_t got = readlink(path, text, sizeof text - 1);
    PUT("link.%s %zd %s\n", name, got, text);
}

static void put_process(void) {
    int value = -1;
    struct itimerval timer;
    PUT("parent %d\ngroup %d\nsession %d\n", getppid(), getpgrp() == getpid(), getsid(0));
    PUT("nice %d\npolicy %d\nioprio %lx\n", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0),
        syscall(SYS_ioprio_get, 1, 0));
    PUT("personality %x\ntimerslack %d\n", personality(~0u), prctl(PR_GET_TIMERSLACK));
    PUT("dumpable %d\nkeepcaps %d\nsecurebits %x\n", prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS),
        prctl(PR_GET_SECUREBITS));
    prctl(PR_GET_PDEATHSIG, &value);
    PUT("pdeathsig %d\n", value);
    prctl(PR_GET_CHILD_SUBREAPER, &value);
    PUT("subreaper %d\nthp %d\n", value, prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
    for (int i = 0; i < 3; i++) {
        getitimer(i, &timer);
        PUT("itimer[%d] %d\n", i, timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0);
    }
    PUT("secure %lu\nexecfn %s\n", getauxval(AT_SECURE), (const char *)getauxval(AT_EXECFN));
}

int main(int argc, char **argv) {
    (void)argc;
    put_descriptors();
    put_words("argv", argv);
    put_words("env", environ);
    put_limits();
    put_status();
    put_process();
    static const char *const files[] = {"oom_score_adj", "coredump_filter", "cgroup",
                                        "comm",          "loginuid",        "timerslack_ns"};
    static const char *const links[] = {"cwd",     "root",   "exe",    "ns/mnt",    "ns/pid", "ns/net",
                                        "ns/user", "ns/ipc", "ns/uts", "ns/cgroup", "ns/time"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        put_file(files[i]);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        put_link(links[i]);
    return write(1, output, length) == (ssize_t)length ? 0 : 98;
}
