/* COMMAND's PATH: without the directories in which nothing may be executed. */
#ifndef LANDLOCK_RUN_SEARCH_PATH_H
#define LANDLOCK_RUN_SEARCH_PATH_H

#include "context.h"

/**
 * Leaves out of COMMAND's PATH the directories in which the ruleset allows nothing to be executed: bash,
 * unlike execvp, stops at a denied candidate. Directories that do not exist stay; so does everything where
 * nothing would be left, or where executing is not restricted. The working directory is COMMAND's.
 */
void search_path_edit(struct context *context);

/**
 * Settles which directories of PATH stay, for every process that is given the same PATH under this plan. What
 * does not exist is left open, and so is what depends on the process.
 */
void search_path_settle(struct context *context);

#endif
