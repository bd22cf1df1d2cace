/* Questions about paths that a policy's checks ask by the hundred: through node:fs each costs more than a
 * system call. */
#ifndef LANDLOCK_RUN_PATHS_H
#define LANDLOCK_RUN_PATHS_H

#include <node_api.h>
#include <stdbool.h>

/** Adds readLink() and realPath() to the exports. Returns false with an exception pending. */
bool paths_define(napi_env env, napi_value exports);

#endif
