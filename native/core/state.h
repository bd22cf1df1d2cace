/* The process state that COMMAND inherits and that landlock-run, or the Node it runs in, has changed. */
#ifndef LANDLOCK_RUN_STATE_H
#define LANDLOCK_RUN_STATE_H

#include "context.h"

/** Instead of a record, where no Node was between the caller and this program: nothing was changed. */
extern const struct state_record state_untouched;

/** Refuses a record of another version or size. */
void state_check(const struct context *context);

/**
 * Gives COMMAND what the caller had: descriptors 0 to 2, ignored signals, signal mask, RLIMIT_NOFILE, and
 * blocking stdio, as the record says. With state_untouched nothing is to be given back. Without a record: 0
 * to 2 are inherited where they are open, SIGPIPE and SIGXFSZ (which Node ignores) are back to default, the
 * rest stays as it is. Call it as late as possible: a signal may end this process from here on.
 */
void state_restore(const struct context *context);

#endif
