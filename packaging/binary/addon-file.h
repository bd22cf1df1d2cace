/* The addon, which is a part of the single binary, as a file that dlopen(3) takes and that has no name. */
#ifndef LANDLOCK_RUN_ADDON_FILE_H
#define LANDLOCK_RUN_ADDON_FILE_H

/** A new descriptor >= 3, close-on-exec, of a file that holds the addon and may be mapped to be executed; or
 * a negative errno: why one in memory cannot be. */
int addon_file_open(void);

#endif
