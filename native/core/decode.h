/* From bytes to a plan that can be obeyed without another look at its offsets. */
#ifndef LANDLOCK_RUN_DECODE_H
#define LANDLOCK_RUN_DECODE_H

#include "plan.h"

/**
 * Checks every byte that carries a meaning: magic, version, sizes, offsets, counts, strings, flags, reserved
 * bits, and what the rows say of each other. Opens nothing and changes nothing.
 *
 * bytes is aligned to 8 and outlives the plan, which points into it.
 * Returns NULL where the plan is sound, else a few words on the first thing that is not.
 */
const char *plan_decode(const uint8_t *bytes, size_t size, struct plan *plan);

/** The part of plan_decode() that looks into the rows; the tables themselves lie inside the plan. */
const char *plan_decode_rows(const struct plan *plan);

#endif
