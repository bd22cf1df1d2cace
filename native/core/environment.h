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

/** The value of a variable, or NULL. */
const char *environment_get(char *const *environment, const char *name);

/** How many entries there are before the NULL. */
size_t environment_count(char *const *entries);

/** Replaces the first entry of the same name and drops later ones, or appends; there is room for one more,
 * and no NULL is written. Returns the new count. */
size_t environment_put(char **entries, size_t count, char *entry);

#endif
