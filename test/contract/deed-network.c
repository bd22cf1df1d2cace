/* Deeds with sockets. Everything is on loopback; a port of 0 is any free one. */
#define _GNU_SOURCE
#include "deed.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define PROTOCOL_MPTCP 262

static struct sockaddr_in loopback(const char *port) {
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)deed_number(port)),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static int attach(int (*how)(int, const struct sockaddr *, socklen_t), int type, int protocol,
                  const char *port) {
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, protocol);
    return fd < 0 ? -1 : how(fd, (struct sockaddr *)&address, sizeof address);
}

static int do_tcp_connect(char **w) { return attach(connect, SOCK_STREAM, 0, w[0]); }
static int do_tcp_bind(char **w) { return attach(bind, SOCK_STREAM, 0, w[0]); }
static int do_udp_connect(char **w) { return attach(connect, SOCK_DGRAM, 0, w[0]); }
static int do_udp_bind(char **w) { return attach(bind, SOCK_DGRAM, 0, w[0]); }
static int do_mptcp_connect(char **w) { return attach(connect, SOCK_STREAM, PROTOCOL_MPTCP, w[0]); }
static int do_mptcp_bind(char **w) { return attach(bind, SOCK_STREAM, PROTOCOL_MPTCP, w[0]); }

static int do_tcp6_connect(char **w) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_port = htons((uint16_t)deed_number(w[0])),
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&address, sizeof address);
}

/* Sends one byte that connects: TCP Fast Open (tcp(7)). */
static int do_fastopen(char **w) {
    struct sockaddr_in address = loopback(w[0]);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ssize_t sent =
        fd < 0 ? -1 : sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&address, sizeof address);
    return sent == 1 ? 0 : -1;
}

/* Asks for Fast Open by an option: connect() then says yes, and the first write connects (Linux 4.11). */
static int do_fastopen_option(char **w) {
    struct sockaddr_in address = loopback(w[0]);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &one, sizeof one) ||
        connect(fd, (struct sockaddr *)&address, sizeof address))
        return -1;
    return send(fd, "x", 1, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* Listens without having bound: the kernel picks the port. */
static int do_listen(char **w) {
    (void)w;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -1 : listen(fd, 1);
}

/* The same connection from an IPv6 socket, by an IPv4 address mapped into IPv6. */
static int do_tcp_mapped_connect(char **w) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)deed_number(w[0]))};
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr);
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&address, sizeof address);
}

static int do_udp_send(char **w) {
    struct sockaddr_in address = loopback(w[0]);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ssize_t sent = fd < 0 ? -1 : sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof address);
    return sent == 1 ? 0 : -1;
}

/* Turns a TCP socket into one of another protocol by name (`smc`). */
static int do_ulp(char **w) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -1 : setsockopt(fd, IPPROTO_TCP, TCP_ULP, w[0], (socklen_t)strlen(w[0]));
}

static int do_socket(char **w) {
    int fd = socket((int)deed_number(w[0]), (int)deed_number(w[1]), (int)deed_number(w[2]));
    return fd < 0 ? -1 : close(fd);
}

static int do_socketpair(char **w) {
    int ends[2];
    return socketpair((int)deed_number(w[0]), (int)deed_number(w[1]), 0, ends);
}

/* The same call as a 32-bit program makes it, from this 64-bit one. */
static int do_int80_socket(char **w) {
#if defined(__x86_64__)
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(359L), "b"(deed_number(w[0])), "c"(deed_number(w[1])), "d"(deed_number(w[2]))
                     : "memory", "r8", "r9", "r10", "r11");
    errno = (int)result < 0 ? -(int)result : 0;
    return (int)result < 0 ? -1 : 0;
#else
    (void)w;
    errno = ENOSYS;
    return -1;
#endif
}

/* socketcall(SYS_SOCKET, ...) of i386: its arguments lie in memory, where no filter can look. */
static int do_int80_socketcall(char **w) {
#if defined(__x86_64__)
    int *arguments = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (arguments == MAP_FAILED)
        return -1;
    for (int i = 0; i < 3; i++)
        arguments[i] = (int)deed_number(w[i]);
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(102L), "b"(1L), "c"(arguments)
                     : "memory", "r8", "r9", "r10", "r11");
    errno = (int)result < 0 ? -(int)result : 0;
    return (int)result < 0 ? -1 : 0;
#else
    (void)w;
    errno = ENOSYS;
    return -1;
#endif
}

static int do_io_uring(char **w) {
    (void)w;
    char parameters[256] = {0}; /* struct io_uring_params has 120 bytes */
    return syscall(SYS_io_uring_setup, 1, parameters) < 0 ? -1 : 0;
}

/* In: a path, or @ and an abstract name. Out: the address and its length. */
static socklen_t unix_address(const char *name, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    snprintf(address->sun_path, sizeof address->sun_path, "%s", name);
    if (*name == '@')
        address->sun_path[0] = 0;
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + (*name != '@'));
}

static int do_unix_connect(char **w) {
    struct sockaddr_un address;
    socklen_t length = unix_address(w[0], &address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&address, length);
}

/* Listens until the process ends. */
static int do_unix_serve(char **w) {
    struct sockaddr_un address;
    socklen_t length = unix_address(w[0], &address);
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return server < 0 || bind(server, (struct sockaddr *)&address, length) ? -1 : listen(server, 16);
}

/* Connects to a socket of our own making. */
static int do_unix_own(char **w) { return do_unix_serve(w) ? -1 : do_unix_connect(w); }

const struct deed network_deeds[] = {
    {"tcp-connect", 1, do_tcp_connect},
    {"tcp6-connect", 1, do_tcp6_connect},
    {"tcp-bind", 1, do_tcp_bind},
    {"udp-connect", 1, do_udp_connect},
    {"udp-bind", 1, do_udp_bind},
    {"udp-send", 1, do_udp_send},
    {"mptcp-connect", 1, do_mptcp_connect},
    {"mptcp-bind", 1, do_mptcp_bind},
    {"fastopen", 1, do_fastopen},
    {"fastopen-option", 1, do_fastopen_option},
    {"tcp-mapped-connect", 1, do_tcp_mapped_connect},
    {"listen", 0, do_listen},
    {"ulp", 1, do_ulp},
    {"socket", 3, do_socket},
    {"socketpair", 2, do_socketpair},
    {"int80-socket", 3, do_int80_socket},
    {"int80-socketcall", 3, do_int80_socketcall},
    {"io-uring", 0, do_io_uring},
    {"unix-connect", 1, do_unix_connect},
    {"unix-own", 1, do_unix_own},
    {"unix-serve", 1, do_unix_serve},
};
const size_t network_deed_count = sizeof network_deeds / sizeof *network_deeds;
