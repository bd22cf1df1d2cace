/* The plan's path rows, opened and turned into rules. */
#ifndef LANDLOCK_RUN_PATHS_H
#define LANDLOCK_RUN_PATHS_H

#include "context.h"

/**
 * Makes, opens and grants the paths, row by row, and closes each; a parent stays open until its last child is
 * done. The ruleset has been created. Ends the run as the rows' flags say.
 */
void paths_grant(struct context *context);

#endif
