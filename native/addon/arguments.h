/* The process's argument bytes, which Node keeps from its scripts. */
#ifndef LANDLOCK_RUN_ARGUMENTS_H
#define LANDLOCK_RUN_ARGUMENTS_H

#include <stddef.h>

/** Words as the kernel passed them: each ends with NUL, one behind the other. */
struct argument_words {
    char *bytes;
    size_t size;
};

/**
 * All of argv, node and its script included, as they were when the process started. bytes is to be given to
 * free().
 *
 * Returns 0 or an errno: ENOMEM, or that of reading /proc/self/cmdline (musl).
 */
int arguments_copy(struct argument_words *words);

#endif
