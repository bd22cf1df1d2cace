/* How much of an environment may be sent: src/library. */
#ifndef LANDLOCK_RUN_ENVIRONMENT_SIZE_H
#define LANDLOCK_RUN_ENVIRONMENT_SIZE_H

/* In bytes, with each entry's NUL. A larger one goes the way of any other: through execve(2). */
#define ENVIRONMENT_SIZE_MAX 65536u

#endif
