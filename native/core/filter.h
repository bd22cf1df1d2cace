/*
 * The seccomp filter that stands beside Landlock: what a plan's filter features mean in system calls.
 * Features are bits, as listed under "Filter" in docs/plan-format.md.
 */
#ifndef LANDLOCK_RUN_FILTER_H
#define LANDLOCK_RUN_FILTER_H

#include "sys.h"

#define FILTER_TERMINAL (1ull << 0)
#define FILTER_PRLIMIT (1ull << 1)
#define FILTER_TCP (1ull << 2)
#define FILTER_UDP_NONE (1ull << 3)
#define FILTER_OTHER_NET_NONE (1ull << 4)
#define FILTER_INET_NONE (1ull << 5)
#define FILTER_UNIX_NONE (1ull << 6)
#define FILTER_TRUNCATE (1ull << 7)
#define FILTER_IO_URING (1ull << 8)
#define FILTER_ALL ((1ull << 9) - 1)

/** The features that this build can express on this architecture. Whether the kernel takes filters at all is
 * not asked here. */
uint64_t filter_supported(void);

/**
 * Writes the filter's instructions for the features to out.
 *
 * Returns how many there are; 0 where they don't fit the capacity or a feature is not supported.
 */
size_t filter_build(uint64_t features, struct sock_filter *out, size_t capacity);

/**
 * Builds the filter and installs it on the calling thread; no_new_privs has been set before.
 *
 * Returns 0, or a negative errno: EINVAL where a feature is not supported, else the kernel's.
 */
int filter_install(uint64_t features);

#endif
