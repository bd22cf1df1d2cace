/*
 * A few instructions of classic BPF with labels instead of counted jumps.
 *
 * A label is a number. Those below FIRST_VERDICT name a place in the program; put_mark() puts them there. The
 * others are verdicts: what the kernel does with the call. Verdicts need no mark: assembler_finish() writes
 * each one that is used once, behind everything else. Jumps only go forward, as classic BPF demands.
 *
 * Errors are sticky: after the first one nothing more is written, and assembler_finish() returns 0.
 */
#ifndef LANDLOCK_RUN_FILTER_ASSEMBLER_H
#define LANDLOCK_RUN_FILTER_ASSEMBLER_H

#include "sys.h"

/* The next instruction: what a jump falls through to. */
#define NEXT 0

#define FIRST_VERDICT 112
#define ALLOW 112
#define KILL 113
/* The call fails with this errno (1 to 127), without having been made. */
#define DENY(error) (128 + (error))

/* Where struct seccomp_data (seccomp(2)) keeps its fields; args[n] is 64 bits, little-endian here. */
#define DATA_NR 0
#define DATA_ARCH 4
#define DATA_ARG(n) (16 + 8 * (n))
#define DATA_ARG_HIGH(n) (20 + 8 * (n))

struct assembler {
    struct sock_filter *out;
    size_t capacity;
    size_t length;
    int broken;
    uint16_t
        position[256]; /* of each label that is marked; 0 is nowhere, as no jump goes back to the start */
};

/* Starts a program in out, which holds capacity instructions. */
void assembler_start(struct assembler *a, struct sock_filter *out, size_t capacity);

/* The label is here. */
void put_mark(struct assembler *a, uint8_t label);

/* A = the 32 bits at this offset of struct seccomp_data. */
void put_load(struct assembler *a, uint32_t offset);

/* A = A & mask. */
void put_and(struct assembler *a, uint32_t mask);

/* Where A == value, go to label; else to the next instruction. */
void put_if_equal(struct assembler *a, uint32_t value, uint8_t label);

/* Where A != value, go to label; else to the next instruction. */
void put_unless_equal(struct assembler *a, uint32_t value, uint8_t label);

/* Where A >= value (unsigned), go to label; else to the next instruction. */
void put_if_at_least(struct assembler *a, uint32_t value, uint8_t label);

/* Where A < value (unsigned), go to label; else to the next instruction. */
void put_unless_at_least(struct assembler *a, uint32_t value, uint8_t label);

/* Where none of these bits is set in A, go to label; else to the next instruction. */
void put_unless_bits(struct assembler *a, uint32_t bits, uint8_t label);

/* Ends this path: a verdict at once, or a jump to a place. */
void put_go(struct assembler *a, uint8_t label);

/*
 * Writes the verdicts and counts the jumps. Returns the number of instructions, or 0 where the program does
 * not fit into the capacity, a label was never marked, or a conditional jump is further than the 8 bits of
 * its offset reach.
 */
size_t assembler_finish(struct assembler *a);

#endif
