/* How a kernel of the pretended ABI answers one Landlock system call. */
#ifndef FAKE_ABI_ANSWER_H
#define FAKE_ABI_ANSWER_H

#include <linux/seccomp.h>

#include "fake-abi-kernel.h"

/* The kernel to pretend. */
struct pretence {
    int abi;           /* what it announces */
    int live_abi;      /* what the live kernel announces */
    struct known fake; /* what it knows */
    struct known live; /* what the live kernel knows */
    int errata_kind;   /* one of the ERRATA_ values */
    int errata;        /* with ERRATA_VALUE */
};

enum { ERRATA_DEFAULT, ERRATA_REFUSED, ERRATA_VALUE };

/* What the system call comes to. */
struct answer {
    enum { ANSWER_CONTINUE, ANSWER_VALUE, ANSWER_ERRNO, ANSWER_DESCRIPTOR } kind;
    int value; /* a result, an errno, or a descriptor of ours that the caller is to get (and we are to close)
                */
};

/*
 * In: the pretence and a stopped call of one of the three Landlock numbers, made by the thread `tid`.
 * Out: its answer. Errors of our own (the caller's memory cannot be read, say) come out as the errno of the
 * call.
 */
struct answer answer_call(const struct pretence *pretence, const struct seccomp_data *call, int tid);

#endif
