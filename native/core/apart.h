/* A throw-away child in which a plan is applied: what it says, and how it ends. */
#ifndef LANDLOCK_RUN_APART_H
#define LANDLOCK_RUN_APART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How the child ended, and what it said. */
struct apart_output {
    int32_t exit;    /* its exit status; 125 where a signal ended it */
    uint32_t signal; /* that signal, or 0 */
    char *bytes;     /* in memory of its own; NULL where it said nothing */
    size_t size;
    size_t capacity;
};

/** Whether a result of mmap(2) is an errno. */
static inline bool apart_is_error(long result) { return result < 0 && result > -4096; }

/** Reads what the child says until it has ended. Returns 0 or a negative errno. */
long apart_collect(struct apart_output *output, int from);

/** Waits for the child's end. Returns 0 or a negative errno. */
long apart_wait(long child, struct apart_output *output);

/** Gives the memory back. */
void apart_free(struct apart_output *output);

#endif
