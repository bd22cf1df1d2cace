#include "arguments.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __GLIBC__

/* musl takes libc.so.6 for itself, whatever versions are asked for, and passes constructors nothing: with a
 * name that only glibc has, this file does not load there. */
extern const char *gnu_get_libc_version(void);
static const char *(*const glibc_only)(void)__attribute__((used)) = gnu_get_libc_version;

static int main_argc;
static char **main_argv;

/* glibc passes main()'s arguments to the constructors of every object, also of one that is loaded later. */
__attribute__((constructor)) static void remember(int argc, char **argv) {
    main_argc = argc;
    main_argv = argv;
}

int arguments_copy(struct argument_words *words) {
    words->size = 0;
    for (int i = 0; i < main_argc; i++)
        words->size += strlen(main_argv[i]) + 1;
    words->bytes = malloc(words->size + 1);
    if (words->bytes == NULL)
        return ENOMEM;
    char *at = words->bytes;
    for (int i = 0; i < main_argc; i++) {
        size_t length = strlen(main_argv[i]) + 1;
        memcpy(at, main_argv[i], length);
        at += length;
    }
    return 0;
}

#else

/** Reads to the end of the file. Returns 0 or an errno. */
static int read_all(int file, struct argument_words *words) {
    size_t capacity = 0;
    for (;;) {
        if (words->size == capacity) {
            capacity = capacity == 0 ? 4096 : capacity * 2;
            char *grown = realloc(words->bytes, capacity);
            if (grown == NULL)
                return ENOMEM;
            words->bytes = grown;
        }
        ssize_t got = read(file, words->bytes + words->size, capacity - words->size);
        if (got == 0)
            return 0;
        if (got < 0 && errno != EINTR)
            return errno;
        if (got > 0)
            words->size += (size_t)got;
    }
}

int arguments_copy(struct argument_words *words) {
    *words = (struct argument_words){NULL, 0};
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
    int error = read_all(file, words);
    close(file);
    if (error == 0 && (words->size == 0 || words->bytes[words->size - 1] != '\0'))
        error = EIO;
    if (error != 0)
        free(words->bytes);
    return error;
}

#endif
