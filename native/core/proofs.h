/* What a restricted process can and cannot do, tried. */
#ifndef LANDLOCK_RUN_PROOFS_H
#define LANDLOCK_RUN_PROOFS_H

#include "context.h"
#include "run.h"

/** What has to be at hand before the restriction, so that a refusal afterwards means the restriction. */
struct proof_controls {
    bool root_listable;  /* `/` could be listed */
    int abstract_socket; /* a bound abstract UNIX datagram socket of the unrestricted process, or a negative
                            errno */
    uint8_t abstract_name[110];
    uint32_t abstract_size;
    int outsider; /* the process that a signal would go to */
};

/** Takes the controls. outsider is the parent, which stays unrestricted. */
struct proof_controls proofs_prepare(int outsider);

/**
 * Tries, in the restricted process, one thing for each restriction that can be tried without an effect on
 * anything outside, and one thing that is granted. No packet leaves the machine, nothing is written, no
 * signal is sent.
 */
void proofs_collect(struct context *context, const struct proof_controls *controls,
                    struct check_report *report);

#endif
