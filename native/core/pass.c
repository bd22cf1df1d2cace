#include "pass.h"

#include "memory.h"
#include "sys.h"

long pass_open(int ends[2]) {
    return sys_call(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, (long)ends, 0, 0);
}

/* Size of a control message with one descriptor, without its padding (cmsg(3)). */
#define MESSAGE_SIZE offsetof(struct descriptor_message, padding)

long pass_send(int socket, int descriptor) {
    uint8_t byte = 0;
    struct iovec part = {&byte, sizeof byte};
    struct descriptor_message control = {
        .size = MESSAGE_SIZE, .level = SOL_SOCKET, .type = SCM_RIGHTS, .descriptor = descriptor};
    struct msghdr message = {
        .parts = &part, .part_count = 1, .control = &control, .control_size = sizeof control};
    long sent;
    do
        sent = sys_call(SYS_sendmsg, socket, (long)&message, MSG_NOSIGNAL, 0, 0, 0);
    while (sent == -EINTR);
    return sent < 0 ? sent : 0;
}

long pass_receive(int socket) {
    uint8_t byte = 0;
    struct iovec part = {&byte, sizeof byte};
    struct descriptor_message control = {.size = 0};
    struct msghdr message = {
        .parts = &part, .part_count = 1, .control = &control, .control_size = sizeof control};
    long got;
    do
        got = sys_call(SYS_recvmsg, socket, (long)&message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, 0, 0, 0);
    while (got == -EINTR);
    if (got < 0)
        return got;
    /* No room for a descriptor (RLIMIT_NOFILE): the kernel cuts the control message off. */
    if (control.size != MESSAGE_SIZE || control.type != SCM_RIGHTS)
        return got == 0 ? -EAGAIN : -ENOMEM;
    return control.descriptor;
}
