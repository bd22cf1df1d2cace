/* What the library needs of the core to spawn: descriptors that JavaScript cannot make. */
#ifndef LANDLOCK_RUN_SPAWNING_H
#define LANDLOCK_RUN_SPAWNING_H

#include <node_api.h>
#include <stdbool.h>

/** Adds seal(), prepare() and close() to the exports. Returns false with an exception pending. */
bool spawning_define(napi_env env, napi_value exports);

#endif
