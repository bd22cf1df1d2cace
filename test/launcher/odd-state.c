/*
 * odd-state PROGRAM ARG...
 *
 * Becomes PROGRAM with nearly everything that a process can inherit set to something unusual, and with words
 * and an environment that are no text. Exit status of its own: 99.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static char *const odd_words[] = {"plain",    "",  "\xff\xfe not UTF-8 \xc3", "line\nbreak", "--", "--help",
                                  "\001mark", NULL};

static char *const odd_environment[] = {
    "PATH=/usr/bin:/bin",
    "ODD=\xff\xc0",
    "no-equals-sign",
    "",
    "=no name",
    "TWICE=first",
    "TWICE=second",
    "\001MARK=1",
    "\001\001",
    "HOME=/nonexistent",
    "LANG=de_DE.UTF-8",
    "NODE_OPTIONS=--require=/nonexistent/hook.js --no-such-option",
    "NODE_EXTRA_CA_CERTS=/nonexistent.pem",
    "NODE_V8_COVERAGE=/nonexistent",
    "OPENSSL_CONF=/nonexistent.cnf",
    "LD_LIBRARY_PATH=/nonexistent",
    "MALLOC_TOP_PAD_=4096",
    NULL,
};

static void insist(const char *what, long result) {
    if (result >= 0)
        return;
    dprintf(2, "odd-state: %s: %s\n", what, strerror(errno));
    exit(99);
}

static void limit(int resource, rlim_t soft) {
    struct rlimit now;
    insist("getrlimit", getrlimit(resource, &now));
    now.rlim_cur = soft;
    insist("setrlimit", setrlimit(resource, &now));
}

static void signals(void) {
    static const int ignored[] = {SIGHUP, SIGINT, SIGPIPE, SIGUSR2, SIGTTOU, 40};
    static const int blocked[] = {SIGUSR1, SIGTERM, SIGWINCH, 50};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        insist("signal", signal(ignored[i], SIG_IGN) == SIG_ERR ? -1 : 0);
    for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++)
        insist("sigaddset", sigaddset(&set, blocked[i]));
    insist("sigprocmask", sigprocmask(SIG_SETMASK, &set, NULL));
}

/* 3, 9, 17 and 200: below and above those that Node marks close-on-exec. */
static void descriptors(void) {
    int null = open("/dev/null", O_RDWR);
    insist("open", null);
    static const int numbers[] = {3, 9, 17, 200};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (null != numbers[i])
            insist("dup2", dup2(null, numbers[i]));
    if (null != 3)
        close(null);
    insist("F_SETFL", fcntl(1, F_SETFL, fcntl(1, F_GETFL) | O_NONBLOCK));
    insist("F_SETFL", fcntl(2, F_SETFL, fcntl(2, F_GETFL) & ~O_NONBLOCK));
    insist("close", close(0));
}

static void scheduling(void) {
    cpu_set_t processors;
    CPU_ZERO(&processors);
    CPU_SET(0, &processors);
    insist("sched_setaffinity", sched_setaffinity(0, sizeof processors, &processors));
    insist("sched_setscheduler", sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0}));
    errno = 0;
    if (nice(3) == -1 && errno != 0)
        insist("nice", -1);
    insist("ioprio_set", syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 6));
    insist("timer slack", prctl(PR_SET_TIMERSLACK, 123456));
}

static void write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY);
    insist(path, file);
    insist(path, write(file, text, strlen(text)));
    insist(path, close(file));
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 99;
    signals();
    limit(RLIMIT_NOFILE, 256);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_STACK, 5 << 20);
    umask(0137);
    scheduling();
    write_file("/proc/self/oom_score_adj", "300");
    write_file("/proc/self/coredump_filter", "0x7");
    insist("personality", personality(ADDR_NO_RANDOMIZE | UNAME26));
    insist("setitimer", setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_sec = 100000}, NULL));
    insist("pdeathsig", prctl(PR_SET_PDEATHSIG, SIGCONT));
    insist("THP", prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
    insist("setpgid", setpgid(0, 0));
    descriptors();
    size_t count = sizeof odd_words / sizeof *odd_words;
    char **words = calloc((size_t)argc + count, sizeof *words);
    insist("calloc", words == NULL ? -1 : 0);
    memcpy(words, argv + 1, ((size_t)argc - 1) * sizeof *words);
    memcpy(words + argc - 1, odd_words, sizeof odd_words);
    execve(words[0], words, odd_environment);
    insist(words[0], -1);
}
