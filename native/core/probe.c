#include "probe.h"

#include "sys.h"

/* The exit status of the child that asks: beyond every mask of flags. */
#define APART_FAILED 255

long probe_abi(void) {
    long abi = sys_landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    /* 0 is no ABI; a filter that fakes success must not pass for Landlock. */
    return abi == 0 ? -ENOSYS : abi;
}

int64_t probe_errata(void) {
    long errata = sys_landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_ERRATA);
    return errata < 0 ? -1 : errata;
}

long probe_ruleset(uint64_t fs, uint64_t net, uint64_t scope) {
    struct landlock_ruleset_attr attr = {.handled_access_fs = fs, .handled_access_net = net, .scoped = scope};
    /* The smallest struct that holds what is set: an older kernel refuses a larger one only where its tail is
     * not zero, but need not be asked. */
    size_t size = attr.scoped != 0 ? 24 : attr.handled_access_net != 0 ? 16 : 8;
    return sys_landlock_create_ruleset(&attr, size, 0);
}

/** Whether a ruleset with one field set is taken. The size is the smallest that holds the field: older
 * kernels know no more. */
static bool takes(size_t field, uint64_t bits, long *error) {
    union {
        struct landlock_ruleset_attr attr;
        uint64_t fields[3];
    } request = {.fields = {0}};
    request.fields[field] = bits;
    long ruleset = sys_landlock_create_ruleset(&request.attr, (field + 1) * sizeof(uint64_t), 0);
    if (ruleset < 0) {
        if (ruleset != -EINVAL && ruleset != -E2BIG)
            *error = ruleset;
        return false;
    }
    sys_close((int)ruleset);
    return true;
}

static uint64_t probe_field(size_t field, uint64_t bits, long *error) {
    if (bits == 0 || takes(field, bits, error))
        return bits;
    uint64_t taken = 0;
    for (uint64_t left = bits; left != 0; left &= left - 1) {
        uint64_t bit = left & -left;
        if (takes(field, bit, error))
            taken |= bit;
    }
    return taken;
}

uint64_t probe_fs(uint64_t bits, long *error) { return probe_field(0, bits, error); }

uint64_t probe_net(uint64_t bits, long *error) { return probe_field(1, bits, error); }

uint64_t probe_scope(uint64_t bits, long *error) { return probe_field(2, bits, error); }

uint32_t probe_restrict(uint32_t flags, long *error) {
    /* Flags are checked before the descriptor. -2 never is one; -1 would mean something together with
     * LOG_SUBDOMAINS_OFF. */
    uint32_t taken = 0;
    for (uint32_t left = flags; left != 0; left &= left - 1) {
        uint32_t flag = left & -left;
        long answer = sys_landlock_restrict_self(-2, flag);
        if (answer == -EBADF)
            taken |= flag;
        else if (answer != -EINVAL)
            *error = answer;
    }
    return taken;
}

long probe_restrict_apart(uint32_t flags) {
    /* No exit signal (the 0): the caller's SIGCHLD handler is not told of a child that it doesn't know. */
    long child = sys_call(SYS_clone, 0, 0, 0, 0, 0, 0);
    if (child == 0) {
        /* A status has 8 bits, the flags have 5. */
        long error = sys_prctl(PR_SET_NO_NEW_PRIVS, 1);
        uint32_t taken = error < 0 ? 0 : probe_restrict(flags & LANDLOCK_RESTRICT_SELF_ALL, &error);
        sys_exit(error < 0 ? APART_FAILED : (int)taken);
    }
    if (child < 0)
        return child;
    int status = 0;
    long waited;
    do
        waited = sys_call(SYS_wait4, child, (long)&status, WALL, 0, 0, 0);
    while (waited == -EINTR);
    if (waited < 0)
        return waited;
    bool exited = (status & 0x7f) == 0;
    return exited && status >> 8 != APART_FAILED ? status >> 8 : -EPERM;
}

bool probe_seccomp(void) {
    uint32_t actions[] = {SECCOMP_RET_ERRNO, SECCOMP_RET_KILL_PROCESS};
    for (int i = 0; i < 2; i++)
        if (sys_seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &actions[i]) != 0)
            return false;
    /* A filter at address 0 is never installed: EFAULT says that one would have been read. */
    return sys_seccomp(SECCOMP_SET_MODE_FILTER, 0, NULL) == -EFAULT;
}
