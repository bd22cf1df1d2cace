/* Where this program lies: the rest of landlock-run lies beside it. */
#ifndef LANDLOCK_RUN_OWN_PATH_H
#define LANDLOCK_RUN_OWN_PATH_H

#include <stdbool.h>

#define OWN_PATH_MAX 4096 /* PATH_MAX, with the NUL */

/**
 * The path of this program's own file, links followed: from /proc/self/exe, or, where /proc is not mounted,
 * from what was given to execve(2) (given; may be NULL). Returns false where neither tells.
 */
bool own_path_find(const char *given, char path[OWN_PATH_MAX]);

/** Cuts the last name off an absolute path, with the slash before it: of `/` nothing is left, and is its own
 * parent. */
void own_path_cut(char *path);

#endif
