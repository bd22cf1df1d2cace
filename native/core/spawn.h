/* A plan applied for a spawner: everything is told to its status descriptor, and nothing to COMMAND's. */
#ifndef LANDLOCK_RUN_SPAWN_H
#define LANDLOCK_RUN_SPAWN_H

#include "context.h"

/** Where the plan is. */
struct spawn_source {
    int plan;      /* a descriptor: the plan, or a prepared one; read from its start, and closed */
    bool prepared; /* which of the two (prepared.h) */
    int ruleset;   /* of a prepared plan: a descriptor, or -1 where nothing is handled; closed once it is
                      enforced */
};

/**
 * Applies the plan to this process and becomes COMMAND, as core_run() does for a caller without Node in
 * between. Ends the process with 125, 126 or 127 after JSON lines on the request's status descriptor:
 * diagnostics, then the event. The last thing before the exec is message_tell_exec(): a status that ends
 * without an event is that of a process which was killed before.
 *
 * argv: ended by NULL, with at least argv[0].
 */
_Noreturn void core_spawn(const struct spawn_request *request, struct spawn_source source, char *const *argv,
                          char *const *envp);

#endif
