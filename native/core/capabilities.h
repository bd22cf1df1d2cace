/* Capabilities that would void the policy. */
#ifndef LANDLOCK_RUN_CAPABILITIES_H
#define LANDLOCK_RUN_CAPABILITIES_H

#include "context.h"

/**
 * Takes the plan's capabilities out of the permitted, effective and inheritable sets of this thread; the
 * ambient set follows. no_new_privs has been set, so that the exec of root or of a file with capabilities
 * gives none back (capabilities(7), prctl(2)). Ends the run where one is left.
 */
void capabilities_drop(const struct context *context);

#endif
