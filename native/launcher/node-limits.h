/* What of this process may be too little for Node, which ends by a signal, with 1, or not at all where it is.
 */
#ifndef LANDLOCK_RUN_NODE_LIMITS_H
#define LANDLOCK_RUN_NODE_LIMITS_H

#include "../core/record.h"

#include <stdbool.h>

#define NODE_LIMITS_TEXT 1024

/**
 * Looks for limits under which some Node may not start: each is asked of the kernel, and none of them settles
 * it, as what Node needs differs between its releases and with the stack size. text: what was found, for a
 * message; empty where nothing was. Returns whether something was.
 */
bool node_limits_find(const struct state_record *record, char text[NODE_LIMITS_TEXT]);

#endif
