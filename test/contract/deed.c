/*
 * deed NAME [WORD...] [NAME [WORD...]]... - does what it is told and prints one line for each deed: `ok`, or
 * the name of the errno that the kernel answered with. Tests compare what it prints with landlock-run around
 * it and without. Exit status: 0 if every deed could be tried, 64 if one is unknown.
 */
#define _GNU_SOURCE
#include "deed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    int error;
    const char *name;
} errors[] = {
    {EPERM, "EPERM"},
    {ENOENT, "ENOENT"},
    {ESRCH, "ESRCH"},
    {EIO, "EIO"},
    {ENXIO, "ENXIO"},
    {EACCES, "EACCES"},
    {EEXIST, "EEXIST"},
    {EXDEV, "EXDEV"},
    {ENOTDIR, "ENOTDIR"},
    {EINVAL, "EINVAL"},
    {ENOTTY, "ENOTTY"},
    {ENOSYS, "ENOSYS"},
    {EPROTONOSUPPORT, "EPROTONOSUPPORT"},
    {ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT"},
    {EOPNOTSUPP, "EOPNOTSUPP"},
    {EAFNOSUPPORT, "EAFNOSUPPORT"},
    {EADDRINUSE, "EADDRINUSE"},
    {ENETUNREACH, "ENETUNREACH"},
    {ENOPROTOOPT, "ENOPROTOOPT"},
    {ECONNREFUSED, "ECONNREFUSED"},
};

static const char *error_name(int error) {
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].error == error)
            return errors[i].name;
    return strerror(error);
}

long deed_number(const char *word) {
    char *end;
    long value = strtol(word, &end, 0);
    if (end == word || *end) {
        fprintf(stderr, "deed: not a number: %s\n", word);
        exit(64);
    }
    return value;
}

static const struct deed *find(const struct deed *deeds, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(deeds[i].name, name))
            return deeds + i;
    return NULL;
}

int main(int argc, char **argv) {
    for (int next = 1; next < argc;) {
        const struct deed *deed = find(file_deeds, file_deed_count, argv[next]);
        if (!deed)
            deed = find(network_deeds, network_deed_count, argv[next]);
        if (!deed)
            deed = find(process_deeds, process_deed_count, argv[next]);
        if (!deed || next + deed->takes >= argc) {
            fprintf(stderr, "deed: cannot do: %s\n", argv[next]);
            return 64;
        }
        int failed = deed->act(argv + next + 1);
        puts(failed ? error_name(errno) : "ok");
        fflush(stdout);
        next += 1 + deed->takes;
    }
    return 0;
}
