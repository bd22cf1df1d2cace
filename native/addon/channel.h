/* How a spawned process gets its environment and tells its fate. */
#ifndef LANDLOCK_RUN_CHANNEL_H
#define LANDLOCK_RUN_CHANNEL_H

#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * Looks at the caller's environment, and returns a number that stands for what it holds: channel() tells
 * whether it still does. 0 where it cannot be kept. For the main thread only.
 */
int32_t channel_environment_state(void);

/** Adds channel() and readToEnd() to the exports. Returns false with an exception pending. */
bool channel_define(napi_env env, napi_value exports);

#endif
