/* A plan applied to this process, up to the exec. */
#ifndef LANDLOCK_RUN_APPLY_H
#define LANDLOCK_RUN_APPLY_H

#include "context.h"

/**
 * Decodes the plan into the context and readies the process for it: the reporter as the plan has it,
 * descriptors 0 to 2 held. bytes are aligned to 8. Ends the run where the plan is damaged.
 */
void apply_decode(struct context *context, const uint8_t *bytes, size_t size);

/** Sets no_new_privs, settles the requirements and builds the ruleset. Nothing is restricted yet. */
void apply_build(struct context *context);

/** Enforces what was built when it was prepared: from here on the process is restricted. */
void apply_enforce(struct context *context);

/** Builds, and enforces what was built. */
void apply_restriction(struct context *context);

/** The working directory and environment of COMMAND. */
void apply_surroundings(struct context *context);

#endif
