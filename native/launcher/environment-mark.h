/* The caller's environment on its way through Node: no name in it may mean anything to Node, its loader or
 * its libraries, and every byte of it must come out again. */
#ifndef LANDLOCK_RUN_ENVIRONMENT_MARK_H
#define LANDLOCK_RUN_ENVIRONMENT_MARK_H

/** Stands before every entry. No program knows a variable of such a name. */
#define ENVIRONMENT_MARK '\001'

/** A copy with the mark before every entry, in the same order. NULL where there is no memory. */
char *const *environment_mark(char *const *environment);

#endif
