/* COMMAND's environment: the caller's, edited as the plan says. */
#ifndef LANDLOCK_RUN_ENVIRONMENT_H
#define LANDLOCK_RUN_ENVIRONMENT_H

#include "context.h"
#include "environment-size.h"

/** Where COMMAND is looked up if the environment has no PATH. */
#define DEFAULT_SEARCH_PATH "/bin:/usr/bin"

/**
 * Takes the caller's environment from the spawner, byte for byte: it is the one that the plan was prepared
 * in, or waits behind the status descriptor, each entry with its NUL. What the process was started with comes
 * on top. Ends the run where it is cut off.
 */
void environment_take(struct context *context);

/** Edits the caller's environment, and settles the search path of COMMAND from what comes out. */
void environment_edit(struct context *context);

/**
 * Leaves out of COMMAND's PATH the directories in which the ruleset allows nothing to be executed: bash,
 * unlike execvp, stops at a denied candidate. Directories that do not exist stay; so does everything where
 * nothing would be left, or where executing is not restricted. The working directory is COMMAND's.
 */
void environment_edit_path(struct context *context);

/**
 * Settles which directories of PATH stay, for every process that is given the same PATH under this plan. What
 * does not exist is left open, and so is what depends on the process.
 */
void environment_settle_path(struct context *context);

/** The value of a variable, or NULL. */
const char *environment_get(char *const *environment, const char *name);

#endif
