/*
 * bench-floor FEATURES [PATH...] -- COMMAND [ARG...]
 *
 * The least that any program can do to restrict COMMAND: no look at the kernel, no capability, descriptor or
 * PATH taken care of, nothing said. FEATURES is the mask of the filter (native/core/filter.h), 0 for none.
 * With PATHs a ruleset grants each to be read and executed, and TCP connections to ports 443 and 80. What the
 * launcher costs beyond this is its own. Exit status: 125 where anything is refused.
 */
#include "../native/core/filter.h"
#include "../native/core/memory.h"
#include "../native/launcher/process.h"

static long or_end(long result) {
    if (result < 0)
        sys_exit(125);
    return result;
}

static void grant(int ruleset, const char *path) {
    uint64_t access = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    struct landlock_path_beneath_attr rule = {.allowed_access = access};
    rule.parent_fd = (int32_t)or_end(sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC));
    if (sys_landlock_add_rule(ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule) < 0) {
        rule.allowed_access &= ~LANDLOCK_ACCESS_FS_READ_DIR; /* a file */
        or_end(sys_landlock_add_rule(ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule));
    }
    sys_close(rule.parent_fd);
}

static void allow(int ruleset, uint64_t port) {
    struct landlock_net_port_attr rule = {LANDLOCK_ACCESS_NET_CONNECT_TCP, port};
    or_end(sys_landlock_add_rule(ruleset, LANDLOCK_RULE_NET_PORT, &rule));
}

_Noreturn void launcher_main(const long *stack) {
    struct process process = process_read(stack);
    char *const *at = process.argv + 1;
    const char *number = *at++;
    int64_t features = or_end(text_number(&number));
    int ruleset = -1;
    for (; !text_equal(*at, "--"); at++) {
        struct landlock_ruleset_attr handled = {0xffff, LANDLOCK_ACCESS_NET_CONNECT_TCP, 0};
        if (ruleset < 0)
            ruleset = (int)or_end(sys_landlock_create_ruleset(&handled, sizeof handled, 0));
        grant(ruleset, *at);
    }
    or_end(sys_prctl(PR_SET_NO_NEW_PRIVS, 1));
    if (ruleset >= 0) {
        allow(ruleset, 443);
        allow(ruleset, 80);
        or_end(sys_landlock_restrict_self(ruleset, 0));
        sys_close(ruleset);
    }
    or_end(filter_install((uint64_t)features));
    at++;
    or_end(sys_call(SYS_execve, (long)*at, (long)at, (long)process.envp, 0, 0, 0));
    sys_exit(125);
}
