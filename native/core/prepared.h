/*
 * A plan whose ruleset has been built already: what a spawned process needs beside the ruleset's descriptor.
 * Written and read by the core of one and the same build, through a sealed file in memory: never kept, never
 * sent.
 */
#ifndef LANDLOCK_RUN_PREPARED_H
#define LANDLOCK_RUN_PREPARED_H

#include "context.h"

#define PREPARED_MAGIC "LLRPREP" /* and its NUL: 8 bytes */
#define PREPARED_VERSION 4

/** Behind it come the directory rules, what is settled of PATH, the environment, then the plan. Every part
 * begins on an 8-byte boundary. */
struct prepared_header {
    char magic[8];
    uint32_t version;
    uint32_t rule_count;
    uint64_t size; /* of all of it */
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
    uint64_t filter;
    uint32_t restrict_flags;
    uint32_t has_ruleset;      /* 0: nothing is handled, the filter is all */
    uint64_t path_size;        /* 0, or that of two strings: context.path and context.path_settled */
    uint64_t environment_size; /* 0, or that of context.prepared */
};
_Static_assert(sizeof(struct prepared_header) == 80, "parts begin on 8-byte boundaries");

/** Writes what apply_build() came to, and the plan's bytes. Every directory rule has been looked at. Returns
 * 0 or a negative errno. */
long prepared_write(const struct context *context, int file);

/**
 * Takes what was written into the context, as if it had just been built; ruleset is its descriptor, or -1. On
 * success *plan and *plan_size are the plan inside of bytes.
 *
 * Returns NULL, or what is wrong with the bytes.
 */
const char *prepared_take(struct context *context, int ruleset, const uint8_t *bytes, size_t size,
                          const uint8_t **plan, size_t *plan_size);

#endif
