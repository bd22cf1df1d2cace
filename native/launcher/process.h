/* What the kernel leaves on the stack of a new process; there is no libc that would have read it. */
#ifndef LANDLOCK_RUN_PROCESS_H
#define LANDLOCK_RUN_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/** argv and envp end with NULL. */
struct process {
    long argc;
    char *const *argv;
    char *const *envp;
    bool secure;      /* AT_SECURE: started set-user-ID, set-group-ID, or with file capabilities */
    const char *path; /* AT_EXECFN: what was given to execve(2); NULL where the kernel does not say */
};

/** Reads the first words of the stack, in the order of the System V ABI: argc, argv, envp, auxiliary vector.
 */
struct process process_read(const long *stack);

/**
 * Where each of the programs begins; start.c calls it with the stack as it was at the entry point. Runs at
 * most once, and never returns.
 */
_Noreturn void launcher_main(const long *stack);

/** Ends the process with 125 if it has privileges that its caller lacks: nothing here is made to guard them.
 */
void process_refuse_secure(const struct process *process);

#endif
