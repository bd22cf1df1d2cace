/* How a spawned process gets its environment and tells its fate. */
#ifndef LANDLOCK_RUN_CHANNEL_H
#define LANDLOCK_RUN_CHANNEL_H

#include <node_api.h>
#include <stdbool.h>

/** Adds channel() and readToEnd() to the exports. Returns false with an exception pending. */
bool channel_define(napi_env env, napi_value exports);

#endif
