/* Bytes in memory that nobody can change any more, behind a descriptor: memfd_create(2) and its seals. */
#ifndef LANDLOCK_RUN_SEALED_H
#define LANDLOCK_RUN_SEALED_H

#include <stddef.h>

/** A new, empty file in memory, close-on-exec. Returns its descriptor, or a negative errno. */
long sealed_open(void);

/** Appends to it. Returns 0 or a negative errno. */
long sealed_append(int file, const void *from, size_t size);

/** From here on it neither changes nor grows, and no seal comes off. Returns 0 or a negative errno. */
long sealed_close(int file);

#endif
