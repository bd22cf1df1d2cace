#include "filter-calls.h"

#include "filter-search.h"

#include <stdbool.h>

/* Any feature that looks at sockets. */
#define SOCKETS (FILTER_TCP | FILTER_UDP_NONE | FILTER_OTHER_NET_NONE | FILTER_INET_NONE | FILTER_UNIX_NONE)

/* No such call there. */
#define NONE 0xffff

struct call {
    uint64_t features; /* looked at where one of these is on */
    uint16_t number[4];
    uint8_t to;
};

/* Numbers: arch/x86/entry/syscalls/syscall_{64,32}.tbl, include/uapi/asm-generic/unistd.h,
 * arch/arm/tools/syscall.tbl. */
/* clang-format off */
static const struct call CALLS[] = {
    /* when                                       x86-64  i386 arm64   arm */
    {FILTER_TERMINAL,                           {    16,   54,   29,   54}, CALL_IOCTL},
    {FILTER_PRLIMIT,                            {   302,  340,  261,  369}, CALL_PRLIMIT},      /* prlimit64 */
    {SOCKETS,                                   {    41,  359,  198,  281}, CALL_SOCKET},
    {FILTER_OTHER_NET_NONE | FILTER_UNIX_NONE,  {    53,  360,  199,  288}, CALL_SOCKETPAIR},
    {SOCKETS,                                   {  NONE,  102, NONE, NONE}, CALL_SOCKETCALL},
    {FILTER_TCP,                                {    54,  366,  208,  294}, CALL_SETSOCKOPT},
    {FILTER_TCP,                                {    44,  369,  206,  290}, CALL_SENDTO},
    {FILTER_TCP,                                {   307,  345,  269,  374}, CALL_SENDTO},       /* sendmmsg: same place */
    {FILTER_TCP,                                {    46,  370,  211,  296}, CALL_SENDMSG},
    {FILTER_TRUNCATE,                           {    76,   92,   45,   92}, DENY(EACCES)},      /* truncate */
    {FILTER_TRUNCATE,                           {  NONE,  193, NONE,  193}, DENY(EACCES)},      /* truncate64 */
    {FILTER_TRUNCATE,                           {     2,    5, NONE,    5}, CALL_OPEN},
    {FILTER_TRUNCATE,                           {   257,  295,   56,  322}, CALL_OPENAT},
    {FILTER_TRUNCATE,                           {   304,  342,  265,  371}, CALL_OPENAT},       /* open_by_handle_at */
    {FILTER_TRUNCATE,                           {   437,  437,  437,  437}, DENY(ENOSYS)},      /* openat2 */
    {FILTER_IO_URING,                           {   425,  425,  425,  425}, DENY(ENOSYS)},      /* io_uring_setup */
    {FILTER_IO_URING,                           {   426,  426,  426,  426}, DENY(ENOSYS)},      /* io_uring_enter */
    {FILTER_IO_URING,                           {   427,  427,  427,  427}, DENY(ENOSYS)},      /* io_uring_register */
};
/* clang-format on */

/* asm-generic/ioctls.h */
#define TIOCLINUX 0x541c

/* linux/socket.h, linux/net.h, linux/in.h */
#define AF_INET6 10
#define AF_RDS 21
#define AF_RXRPC 33
#define AF_SMC 43
#define SOCK_TYPE_MASK 0xf /* the rest is SOCK_CLOEXEC and SOCK_NONBLOCK */
#define SOCK_SEQPACKET 5
#define IPPROTO_IP 0
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_UDPLITE 136
#define IPPROTO_SMC 256
#define IPPROTO_MPTCP 262
#define MSG_FASTOPEN 0x20000000
#define TCP_ULP 31
#define NETLINK_ROUTE 0
#define ESOCKTNOSUPPORT 94

/* linux/net.h: the first argument of socketcall(2). */
enum { SOCKETCALL_SOCKET = 1, SOCKETCALL_SOCKETPAIR = 8, SOCKETCALL_SENDTO = 11, SOCKETCALL_SETSOCKOPT = 14 };
enum { SOCKETCALL_SENDMSG = 16, SOCKETCALL_SENDMMSG = 20 };

/* asm-generic/fcntl.h, the same on all four. */
#define O_ACCMODE 3
#define O_RDWR 2
#define O_TRUNC 01000

#define CALLS_MAX (sizeof CALLS / sizeof CALLS[0])
_Static_assert(CALLS_MAX <= SEARCH_CALLS_MAX, "room for every row");

