/* What the front (native/launcher/front.c) hands over through Node: the caller's environment and process
 * state. */
#ifndef LANDLOCK_RUN_CALLER_H
#define LANDLOCK_RUN_CALLER_H

#include "../core/record.h"

#include <stddef.h>
#include <stdint.h>

/**
 * From here on this process counts as started by the front: environ holds the caller's entries, each behind a
 * mark, and record is what the front wrote down. Copies the record; one of another size is kept as one of no
 * version, which the core refuses.
 *
 * Returns 0 or ENOMEM.
 */
int caller_adopt(const uint8_t *record, size_t size);

/** The caller's environment, byte for byte and in its order; C's environ where there was no front. */
char **caller_environment(void);

/** The front's record; NULL where there was no front. */
const struct state_record *caller_record(void);

#endif
