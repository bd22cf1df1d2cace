/* COMMAND takes over the process. */
#ifndef LANDLOCK_RUN_EXEC_H
#define LANDLOCK_RUN_EXEC_H

#include "context.h"

/**
 * Executes COMMAND, argv[0] of the run, as execvp(3) does: by its path where the name holds a slash, else
 * from each directory of the search path in turn; a file without a known format goes to /bin/sh. Never
 * returns: where nothing can be executed it tells why, and ends the process with 127 (nothing was found) or
 * 126.
 */
_Noreturn void exec_command(struct context *context);

#endif
