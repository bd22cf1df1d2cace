/* A plan's requirements, settled with this kernel. */
#ifndef LANDLOCK_RUN_REQUIREMENTS_H
#define LANDLOCK_RUN_REQUIREMENTS_H

#include "context.h"

/**
 * Decides what the ruleset handles, scopes and logs, and which filter features are installed; warns of what
 * this kernel lacks; creates the ruleset where the kernel has all of it. no_new_privs is set before. Ends the
 * run where a requirement refuses, where nothing can be enforced, and where Landlock is absent without
 * consent.
 */
void requirements_settle(struct context *context);

#endif
