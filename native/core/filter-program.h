/*
 * The filter of docs/filter.md as instructions, for either machine: a table of the system calls that are
 * looked at, and for each kind of them what is looked at. Reads nothing but its arguments.
 */
#ifndef LANDLOCK_RUN_FILTER_PROGRAM_H
#define LANDLOCK_RUN_FILTER_PROGRAM_H

#include "filter.h"

/* A machine runs two kinds of programs: x86-64 and i386, or arm64 and arm. */
enum filter_machine { FILTER_MACHINE_X86_64, FILTER_MACHINE_ARM64 };

/* No program is longer: every jump in it stays within the 8 bits of a conditional one. */
enum { FILTER_PROGRAM_MAX = 256 };

/** The features, and those without which they could be gone round (docs/filter.md, "What brings what"). */
uint64_t filter_complete(uint64_t features);

/**
 * Writes the program for the machine and the features to out, which holds capacity instructions. Features are
 * completed first.
 *
 * Returns the number of instructions, or 0 where they do not fit or a feature is unknown.
 */
size_t filter_program(enum filter_machine machine, uint64_t features, struct sock_filter *out,
                      size_t capacity);

#endif
