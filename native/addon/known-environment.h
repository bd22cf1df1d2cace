/* The caller's environment as a spawned process is to have it, and whether it is still what it was. */
#ifndef LANDLOCK_RUN_KNOWN_ENVIRONMENT_H
#define LANDLOCK_RUN_KNOWN_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* Variables at most: more go the way of any other environment, through execve(2). */
#define VARIABLES_MAX 256

/** The environment's entries, each with its NUL. Returns their size in bytes, and in *count how many there
 * are; 0 where it is too large. */
size_t environment_gather(struct iovec parts[VARIABLES_MAX], size_t *count);

/** Keeps what the environment holds, and returns a number that stands for it; 0 where it cannot be kept. For
 * the main thread only, as environment_is_known() is. */
int32_t environment_state(void);

/** Whether what was gathered is what the number stands for. */
bool environment_is_known(int32_t state, const struct iovec *parts, size_t count, size_t size);

#endif
