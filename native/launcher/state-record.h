/* Writes down what Node will change about this process. */
#ifndef LANDLOCK_RUN_STATE_RECORD_H
#define LANDLOCK_RUN_STATE_RECORD_H

#include "../core/record.h"

/** The process as it is. Changes nothing but this: the soft RLIMIT_NOFILE is then the hard one, and of
 * descriptors 0 to 2, those that were closed are open on an empty pipe that cannot be written to, so that
 * Node does not open them on /dev/null. Returns 0, or a negative errno of what could not be asked or opened.
 */
long state_record_take(struct state_record *record);

#define STATE_RECORD_HEX_SIZE (2 * sizeof(struct state_record) + 1)

/** The record as lower-case hexadecimal digits and a NUL, to be passed as an argument. */
void state_record_spell(const struct state_record *record, char hex[STATE_RECORD_HEX_SIZE]);

#endif
