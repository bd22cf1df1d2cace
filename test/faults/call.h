/* A system call that a traced process has stopped at: looking at it, and changing its fate. */
#ifndef LANDLOCK_RUN_TEST_CALL_H
#define LANDLOCK_RUN_TEST_CALL_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* struct ptrace_syscall_info of ptrace(2) (Linux 5.3), of which C libraries have different ideas. */
struct call_stop {
    uint8_t op;
    uint8_t padding[3];
    uint32_t arch;
    uint64_t instruction_pointer;
    uint64_t stack_pointer;
    uint64_t number;
    uint64_t arguments[6];
};

#define CALL_ENTRY 1
#define CALL_EXIT 2

/** What the process has stopped at. */
struct call_stop call_get(pid_t pid);

/** At its entry: makes the kernel skip the call. */
void call_take_away(pid_t pid);

/** At its exit: gives the process an errno for an answer. */
void call_answer(pid_t pid, int error);

/** At its entry: prints one line, `site NAME ARG0 ... ARG5 PATH`. */
void call_list(FILE *to, pid_t pid, const struct call_stop *info);

#endif
