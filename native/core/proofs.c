#include "proofs.h"

#include "directory-rules.h"
#include "filter.h"
#include "sys.h"

struct proof_controls proofs_prepare(int outsider) {
    struct proof_controls controls = {.outsider = outsider, .abstract_size = sizeof controls.abstract_name};
    long root = sys_openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    controls.root_listable = root >= 0;
    if (root >= 0)
        sys_close((int)root);
    long bound = sys_call(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, 0, 0, 0);
    controls.abstract_socket = (int)bound;
    if (bound < 0)
        return controls;
    /* An address of the family alone asks the kernel for a free abstract name, unix(7). */
    uint16_t family = AF_UNIX;
    long named = sys_call(SYS_bind, bound, (long)&family, sizeof family, 0, 0, 0);
    if (named == 0)
        named = sys_call(SYS_getsockname, bound, (long)controls.abstract_name, (long)&controls.abstract_size,
                         0, 0, 0);
    if (named < 0)
        controls.abstract_socket = (int)named;
    return controls;
}

static void copy(char *to, size_t size, const char *from) {
    size_t length = text_length(from);
    if (length > size - 1)
        length = size - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

static void add(struct check_report *report, const char *name, const char *subject, long expected,
                long observed) {
    if (report->proof_count >= CHECK_PROOFS_MAX)
        return;
    struct check_proof *proof = &report->proofs[report->proof_count];
    copy(proof->name, sizeof proof->name, name);
    copy(proof->subject, sizeof proof->subject, subject);
    proof->expected = (int32_t)expected;
    proof->observed = observed < 0 ? (int32_t)-observed : 0;
    report->proof_count++; /* last: a child that is killed in between leaves whole entries only */
}

static long try_list(const char *path) {
    long opened = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    if (opened >= 0)
        sys_close((int)opened);
    return opened;
}

static void prove_files(struct context *context, const struct proof_controls *controls,
                        struct check_report *report) {
    bool handled = (context->handled_fs & LANDLOCK_ACCESS_FS_READ_DIR) != 0;
    if (handled && controls->root_listable &&
        directory_rules_judge(context, "/", LANDLOCK_ACCESS_FS_READ_DIR) == DENIED)
        add(report, "list", "/", EACCES, try_list("/"));
    if (context->readable != NULL)
        add(report, "list", context->readable, 0, try_list(context->readable));
}

static bool is_granted(const struct context *context, uint32_t port, uint64_t access) {
    for (uint32_t i = 0; i < context->plan.port_count; i++) {
        const struct port_row *row = &context->plan.ports[i];
        if ((row->access & access) != 0 && port >= row->low && port <= row->high)
            return true;
    }
    return false;
}

/** A port without the right, from the top, above those for which bind(2) needs a capability; 0 where all are
 * granted. */
static uint16_t denied_port(const struct context *context, uint64_t access) {
    for (uint32_t port = 65535; port >= 1024; port--)
        if (!is_granted(context, port, access))
            return (uint16_t)port;
    return 0;
}

/** bind(2) or connect(2) on loopback: Landlock answers before anything is sent. */
static void prove_port(const struct context *context, struct check_report *report, uint64_t access,
                       const char *name, long call) {
    uint16_t port = (context->handled_net & access) != 0 ? denied_port(context, access) : 0;
    if (port == 0)
        return;
    long opened = sys_call(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0, 0, 0, 0);
    if (opened < 0)
        return; /* refused by the filter, which has its own proof, or a kernel without IPv4 */
    struct sockaddr_in address = {
        .family = AF_INET, .port = (uint16_t)(port << 8 | port >> 8), .address = 0x0100007f};
    char digits[21];
    *text_decimal(digits, port) = '\0';
    add(report, name, digits, EACCES, sys_call(call, opened, (long)&address, 16, 0, 0, 0));
    sys_close((int)opened);
}

static void prove_scopes(const struct context *context, const struct proof_controls *controls,
                         struct check_report *report) {
    if ((context->scoped & LANDLOCK_SCOPE_SIGNAL) != 0)
        add(report, "signal", "", EPERM, sys_call(SYS_kill, controls->outsider, 0, 0, 0, 0, 0));
    if ((context->scoped & LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET) == 0 || controls->abstract_socket < 0)
        return;
    long opened = sys_call(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, 0, 0, 0);
    if (opened < 0)
        return; /* refused by the filter */
    add(report, "abstract socket", "", EPERM,
        sys_call(SYS_connect, opened, (long)controls->abstract_name, controls->abstract_size, 0, 0, 0));
    sys_close((int)opened);
}

static long try_socket(long family, long type, long protocol) {
    long opened = sys_call(SYS_socket, family, type | SOCK_CLOEXEC, protocol, 0, 0, 0);
    if (opened >= 0)
        sys_close((int)opened);
    return opened;
}

/** Each with arguments that the kernel itself would refuse with another errno, or that have no effect. */
static void prove_filter(const struct context *context, const struct proof_controls *controls,
                         struct check_report *report) {
    uint64_t features = context->filter;
    if ((features & FILTER_TERMINAL) != 0)
        add(report, "terminal input", "", EPERM, sys_ioctl(-1, TIOCSTI, NULL));
    if ((features & FILTER_PRLIMIT) != 0)
        add(report, "limit of others", "", EPERM,
            sys_call(SYS_prlimit64, controls->outsider, RLIMIT_NOFILE, 1, 0, 0, 0));
    if ((features & FILTER_INET_NONE) != 0)
        add(report, "internet socket", "", ENETUNREACH, try_socket(AF_INET, SOCK_STREAM, 0));
    else if ((features & FILTER_TCP) != 0)
        add(report, "multipath TCP", "", EPROTONOSUPPORT, try_socket(AF_INET, SOCK_STREAM, 262));
    if ((features & (FILTER_UDP_NONE | FILTER_INET_NONE)) != 0)
        add(report, "UDP socket", "", ENETUNREACH, try_socket(AF_INET, SOCK_DGRAM, 0));
    if ((features & FILTER_OTHER_NET_NONE) != 0)
        add(report, "other socket", "", EPROTONOSUPPORT, try_socket(AF_NETLINK, SOCK_RAW, 4));
    if ((features & FILTER_UNIX_NONE) != 0)
        add(report, "unix socket", "", EAFNOSUPPORT, try_socket(AF_UNIX, SOCK_STREAM, 0));
    if ((features & FILTER_TRUNCATE) != 0)
        add(report, "truncate", "", EACCES, sys_call(SYS_truncate, 0, 0, 0, 0, 0, 0));
    if ((features & FILTER_IO_URING) != 0)
        add(report, "io_uring", "", ENOSYS, sys_call(SYS_io_uring_setup, 0, 0, 0, 0, 0, 0));
}

void proofs_collect(struct context *context, const struct proof_controls *controls,
                    struct check_report *report) {
    prove_files(context, controls, report);
    prove_port(context, report, LANDLOCK_ACCESS_NET_BIND_TCP, "bind", SYS_bind);
    prove_port(context, report, LANDLOCK_ACCESS_NET_CONNECT_TCP, "connect", SYS_connect);
    prove_scopes(context, controls, report);
    prove_filter(context, controls, report);
    add(report, "no_new_privs", "", 0, sys_prctl(PR_GET_NO_NEW_PRIVS, 0) == 1 ? 0 : -EPERM);
}
