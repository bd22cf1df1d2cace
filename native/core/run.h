/*
 * The native core, as a program around it sees it: bytes of a plan go in, and COMMAND comes out, restricted.
 * Needs no libc and keeps nothing but one static buffer; calls are made from one thread.
 */
#ifndef LANDLOCK_RUN_RUN_H
#define LANDLOCK_RUN_RUN_H

#include <stddef.h>
#include <stdint.h>

struct state_record;

/**
 * Applies the plan to this thread and replaces the process by COMMAND. Never returns, and never lets COMMAND
 * start after a step that failed.
 *
 * plan: aligned to 8 bytes. argv: COMMAND and its arguments, ended by NULL. envp: the environment as the
 * caller had it. record: what a front program wrote down before Node started (record.h), or NULL. Ends the
 * process with 125 (this program, the plan or the kernel), 126 or 127 (COMMAND cannot be executed, is not
 * found), after one line on descriptor 2 and one on the plan's status descriptor.
 */
_Noreturn void core_run(const uint8_t *plan, size_t size, char *const *argv, char *const *envp,
                        const struct state_record *record);

/** One thing that was tried in the restricted process. */
struct check_proof {
    char name[24];     /* what was tried: `read /`, `connect`, `signal`, ... */
    char subject[232]; /* on what: a path or a port; may be empty; cut where it is longer */
    int32_t expected;  /* an errno; 0 is success */
    int32_t observed;
};

#define CHECK_PROOFS_MAX 24

struct check_report {
    int32_t exit;         /* 0: a run would be accepted; 125: refused, the output says why; -1: see error */
    int32_t error;        /* a negative errno where the check itself could not be made */
    uint32_t signal;      /* the signal that ended the child, where one did */
    uint32_t proof_count; /* in proofs */
    struct check_proof proofs[CHECK_PROOFS_MAX];
    char *output; /* diagnostics as a run would print them */
    size_t output_size;
    size_t output_capacity;
};

/**
 * Applies the plan for real to a throw-away child, everything but making directories and the exec, and proves
 * there what it denies and what it allows. The caller is not restricted.
 *
 * record: what the front wrote down, as for core_run(); NULL without one.
 *
 * Returns a report in memory of its own, to be given to core_check_free(); NULL where there is no memory.
 */
struct check_report *core_check(const uint8_t *plan, size_t size, char *const *argv, char *const *envp,
                                const struct state_record *record);

/** Gives back a report. */
void core_check_free(struct check_report *report);

/** The kernel's name of a positive errno, `EACCES`; NULL where it has none. */
const char *core_errno_name(int error);

/** Its meaning in words; NULL where it has none. */
const char *core_errno_words(int error);

/** What this kernel offers, each bit confirmed by it. */
struct core_offer {
    int32_t abi;   /* 0 where Landlock is absent */
    int32_t error; /* then why, a positive errno; also where the kernel could not be asked for bits */
    uint64_t fs;
    uint64_t net;
    uint64_t scope;
    uint32_t restrict_flags;
    int32_t seccomp; /* whether filters are taken */
    int64_t errata;  /* -1: cannot be asked */
    uint64_t filter; /* filter features that this build can express */
};

/** Asks the kernel. Restricts nobody. */
struct core_offer core_probe(void);

#endif
