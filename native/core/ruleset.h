/* The ruleset from its creation to its enforcement. */
#ifndef LANDLOCK_RUN_RULESET_H
#define LANDLOCK_RUN_RULESET_H

#include "context.h"

/** Creates the ruleset that the settled requirements ask for, unless asking the kernel has created it
 * already; none where they ask for nothing. */
void ruleset_create(struct context *context);

/** Adds the plan's ports, each a rule of its own. Rights that are not handled on this kernel are left out. */
void ruleset_add_ports(const struct context *context);

/** Grants each of descriptors 0, 1 and 2 that is a terminal what the row says. Uses the descriptor, so never
 * all of /dev/pts. */
void ruleset_add_terminals(const struct context *context, const struct path_row *row);

/** Adds one rule for an open path. EBADFD (a pipe, a socket, a memfd: never restricted) counts as granted.
 * subject is for the message. */
void ruleset_add_path(const struct context *context, const struct path_row *row, int descriptor,
                      uint64_t access, const char *subject);

/** Enforces the ruleset on this thread and closes it: whoever inherited it could widen it. no_new_privs is
 * set before. */
void ruleset_enforce(struct context *context);

#endif
