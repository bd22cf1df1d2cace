/* Which Node reads the policy. It decides what is enforced, so it comes from no place that a run could have
 * written to: docs/launcher.md. */
#ifndef LANDLOCK_RUN_FIND_NODE_H
#define LANDLOCK_RUN_FIND_NODE_H

#include "own-path.h"

/** Tries one path; returns false to be asked with the next. */
typedef bool find_node_try(const char *path, void *context);

/**
 * Tries one place after the other: the Node that built this installation (root/dist/node), the Node whose npm
 * installed it (PREFIX/bin/node of PREFIX/lib/node_modules/landlock-run), PATH, and where distributions put
 * it. In PATH only absolute directories count, that are not below the working directory, and not
 * node_modules/.bin.
 *
 * Where root/dist/node is there and cannot be executed (the Node that it leads to is gone), nothing else is
 * tried: an installation that is bound to one Node is not to run under what happens to lie elsewhere.
 *
 * root: the package's directory. search: PATH's value, or NULL. Returns when no place is left: NULL, or
 * root/dist/node where that is why.
 */
const char *find_node(const char *root, const char *search, find_node_try *try, void *context);

#endif
