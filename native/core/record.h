/* What a front program writes down about its own process before Node starts in it: Node changes all of this
 * before any script runs. */
#ifndef LANDLOCK_RUN_RECORD_H
#define LANDLOCK_RUN_RECORD_H

#include <stddef.h>
#include <stdint.h>

#define STATE_RECORD_VERSION 1
#define STATE_RECORD_DESCRIPTORS 1024

/** Flat, so that it can be handed over as bytes. */
struct state_record {
    uint32_t version;         /* STATE_RECORD_VERSION */
    uint32_t size;            /* of this struct */
    uint64_t ignored_signals; /* signal N is bit N-1 */
    uint64_t signal_mask;     /* as rt_sigprocmask(2) has it */
    uint64_t nofile_soft;     /* RLIMIT_NOFILE */
    uint64_t nofile_hard;
    uint32_t nonblocking; /* bit N: descriptor N of 0 to 2 had O_NONBLOCK */
    uint32_t reserved;    /* 0 */
    /* Bit N: descriptor N was open. Of descriptors from STATE_RECORD_DESCRIPTORS on nothing is known. */
    uint64_t open[STATE_RECORD_DESCRIPTORS / 64];
};
_Static_assert(sizeof(struct state_record) == 48 + STATE_RECORD_DESCRIPTORS / 8, "flat");

/** Whether the record says that the descriptor was closed; without a record, or beyond what it knows, it says
 * nothing. */
static inline int state_record_closed(const struct state_record *record, unsigned descriptor) {
    return record != NULL && descriptor < STATE_RECORD_DESCRIPTORS &&
           (record->open[descriptor / 64] >> (descriptor % 64) & 1) == 0;
}

#endif
