/* The supervisor: a detached process that answers the Landlock calls of COMMAND and of all that it starts. */
#define _GNU_SOURCE
#include "fake-abi-supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of some distributions (Linux 5.14). */
#ifndef SECCOMP_ADDFD_FLAG_SEND
#define SECCOMP_ADDFD_FLAG_SEND (1UL << 1)
#endif

/* Receives what send_descriptor sent. Out: the descriptor, or -1 when the sender has gone. */
static int receive_descriptor(int socket) {
    char control[CMSG_SPACE(sizeof(int))];
    char buffer;
    struct iovec byte = {&buffer, 1};
    struct msghdr message = {
        .msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t got;
    do
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    struct cmsghdr *header = got == 1 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!header || header->cmsg_type != SCM_RIGHTS)
        return -1;
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

/* Answers one call that waits at the listener. A caller that has died meanwhile (ENOENT) needs no answer. */
static void answer_next(int listener, const struct pretence *pretence, struct seccomp_notif *call) {
    memset(call, 0, sizeof *call);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, call)) {
        if (errno != EINTR && errno != ENOENT)
            _exit(1);
        return;
    }
    struct answer answer = answer_call(pretence, &call->data, (int)call->pid);
    struct seccomp_notif_resp response = {.id = call->id};
    switch (answer.kind) {
    case ANSWER_DESCRIPTOR: {
        struct seccomp_notif_addfd gift = {.id = call->id,
                                           .flags = SECCOMP_ADDFD_FLAG_SEND,
                                           .srcfd = (uint32_t)answer.value,
                                           .newfd_flags = O_CLOEXEC};
        int given = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &gift);
        int error = errno;
        close(answer.value);
        if (given >= 0)
            return;
        response.error = -error;
        break;
    }
    case ANSWER_ERRNO:
        response.error = -answer.value;
        break;
    case ANSWER_VALUE:
        response.val = answer.value;
        break;
    case ANSWER_CONTINUE:
        response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        break;
    }
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) && errno != ENOENT)
        _exit(1);
}

/* Gives up everything that COMMAND may wait for: its pipes, terminal, session and working directory. */
static void detach(int keep) {
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || setsid() < 0 || chdir("/"))
        _exit(1);
    for (int fd = 0; fd < 3; fd++)
        if (dup2(null, fd) < 0)
            _exit(1);
    if (syscall(SYS_close_range, 3, keep - 1, 0) && keep > 3)
        _exit(1);
    if (syscall(SYS_close_range, keep + 1, ~0U, 0))
        _exit(1);
}

void supervise(int socket, const struct pretence *pretence) {
    int listener = receive_descriptor(socket);
    if (listener < 0)
        _exit(1);
    int high = fcntl(listener, F_DUPFD_CLOEXEC, 3); /* descriptors 0 to 2 may have been closed */
    if (high < 0)
        _exit(1);
    detach(high);

    struct seccomp_notif_sizes sizes;
    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes))
        _exit(1);
    struct seccomp_notif *call = calloc(1, sizes.seccomp_notif + sizeof *call);
    if (!call || sizes.seccomp_notif_resp != sizeof(struct seccomp_notif_resp))
        _exit(1);
    for (;;) {
        struct pollfd poll_listener = {.fd = high, .events = POLLIN};
        if (poll(&poll_listener, 1, -1) < 0) {
            if (errno != EINTR)
                _exit(1);
        } else if (poll_listener.revents & POLLIN) {
            answer_next(high, pretence, call);
        } else {
            _exit(0);
        }
    }
}
