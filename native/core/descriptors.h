/* Which descriptors COMMAND inherits: an open descriptor is beyond Landlock's reach. */
#ifndef LANDLOCK_RUN_DESCRIPTORS_H
#define LANDLOCK_RUN_DESCRIPTORS_H

#include "context.h"

/** Holds the place of each closed descriptor of 0 to 2 until the exec, so that none of ours becomes one of
 * them. */
void descriptors_hold_standard(struct context *context);

/**
 * Marks close-on-exec every descriptor from 3 on but those that the plan keeps. Ends the run where one to
 * keep, or the status descriptor, is not open. Warns of a descriptor that COMMAND names and does not get.
 */
void descriptors_settle(const struct context *context);

/** Remembers which descriptors paths of the plan name that are not open: before any of ours can take their
 * numbers. */
void descriptors_note_closed(struct context *context);

/** Whether a path leads through a descriptor of this process: /dev/fd/N, /dev/stdin and the like, or
 * /proc/self/fd/N, or below it. */
bool descriptors_named(const char *path, unsigned *descriptor);

/** Whether it leads through one that the caller did not open: Node and this program have some of their own,
 * and a path of the user's never means them. */
bool descriptors_foreign(const struct context *context, const char *path);

#endif
