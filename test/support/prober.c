/*
 * prober WORD... - makes Landlock calls as told and prints one answer a line: `ok`, a number, or the errno's
 * name.
 *
 *   version | errata           landlock_create_ruleset(NULL, 0, ...)
 *   ask ATTR SIZE FLAGS        the same with any arguments (ATTR: null or some)
 *   create SIZE W0,W1,...      a ruleset_attr of SIZE bytes with these 64-bit words; the ruleset serves what
 * follows path ACCESS PATH FLAGS     a path_beneath rule port ACCESS PORT FLAGS     a net_port rule type N FD
 * a rule of any type, with `ruleset` or a descriptor number nnp                        no_new_privs restrict
 * FLAGS             landlock_restrict_self read PATH                  opens a file for reading pid the
 * process id exec COMMAND...            becomes COMMAND
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake-abi-kernel.h"

static int ruleset = -1;

static const char *error_name(int error) {
    static const struct {
        int error;
        const char *name;
    } names[] = {
        {EPERM, "EPERM"},           {ENOENT, "ENOENT"}, {E2BIG, "E2BIG"},   {EBADF, "EBADF"},
        {EACCES, "EACCES"},         {EFAULT, "EFAULT"}, {EINVAL, "EINVAL"}, {ENOSYS, "ENOSYS"},
        {EOPNOTSUPP, "EOPNOTSUPP"}, {ENOMSG, "ENOMSG"}, {EBADFD, "EBADFD"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].error == error)
            return names[i].name;
    return strerror(error);
}

/* Prints what a call came to. `number`: success is printed as its value. */
static void print_result(long result, int number) {
    if (result < 0)
        puts(error_name(errno));
    else if (number)
        printf("%ld\n", result);
    else
        puts("ok");
}

static uint64_t number(const char *word) {
    char *end;
    uint64_t value = strtoull(word, &end, 0);
    if (end == word || (*end && *end != ',')) {
        fprintf(stderr, "prober: not a number: %s\n", word);
        exit(64);
    }
    return value;
}

static void create(char **words) {
    uint64_t attr[1024] = {0};
    size_t count = 0;
    for (char *word = words[1]; word && count < 1024; word = strchr(word, ',')) {
        word += *word == ',';
        attr[count++] = number(word);
    }
    ruleset = (int)syscall(NR_CREATE_RULESET, attr, number(words[0]), 0);
    print_result(ruleset, 0);
}

static void add_path(char **words) {
    struct path_beneath_attr attr = {.allowed_access = number(words[0])};
    attr.parent_fd = open(words[1], O_PATH | O_CLOEXEC);
    if (attr.parent_fd < 0) {
        fprintf(stderr, "prober: %s: %s\n", words[1], strerror(errno));
        exit(64);
    }
    print_result(syscall(NR_ADD_RULE, ruleset, RULE_PATH_BENEATH, &attr, number(words[2])), 0);
    close(attr.parent_fd);
}

static void add_port(char **words) {
    struct net_port_attr attr = {.allowed_access = number(words[0]), .port = number(words[1])};
    print_result(syscall(NR_ADD_RULE, ruleset, RULE_NET_PORT, &attr, number(words[2])), 0);
}

static void add_type(char **words) {
    struct net_port_attr attr = {.allowed_access = 1};
    int fd = strcmp(words[1], "ruleset") ? (int)number(words[1]) : ruleset;
    print_result(syscall(NR_ADD_RULE, fd, number(words[0]), &attr, 0), 0);
}

static void ask(char **words) {
    uint64_t attr = 1;
    void *address = strcmp(words[0], "null") ? &attr : NULL;
    print_result(syscall(NR_CREATE_RULESET, address, number(words[1]), number(words[2])), 1);
}

static void version(char **words) {
    (void)words;
    print_result(syscall(NR_CREATE_RULESET, NULL, 0, FLAG_VERSION), 1);
}

static void errata(char **words) {
    (void)words;
    print_result(syscall(NR_CREATE_RULESET, NULL, 0, FLAG_ERRATA), 1);
}

static void no_new_privs(char **words) {
    (void)words;
    print_result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
}

static void restrict_self(char **words) {
    print_result(syscall(NR_RESTRICT_SELF, ruleset, number(words[0])), 0);
}

static void read_file(char **words) {
    int fd = open(words[0], O_RDONLY | O_CLOEXEC);
    print_result(fd, 0);
    if (fd >= 0)
        close(fd);
}

static void process(char **words) {
    (void)words;
    print_result(getpid(), 1);
}

static void execute(char **words) {
    fflush(stdout);
    execvp(words[0], words);
    print_result(-1, 0);
    exit(64);
}

int main(int argc, char **argv) {
    static const struct {
        const char *word;
        int takes;
        void (*act)(char **words);
    } acts[] = {
        {"version", 0, version}, {"errata", 0, errata},    {"ask", 3, ask},
        {"create", 2, create},   {"path", 3, add_path},    {"port", 3, add_port},
        {"type", 2, add_type},   {"nnp", 0, no_new_privs}, {"restrict", 1, restrict_self},
        {"read", 1, read_file},  {"pid", 0, process},      {"exec", 1, execute},
    };
    for (int next = 1; next < argc;) {
        size_t i = 0;
        while (i < sizeof acts / sizeof *acts && strcmp(acts[i].word, argv[next]))
            i++;
        if (i == sizeof acts / sizeof *acts || next + acts[i].takes >= argc) {
            fprintf(stderr, "prober: cannot do: %s\n", argv[next]);
            return 64;
        }
        acts[i].act(argv + next + 1);
        next += 1 + acts[i].takes;
    }
    return 0;
}
