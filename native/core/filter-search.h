/*
 * How the filter finds a call by its number.
 *
 * When a filter is installed the kernel runs it once for every number that there is (seccomp_cache_prepare(),
 * Linux 5.11): that, and turning its instructions into machine code, is most of what installing costs. So
 * what counts is the number of instructions that a number passes, averaged over all numbers, few of which are
 * looked at: the search cuts the line of numbers near its middle, and leaves out whole stretches by one
 * comparison.
 */
#ifndef LANDLOCK_RUN_FILTER_SEARCH_H
#define LANDLOCK_RUN_FILTER_SEARCH_H

#include "filter-assembler.h"

enum { SEARCH_CALLS_MAX = 20 };

/* A stretch of numbers, up to the next one's first: what is done with them. */
struct stretch {
    uint32_t first;
    uint8_t to;
};

struct search {
    struct stretch at[2 * SEARCH_CALLS_MAX + 2]; /* ascending; the first begins at 0 */
    size_t count;
    uint8_t next_label;
};

/* Starts with every number allowed. The search marks its splits with labels from first_label on, one for each
 * call at most. */
void search_start(struct search *search, uint8_t first_label);

/* This number goes to the label or verdict. No number is added twice; at most SEARCH_CALLS_MAX are. */
void search_add(struct search *search, uint32_t number, uint8_t to);

/* All numbers from here on go to the label or verdict. Comes behind all search_add(), whose numbers are
 * smaller. */
void search_end(struct search *search, uint32_t first, uint8_t to);

/* Writes the search, with the number loaded; every path of it ends. */
void search_put(struct search *search, struct assembler *a);

#endif
