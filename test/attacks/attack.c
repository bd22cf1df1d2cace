/*
 * attack DIRECTORY PID ADDRESS DESCRIPTOR SEGMENT KEY NAME... - tries attacks by name, each in a process of
 * its own, and prints a line for each: `NAME out` if it got out, `NAME denied ERRNO`, or `NAME signal N` if
 * that ended it. See attack.h.
 */
#define _GNU_SOURCE
#include "attack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_ERRNO 250

static const struct {
    const struct attack *attacks;
    const size_t *count;
} kinds[] = {
    {process_attacks, &process_attack_count},     {file_attacks, &file_attack_count},
    {namespace_attacks, &namespace_attack_count}, {ipc_attacks, &ipc_attack_count},
    {kernel_attacks, &kernel_attack_count},       {metadata_attacks, &metadata_attack_count},
};

const char *attack_path(const char *directory, const char *name) {
    char *path;
    if (asprintf(&path, "%s/%s", directory, name) < 0)
        abort();
    return path;
}

int attack_fail(int error) {
    errno = error;
    return -1;
}

int attack_reads_secret(int fd) {
    char buffer[64] = "";
    if (fd < 0)
        return -1;
    ssize_t got = read(fd, buffer, sizeof buffer - 1);
    int error = errno;
    close(fd);
    if (got < 0)
        return attack_fail(error);
    return strncmp(buffer, SECRET, strlen(SECRET)) == 0 ? 0 : attack_fail(ENODATA);
}

static const struct attack *find(const char *name) {
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
        for (size_t i = 0; i < *kinds[kind].count; i++)
            if (strcmp(kinds[kind].attacks[i].name, name) == 0)
                return &kinds[kind].attacks[i];
    return NULL;
}

static void attempt(const struct attack *attack, const struct target *target) {
    pid_t child = fork();
    if (child < 0) {
        perror("attack: fork");
        exit(64);
    }
    if (child == 0) {
        errno = 0;
        int failed = attack->act(target);
        _exit(failed == 0 ? 0 : errno == 0 ? NO_ERRNO : errno);
    }
    int status;
    if (waitpid(child, &status, 0) != child) {
        perror("attack: waitpid");
        exit(64);
    }
    if (WIFSIGNALED(status))
        printf("%s signal %d\n", attack->name, WTERMSIG(status));
    else if (WEXITSTATUS(status) == 0)
        printf("%s out\n", attack->name);
    else
        printf("%s denied %d\n", attack->name, WEXITSTATUS(status));
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc < 8) {
        fputs("usage: attack DIRECTORY PID ADDRESS DESCRIPTOR SEGMENT KEY NAME...\n", stderr);
        return 64;
    }
    struct target target = {
        .directory = argv[1],
        .pid = atoi(argv[2]),
        .address = (uintptr_t)strtoull(argv[3], NULL, 16),
        .descriptor = atoi(argv[4]),
        .segment = atoi(argv[5]),
        .key = atoi(argv[6]),
    };
    target.work = attack_path(argv[1], "work");
    target.out = attack_path(argv[1], "out");
    target.ro = attack_path(argv[1], "ro");
    target.secret = attack_path(target.out, "secret");
    for (int i = 7; i < argc; i++) {
        const struct attack *attack = find(argv[i]);
        if (attack == NULL) {
            fprintf(stderr, "attack: unknown: %s\n", argv[i]);
            return 64;
        }
        attempt(attack, &target);
    }
    return 0;
}
