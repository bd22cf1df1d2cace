/* A plan applied to this process, up to the exec. */
#ifndef LANDLOCK_RUN_APPLY_H
#define LANDLOCK_RUN_APPLY_H

#include "context.h"

/**
 * Decodes the plan into the context and readies the process for it: the reporter as the plan has it,
 * descriptors 0 to 2 held. bytes are aligned to 8. Ends the run where the plan is damaged.
 */
void apply_decode(struct context *context, const uint8_t *bytes, size_t size);

/** Settles the requirements, builds the ruleset and enforces it: from here on the process is restricted. */
void apply_restriction(struct context *context);

/** The working directory and environment of COMMAND. */
void apply_surroundings(struct context *context);

#endif
