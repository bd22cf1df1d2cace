/*
 * pair FEATURES TYPE PATH: can a socket of socketpair(AF_UNIX, TYPE) reach a server that is not its peer?
 *
 * Listens at PATH, installs the filter, makes a pair and tries sendto() and connect() to PATH, with the peer
 * open and with the peer closed. Prints `refused` and the errno where there is no pair; else `reached` or
 * `kept in`, by what the server saw.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* native/core/filter.h, which takes no libc header beside it. */
int filter_install(uint64_t features);

/* Whether it worked is asked of the server: a connected socket's sendto() may well succeed, into the pair. */
static void attempt(int from, const struct sockaddr_un *to) {
    sendto(from, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT, (const void *)to, sizeof *to);
    connect(from, (const void *)to, sizeof *to);
    send(from, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int main(int argc, char **argv) {
    if (argc != 4)
        return 125;
    int type = atoi(argv[2]), pair[2];
    int datagrams = type == SOCK_DGRAM || type == SOCK_RAW; /* AF_UNIX takes them for the same */
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, argv[3], sizeof address.sun_path - 1);
    int server = socket(AF_UNIX, type | SOCK_NONBLOCK, 0);
    if (server < 0 || bind(server, (void *)&address, sizeof address) != 0 ||
        (!datagrams && listen(server, 8) != 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        filter_install(strtoull(argv[1], NULL, 0)) != 0)
        return 125;
    if (socketpair(AF_UNIX, type, 0, pair) != 0) {
        printf("refused %d\n", errno);
        return 0;
    }
    attempt(pair[0], &address);
    close(pair[1]);
    attempt(pair[0], &address);
    int seen = datagrams ? recv(server, &(char){0}, 1, MSG_DONTWAIT) == 1 : accept(server, NULL, NULL) >= 0;
    puts(seen ? "reached" : "kept in");
    return 0;
}
