/* Which directory a path leads to. */
#ifndef LANDLOCK_RUN_PLACE_H
#define LANDLOCK_RUN_PLACE_H

#include <stdbool.h>
#include <stdint.h>

/** A directory in a mount: one that is bound to two places has two parents. */
struct place {
    uint64_t device;
    uint64_t inode;
    uint64_t mount;
    bool has_mount; /* the kernel has told it */
};

/** Finds out where the path leads, through links. Returns 0 or a negative errno. */
long place_find(const char *path, struct place *place);

bool place_is_same(const struct place *a, const struct place *b);

#endif
