/* One path row, opened: where the kernel decides what a path is. */
#ifndef LANDLOCK_RUN_OPEN_PATH_H
#define LANDLOCK_RUN_OPEN_PATH_H

#include "context.h"

#define PARENT_NONE (-1)
#define PARENT_MISSING (-2)

/** A path that was opened, or could not be. */
struct opened {
    long descriptor; /* or a negative errno: ENOENT and ENOTDIR where the path is missing */
    bool directory;  /* it surely is one, as the kernel opened it with O_DIRECTORY; else it can be one too */
};

/**
 * Opens the row's path with O_PATH, below the parent's descriptor where it has one.
 *
 * parent: a descriptor, PARENT_NONE, or PARENT_MISSING.
 * A path that leaves its parent's tree ends the run, or is opened all the same where the plan consents.
 */
struct opened open_path(const struct context *context, const struct path_row *row, int parent);

/**
 * Makes the directory of a MAKE_DIRECTORY row where it is missing: its last component only, mode 0700. Below
 * a parent its directory part is opened beneath the parent first, so that a planted link cannot make
 * directories outside.
 *
 * Returns whether it is there: a check makes nothing, and then answers false for one that a run would make.
 * Every failure ends the run.
 */
bool make_directory(struct context *context, const struct path_row *row, int parent);

#endif
