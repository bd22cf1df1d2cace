/*
 * Which system calls the filter looks at, by their numbers, and what it looks for in each: the rows of
 * docs/filter.md.
 */
#ifndef LANDLOCK_RUN_FILTER_CALLS_H
#define LANDLOCK_RUN_FILTER_CALLS_H

#include "filter-assembler.h"
#include "filter.h"

/* Whose numbers. */
enum filter_calls { CALLS_X86_64, CALLS_I386, CALLS_ARM64, CALLS_ARM };

/* Labels: where the arguments of a kind of call are looked at. */
enum {
    CALL_IOCTL = NEXT + 1,
    CALL_PRLIMIT,
    CALL_SOCKET,
    CALL_SOCKETPAIR,
    CALL_SOCKETCALL,
    CALL_SETSOCKOPT,
    CALL_SENDTO,
    CALL_SENDMSG,
    CALL_OPEN,
    CALL_OPENAT,
    LABEL_NETLINK,
    LABEL_INET,
    LABEL_INET_TYPE,
    LABEL_INET_STREAM,
    LABEL_INET_DATAGRAM,
    LABEL_INET_LEFT,
    LABEL_SEND_FLAGS,
    LABEL_OPEN_FLAGS,
    LABEL_X32, /* not here: filter-program.c */
    LABEL_CALLS_END,
    /* The search for a call's number: one label for each split. */
    LABEL_SPLIT_NATIVE = 48,
    LABEL_SPLIT_COMPAT = 80,
};

/* Numbers of x86-64 from here on are x32's (asm/unistd.h), or none. */
#define X32_FIRST 512

/**
 * With the call's number loaded: goes to the label or verdict of each call that the features look at, and of
 * x32's numbers to LABEL_X32; allows the others.
 */
void filter_calls_find(struct assembler *a, enum filter_calls calls, uint64_t features);

/** Writes what each of those labels looks at. Socketcall is i386's. */
void filter_calls_judge(struct assembler *a, int with_i386, uint64_t features);

#endif
