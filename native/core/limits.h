/* Resource limits of COMMAND. */
#ifndef LANDLOCK_RUN_LIMITS_H
#define LANDLOCK_RUN_LIMITS_H

#include "context.h"

/** Sets the plan's limits on this process. Comes last before the exec, as they bind landlock-run itself. Ends
 * the run where the kernel refuses one. */
void limits_set(const struct context *context);

#endif
