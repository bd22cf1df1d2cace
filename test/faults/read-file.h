/* A file for the programs that stand in for landlock-run's own. */
#ifndef LANDLOCK_RUN_TEST_READ_FILE_H
#define LANDLOCK_RUN_TEST_READ_FILE_H

#include <stddef.h>

/** Says what failed, with errno, and ends the program with 99. */
_Noreturn void fail(const char *what);

/** The whole file, in memory that malloc aligns well enough for a plan. Fails where it cannot be read. */
void *read_file(const char *path, size_t *size);

#endif
