/*
 * bench-spawn ROUNDS COMMAND [ARG...] [+ COMMAND [ARG...]]...
 *
 * Starts each command in turn, ROUNDS times over, and waits for it; prints a line for each round with the
 * nanoseconds that each took from clone to its end. So what disturbs the machine disturbs all of them alike.
 * Standard output and error of the commands go to /dev/null. Exit status: 1 where a command cannot be started
 * or fails.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define COMMANDS_MAX 64

extern char **environ;

static long long now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000ll + at.tv_nsec;
}

static long long measure(char **command, const posix_spawn_file_actions_t *actions) {
    pid_t child;
    int status = 0;
    long long start = now();
    int error = posix_spawn(&child, command[0], actions, NULL, command, environ);
    if (error != 0 || waitpid(child, &status, 0) < 0 || status != 0) {
        fprintf(stderr, "bench-spawn: %s: %s, status %x\n", command[0], strerror(error), (unsigned)status);
        exit(1);
    }
    return now() - start;
}

int main(int argc, char **argv) {
    char **commands[COMMANDS_MAX];
    int count = 0;
    if (argc < 3)
        return 1;
    commands[count++] = argv + 2;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "+") != 0)
            continue;
        argv[i] = NULL;
        if (count == COMMANDS_MAX || i + 1 == argc)
            return 1;
        commands[count++] = argv + i + 1;
    }
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) != 0)
        return 1;
    for (int round = atoi(argv[1]); round > 0; round--) {
        for (int i = 0; i < count; i++)
            printf("%lld%c", measure(commands[i], &actions), i + 1 == count ? '\n' : ' ');
        fflush(stdout);
    }
    return 0;
}
