/*
 * grant-and-exec [-u] [r:PATH | x:PATH]... -- PATH ARG...
 *
 * Executes PATH in a Landlock domain that handles EXECUTE and READ_FILE and grants READ_FILE (r:) or both
 * (x:) on the paths that are named; with -u in no domain. Where execve fails, writes its errno to descriptor
 * 1 and exits 99; 98 where the domain cannot be made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXECUTE 1ULL
#define READ_FILE 4ULL

struct path_beneath {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

static int grant(int ruleset, const char *word) {
    struct path_beneath rule = {.allowed_access = word[0] == 'x' ? EXECUTE | READ_FILE : READ_FILE};
    rule.parent_fd = open(word + 2, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return -1;
    long failed = syscall(445, ruleset, 1, &rule, 0);
    close(rule.parent_fd);
    return failed ? -1 : 0;
}

int main(int argc, char **argv) {
    uint64_t handled[2] = {EXECUTE | READ_FILE, 0};
    int restricted = !(argc > 1 && strcmp(argv[1], "-u") == 0);
    int ruleset = (int)syscall(444, handled, sizeof handled[0], 0);
    if (ruleset < 0)
        return 98;
    int at = restricted ? 1 : 2;
    for (; at < argc && strcmp(argv[at], "--") != 0; at++)
        if (grant(ruleset, argv[at]) != 0)
            return 98;
    if (at + 1 >= argc)
        return 98;
    if (restricted && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(446, ruleset, 0) != 0))
        return 98;
    close(ruleset);
    execv(argv[at + 1], argv + at + 1);
    printf("%d\n", errno);
    return 99;
}