void filter_calls_find(struct assembler *a, enum filter_calls calls, uint64_t features) {
    bool compat = calls == CALLS_I386 || calls == CALLS_ARM;
    struct search search;
    search_start(&search, compat ? LABEL_SPLIT_COMPAT : LABEL_SPLIT_NATIVE);
    for (size_t i = 0; i < CALLS_MAX; i++)
        if ((CALLS[i].features & features) && CALLS[i].number[calls] != NONE)
            search_add(&search, CALLS[i].number[calls], CALLS[i].to);
    if (calls == CALLS_X86_64)
        search_end(&search, X32_FIRST, LABEL_X32);
    search_put(&search, a);
}

static void judge_ioctl(struct assembler *a) {
    put_mark(a, CALL_IOCTL);
    put_load(a, DATA_ARG(1));
    put_if_equal(a, TIOCSTI, DENY(EPERM));
    put_if_equal(a, TIOCLINUX, DENY(EPERM));
    put_go(a, ALLOW);
}

/* prlimit64(pid, resource, new, old) with a new limit for anyone but 0, the caller. */
static void judge_prlimit(struct assembler *a) {
    put_mark(a, CALL_PRLIMIT);
    put_load(a, DATA_ARG(0));
    put_if_equal(a, 0, ALLOW);
    put_load(a, DATA_ARG(2));
    put_unless_equal(a, 0, DENY(EPERM));
    put_load(a, DATA_ARG_HIGH(2));
    put_unless_equal(a, 0, DENY(EPERM));
    put_go(a, ALLOW);
}

/* socket(AF_INET or AF_INET6, type, protocol). */
static void judge_inet(struct assembler *a, uint64_t features) {
    put_mark(a, LABEL_INET);
    put_load(a, DATA_ARG(2));
    if (features & FILTER_TCP) {
        put_if_equal(a, IPPROTO_MPTCP, DENY(EPROTONOSUPPORT));
        put_if_equal(a, IPPROTO_SMC, DENY(EPROTONOSUPPORT));
    }
    if (features & FILTER_UDP_NONE) {
        put_if_equal(a, IPPROTO_UDP, DENY(ENETUNREACH));
        put_if_equal(a, IPPROTO_UDPLITE, DENY(ENETUNREACH));
        put_unless_equal(a, IPPROTO_IP, LABEL_INET_TYPE); /* ping and L2TP are datagrams, but not UDP */
        put_load(a, DATA_ARG(1));
        put_and(a, SOCK_TYPE_MASK);
        put_if_equal(a, SOCK_DGRAM, DENY(ENETUNREACH));
    }
    put_mark(a, LABEL_INET_TYPE);
    if (features & FILTER_OTHER_NET_NONE) {
        put_load(a, DATA_ARG(1));
        put_and(a, SOCK_TYPE_MASK);
        put_if_equal(a, SOCK_STREAM, LABEL_INET_STREAM);
        put_if_equal(a, SOCK_DGRAM, LABEL_INET_DATAGRAM);
        put_go(a, DENY(EAFNOSUPPORT));

        put_mark(a, LABEL_INET_STREAM);
        put_load(a, DATA_ARG(2));
        put_if_equal(a, IPPROTO_IP, LABEL_INET_LEFT);
        put_if_equal(a, IPPROTO_TCP, LABEL_INET_LEFT);
        put_if_equal(a, IPPROTO_MPTCP, LABEL_INET_LEFT); /* TCP's to refuse */
        put_if_equal(a, IPPROTO_SMC, LABEL_INET_LEFT);
        put_go(a, DENY(EAFNOSUPPORT));

        put_mark(a, LABEL_INET_DATAGRAM);
        put_load(a, DATA_ARG(2));
        put_if_equal(a, IPPROTO_IP, LABEL_INET_LEFT);
        put_if_equal(a, IPPROTO_UDP, LABEL_INET_LEFT);
        put_if_equal(a, IPPROTO_UDPLITE, LABEL_INET_LEFT);
        put_go(a, DENY(EAFNOSUPPORT));
    }
    put_mark(a, LABEL_INET_LEFT);
    put_go(a, features & FILTER_INET_NONE ? DENY(ENETUNREACH) : ALLOW);
}

/* socket(family, type, protocol). */
static void judge_socket(struct assembler *a, uint64_t features) {
    put_mark(a, CALL_SOCKET);
    put_load(a, DATA_ARG(0));
    if (features & FILTER_TCP) {
        put_if_equal(a, AF_SMC, DENY(EAFNOSUPPORT));
        put_if_equal(a, AF_RDS, DENY(EAFNOSUPPORT));
    }
    if (features & FILTER_UDP_NONE)
        put_if_equal(a, AF_RXRPC, DENY(EAFNOSUPPORT));
    put_if_equal(a, AF_INET, LABEL_INET);
    put_if_equal(a, AF_INET6, LABEL_INET);
    if (features & FILTER_UNIX_NONE)
        put_if_equal(a, AF_UNIX, DENY(EAFNOSUPPORT));
    if (!(features & FILTER_OTHER_NET_NONE)) {
        put_go(a, ALLOW);
    } else {
        put_if_equal(a, AF_UNIX, ALLOW);
        put_unless_equal(a, AF_NETLINK, DENY(EAFNOSUPPORT));
        put_load(a, DATA_ARG(2));
        put_unless_equal(a, NETLINK_ROUTE, DENY(EPROTONOSUPPORT));
        put_go(a, ALLOW);
    }
    judge_inet(a, features);
}

