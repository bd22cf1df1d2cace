/* What the ruleset allows in which directory: for COMMAND's PATH, and for what a check looks at. */
#ifndef LANDLOCK_RUN_DIRECTORY_RULES_H
#define LANDLOCK_RUN_DIRECTORY_RULES_H

#include "context.h"

/** Room for as many rules as there are path rows. */
void directory_rules_start(struct context *context, uint32_t count);

/**
 * Remembers a rule by its path, absolute and valid until the exec. beneath: the path is a directory, and the
 * rule is bound to it; else the path is a file.
 */
void directory_rules_add(struct context *context, const char *path, uint64_t access, bool beneath);

/** Looks at the directories of all rules, so that what is known of them no longer depends on the paths. */
void directory_rules_look(struct context *context);

enum verdict { ALLOWED, DENIED, UNKNOWN };

/**
 * Whether the rules allow one right in a directory: to everything, as it or one above it is that of a rule,
 * or to one file in it. UNKNOWN where the directory cannot be looked at.
 */
enum verdict directory_rules_judge(struct context *context, const char *directory, uint64_t access);

#endif
