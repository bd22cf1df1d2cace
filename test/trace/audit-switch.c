/* Turns the kernel's auditing on or off: audit-switch 0|1. Prints what it was. Needs CAP_AUDIT_CONTROL. */
#include <linux/audit.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct message {
    struct nlmsghdr header;
    struct audit_status status;
};

static int ask(int fd, int type, struct message *message) {
    message->header.nlmsg_len = sizeof *message;
    message->header.nlmsg_type = (unsigned short)type;
    message->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    if (send(fd, message, sizeof *message, 0) < 0)
        return -1;
    char answer[1024];
    if (recv(fd, answer, sizeof answer, 0) < 0)
        return -1;
    struct nlmsghdr *first = (struct nlmsghdr *)answer;
    if (first->nlmsg_type != NLMSG_ERROR || *(int *)NLMSG_DATA(first) != 0)
        return -1;
    if (type != AUDIT_GET)
        return 0;
    if (recv(fd, answer, sizeof answer, 0) < 0)
        return -1;
    memcpy(&message->status, NLMSG_DATA(first), sizeof message->status);
    return 0;
}

int main(int argc, char **argv) {
    struct message before = {0};
    struct message set = {.status = {.mask = AUDIT_STATUS_ENABLED}};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
    if (argc != 2 || fd < 0 || ask(fd, AUDIT_GET, &before) != 0)
        return 1;
    set.status.enabled = (unsigned)atoi(argv[1]);
    if (ask(fd, AUDIT_SET, &set) != 0)
        return 1;
    printf("%u\n", before.status.enabled);
    return 0;
}
