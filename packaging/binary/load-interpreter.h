/* Loads the dynamic loader as execve(2) does for a program that names one (fs/binfmt_elf.c). */
#ifndef LANDLOCK_RUN_LOAD_INTERPRETER_H
#define LANDLOCK_RUN_LOAD_INTERPRETER_H

#include <stdint.h>

struct interpreter {
    uint64_t base;  /* what AT_BASE is to say */
    uint64_t entry; /* where to jump */
};

/** Maps the shared object at path. Returns 0, or a negative errno; -ENOEXEC where it is none for this
 * processor. */
long load_interpreter(const char *path, struct interpreter *loaded);

#endif
