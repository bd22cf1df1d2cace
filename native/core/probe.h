/* What this kernel can do, asked of the kernel itself and never inferred from a version. Nothing here
 * restricts the caller. */
#ifndef LANDLOCK_RUN_PROBE_H
#define LANDLOCK_RUN_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * The Landlock ABI (1 is Linux 5.13), or a negative errno: ENOSYS not built in (or hidden by a seccomp
 * filter), EOPNOTSUPP off at boot, anything else a seccomp filter's answer.
 */
long probe_abi(void);

/** The errata that this kernel has fixed, a mask (Linux 6.15); -1 where it cannot be asked. Back-ported, so
 * independent of the ABI. */
int64_t probe_errata(void);

/**
 * Asks for all of the bits at once, of which one at least is set, by a ruleset that handles them. Returns its
 * descriptor; or a negative errno, of which EINVAL and E2BIG say that one of the bits at least is unknown.
 */
long probe_ruleset(uint64_t fs, uint64_t net, uint64_t scope);

/**
 * Which of the bits landlock_create_ruleset(2) takes in handled_access_fs: all at once, and one by one only
 * where that is refused.
 *
 * EINVAL and E2BIG say that a bit is unknown. Any other failure (EMFILE, ENOMEM, a seccomp filter) says
 * nothing about it and must not pass for "unknown": it is left in *error as a negative errno, which is
 * otherwise not touched.
 */
uint64_t probe_fs(uint64_t bits, long *error);

/** The same of handled_access_net. */
uint64_t probe_net(uint64_t bits, long *error);

/** The same of scoped. */
uint64_t probe_scope(uint64_t bits, long *error);

/** Which of the flags landlock_restrict_self(2) takes; *error as above. no_new_privs must be set, or the
 * kernel answers EPERM before it looks. */
uint32_t probe_restrict(uint32_t flags, long *error);

/** The same for a caller that must not get no_new_privs: a child asks. Returns the flags, or a negative
 * errno. */
long probe_restrict_apart(uint32_t flags);

/** Whether this kernel lets us install a seccomp filter with the actions that ours has. */
bool probe_seccomp(void);

#endif
