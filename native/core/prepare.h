/* A ruleset built once, for many spawns: src/library. */
#ifndef LANDLOCK_RUN_PREPARE_H
#define LANDLOCK_RUN_PREPARE_H

#include "apart.h"

struct prepare_report {
    int32_t error;   /* a negative errno where it could not be tried; then nothing else counts */
    int32_t file;    /* the prepared plan, sealed (prepared.h); -1 where the plan was refused */
    int32_t ruleset; /* -1 where it was refused, or nothing is handled */
    uint64_t handled_fs, handled_net, scoped, filter; /* what is enforced */
    struct apart_output output;                       /* exit 125: refused, and why */
};

/**
 * Settles the plan's requirements, opens its paths and builds its ruleset, all in a throw-away child: the
 * caller is not restricted, and a refusal does not end it. The same code does it as in a run. Both
 * descriptors are close-on-exec, and the caller's to close; so is report->output (apart_free()).
 */
void core_prepare(const uint8_t *plan, size_t size, char *const *envp, struct prepare_report *report);

/** The plan's bytes in a sealed file in memory. Returns its descriptor, or a negative errno. */
long core_seal(const uint8_t *plan, size_t size);

#endif
