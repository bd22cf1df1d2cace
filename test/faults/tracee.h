/* One run of a program under ptrace(2), with one system call of one object file made to fail. */
#ifndef LANDLOCK_RUN_TEST_TRACEE_H
#define LANDLOCK_RUN_TEST_TRACEE_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/** What is traced, the same for all runs. */
struct subject {
    const char *object;  /* only system calls made from a file of this name are counted */
    const char *command; /* the program that is let go once it is executed */
    char **argv;         /* the program that is started */
    int children;        /* whether its children are traced too */
};

/** One call that fails. */
struct fault {
    long site; /* which of the counted calls, from 0 */
    int error;
};

#define FAULTS_MAX 2

struct request {
    struct fault faults[FAULTS_MAX];
    int fault_count;
    int forever; /* whether all calls of the last one's number fail from there on */
    FILE *list;  /* where every counted call is written, a line each; or NULL */
};

struct outcome {
    int exit;    /* of the first process, or -1 */
    int signal;  /* that ended it, or 0 */
    int started; /* whether the command was executed */
    int hit;     /* how many calls were made to fail */
    int orphans; /* processes that were left behind */
};

/**
 * Runs the subject once. Descriptors 0, 3 and up are /dev/null and none; 1, 2 and 4 are the given ones.
 *
 * Ends this process with 99 where tracing itself fails.
 */
struct outcome trace(const struct subject *subject, const struct request *request, const int outputs[3]);

/** Prints what failed, with errno, and ends this process with 99. */
_Noreturn void trace_fail(const char *what);

#endif
