/* The process that answers Landlock calls in the kernel's stead. */
#ifndef FAKE_ABI_SUPERVISE_H
#define FAKE_ABI_SUPERVISE_H

#include "fake-abi-answer.h"

/*
 * In: a socket on which the listener of the seccomp filter will arrive, and the kernel to pretend.
 * Leaves the caller's session, directory and descriptors; answers calls until no process with the filter is
 * left, then exits with 0. Exits with 1 if it cannot go on: the calls that wait then come to ENOSYS, never to
 * a wrong answer.
 */
void supervise(int socket, const struct pretence *pretence) __attribute__((noreturn));

#endif