/*
 * socketpair(family, type, ...): AF_TIPC makes pairs too, and its datagram sockets reach out of the pair. So
 * do UNIX datagram sockets, by sendto(2) and connect(2) to any path; those of connected types cannot.
 */
static void judge_socketpair(struct assembler *a, uint64_t features) {
    put_mark(a, CALL_SOCKETPAIR);
    put_load(a, DATA_ARG(0));
    put_unless_equal(a, AF_UNIX, features & FILTER_OTHER_NET_NONE ? DENY(EAFNOSUPPORT) : ALLOW);
    if (features & FILTER_UNIX_NONE) {
        put_load(a, DATA_ARG(1));
        put_and(a, SOCK_TYPE_MASK);
        put_if_equal(a, SOCK_STREAM, ALLOW);
        put_unless_equal(a, SOCK_SEQPACKET, DENY(ESOCKTNOSUPPORT));
    }
    put_go(a, ALLOW);
}

/* socketcall(call, arguments in memory). */
static void judge_socketcall(struct assembler *a) {
    put_mark(a, CALL_SOCKETCALL);
    put_load(a, DATA_ARG(0));
    put_if_equal(a, SOCKETCALL_SOCKET, DENY(ENOSYS));
    put_if_equal(a, SOCKETCALL_SOCKETPAIR, DENY(ENOSYS));
    put_if_equal(a, SOCKETCALL_SENDTO, DENY(ENOSYS));
    put_if_equal(a, SOCKETCALL_SETSOCKOPT, DENY(ENOSYS));
    put_if_equal(a, SOCKETCALL_SENDMSG, DENY(ENOSYS));
    put_if_equal(a, SOCKETCALL_SENDMMSG, DENY(ENOSYS));
    put_go(a, ALLOW);
}

static void judge_tcp(struct assembler *a) {
    put_mark(a, CALL_SETSOCKOPT); /* (fd, level, option, ...) */
    put_load(a, DATA_ARG(1));
    put_unless_equal(a, IPPROTO_TCP, ALLOW);
    put_load(a, DATA_ARG(2));
    put_if_equal(a, TCP_ULP, DENY(ENOPROTOOPT));
    put_go(a, ALLOW);

    put_mark(a, CALL_SENDMSG); /* (fd, message, flags) */
    put_load(a, DATA_ARG(2));
    put_go(a, LABEL_SEND_FLAGS);
    put_mark(a, CALL_SENDTO); /* (fd, data, length, flags, ...); sendmmsg(fd, messages, count, flags) */
    put_load(a, DATA_ARG(3));
    put_mark(a, LABEL_SEND_FLAGS);
    put_unless_bits(a, MSG_FASTOPEN, ALLOW);
    put_go(a, DENY(EOPNOTSUPP));
}

/* O_TRUNC in any mode that is not checked as a write: reading, and 3, which opens for neither and empties all
 * the same. */
static void judge_open(struct assembler *a) {
    put_mark(a, CALL_OPEN); /* (path, flags, ...) */
    put_load(a, DATA_ARG(1));
    put_go(a, LABEL_OPEN_FLAGS);
    put_mark(a, CALL_OPENAT); /* (directory, path, flags, ...); open_by_handle_at(directory, handle, flags) */
    put_load(a, DATA_ARG(2));
    put_mark(a, LABEL_OPEN_FLAGS);
    put_unless_bits(a, O_TRUNC, ALLOW);
    put_and(a, O_ACCMODE);
    put_if_equal(a, O_WRONLY, ALLOW);
    put_if_equal(a, O_RDWR, ALLOW);
    put_go(a, DENY(EACCES));
}

void filter_calls_judge(struct assembler *a, int with_i386, uint64_t features) {
    if (features & FILTER_TERMINAL)
        judge_ioctl(a);
    if (features & FILTER_PRLIMIT)
        judge_prlimit(a);
    if (features & SOCKETS)
        judge_socket(a, features);
    if (features & (FILTER_OTHER_NET_NONE | FILTER_UNIX_NONE))
        judge_socketpair(a, features);
    if ((features & SOCKETS) && with_i386)
        judge_socketcall(a);
    if (features & FILTER_TCP)
        judge_tcp(a);
    if (features & FILTER_TRUNCATE)
        judge_open(a);
}
