/* Globs over names of environment variables. */
#ifndef LANDLOCK_RUN_GLOB_H
#define LANDLOCK_RUN_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Whether the whole name, given with its length, matches the glob: `*` is any bytes or none, `?` is one byte,
 * all else is itself. With fold, ASCII letters are compared without case.
 */
bool glob_match(const char *glob, const char *name, size_t length, bool fold);

#endif
