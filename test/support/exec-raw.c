/*
 * exec-raw [-e HEX]... [-u HEX]... [-d HEX] [-c FD]... [-i SIGNAL]... [-m SIGNAL]... [-n SOFT] [-k FD]... --
 * HEX...
 *
 * Becomes the program that the hexadecimal words spell, with exactly their bytes: node's spawn knows text
 * only, reopens what it inherits and resets signals. Before that, in this order: sets (-e NAME=VALUE) or
 * removes (-u NAME) environment entries, changes to a directory, ignores (-i) and blocks (-m) signals, lowers
 * the soft limit of open descriptors (-n), closes descriptors. Exit status of its own: 99.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void fail(const char *what) {
    dprintf(2, "exec-raw: %s: %s\n", what, strerror(errno));
    exit(99);
}

static int digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    errno = EINVAL;
    fail("not a hexadecimal word");
    return -1;
}

/* In: hexadecimal digits. Out: the bytes, ended by NUL, in memory that is never freed. */
static char *decode(const char *hex) {
    size_t length = strlen(hex) / 2;
    char *bytes = calloc(1, length + 1);
    if (!bytes)
        fail("memory");
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return bytes;
}

static void lower_nofile(const char *soft) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        fail("getrlimit");
    limit.rlim_cur = strtoul(soft, NULL, 10);
    if (setrlimit(RLIMIT_NOFILE, &limit))
        fail("setrlimit");
}

static void block(int number) {
    sigset_t set;
    sigemptyset(&set);
    if (sigaddset(&set, number) || sigprocmask(SIG_BLOCK, &set, NULL))
        fail("sigprocmask");
}

/* Closes descriptors `from` to `to` (Linux 5.9; not every C library has the function). */
static void close_between(unsigned int from, unsigned int to) {
    if (from <= to && syscall(SYS_close_range, from, to, 0))
        fail("close_range");
}

int main(int argc, char **argv) {
    int option;
    int closed[3];
    size_t closing = 0;
    unsigned int unkept = 3;
    while ((option = getopt(argc, argv, "+e:u:d:c:i:m:n:k:")) != -1) {
        if (option == 'e' && putenv(decode(optarg)))
            fail("putenv");
        if (option == 'u' && unsetenv(decode(optarg)))
            fail("unsetenv");
        if (option == 'd' && chdir(decode(optarg)))
            fail("chdir");
        if (option == 'i' && signal(atoi(optarg), SIG_IGN) == SIG_ERR)
            fail("signal");
        if (option == 'm')
            block(atoi(optarg));
        if (option == 'n')
            lower_nofile(optarg);
        if (option == 'c' && closing < 3)
            closed[closing++] = atoi(optarg);
        if (option == 'k') {
            unsigned int kept = (unsigned int)atoi(optarg);
            close_between(unkept, kept - 1);
            unkept = kept + 1;
        }
        if (option == '?')
            return 99;
    }
    if (optind == argc) {
        errno = EINVAL;
        fail("no program");
    }
    for (int i = optind; i < argc; i++)
        argv[i] = decode(argv[i]);
    close_between(unkept, ~0U);
    for (size_t i = 0; i < closing; i++)
        if (close(closed[i]))
            fail("close");
    execvp(argv[optind], argv + optind);
    fail(argv[optind]);
}
