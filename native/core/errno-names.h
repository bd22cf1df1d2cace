/* What an errno is called, and what it means in words. */
#ifndef LANDLOCK_RUN_ERRNO_NAMES_H
#define LANDLOCK_RUN_ERRNO_NAMES_H

/** The kernel's name (`EACCES`) of a positive errno; NULL for a number that has none. */
const char *errno_name(long error);

/** The same in words (`permission denied`); NULL for a number that has none. */
const char *errno_words(long error);

#endif
