/* Attacks by what processes share without files: sockets, shared memory, queues, keys. */
#define _GNU_SOURCE
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define KEYCTL_READ 11

static int abstract_socket(const struct target *target, int dgram_send) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "landlock-run-%d", target->pid);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0)
        return -1;
    if (dgram_send)
        return sendto(fd, "x", 1, 0, (struct sockaddr *)&address, size) == 1 ? 0 : -1;
    return connect(fd, (struct sockaddr *)&address, size);
}

static int abstract_connect(const struct target *target) { return abstract_socket(target, 0); }
static int abstract_send(const struct target *target) { return abstract_socket(target, 1); }

static int pathname_connect(const struct target *target) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", target->out);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&address, sizeof address);
}

static int shared_memory(const struct target *target) {
    if (target->segment < 0)
        return attack_fail(ENOSYS);
    const char *at = shmat(target->segment, NULL, SHM_RDONLY);
    if (at == (void *)-1)
        return -1;
    return strcmp(at, SECRET) == 0 ? 0 : attack_fail(ENODATA);
}

static int message_queue(const struct target *target) {
    char name[32], message[64];
    snprintf(name, sizeof name, "/landlock-run-%d", target->pid);
    mqd_t queue = mq_open(name, O_RDONLY | O_NONBLOCK);
    if (queue == (mqd_t)-1 || mq_receive(queue, message, sizeof message, NULL) < 0)
        return -1;
    return strcmp(message, SECRET) == 0 ? 0 : attack_fail(ENODATA);
}

static int key(const struct target *target) {
    char content[sizeof SECRET] = "";
    if (target->key <= 0)
        return attack_fail(ENOSYS);
    if (syscall(SYS_keyctl, KEYCTL_READ, target->key, content, sizeof content - 1) < 0)
        return -1;
    return strcmp(content, SECRET) == 0 ? 0 : attack_fail(ENODATA);
}

const struct attack ipc_attacks[] = {
    {"abstract-connect", abstract_connect}, {"abstract-send", abstract_send},
    {"pathname-connect", pathname_connect}, {"sysv-shared-memory", shared_memory},
    {"posix-message-queue", message_queue}, {"keyring", key},
};
const size_t ipc_attack_count = sizeof ipc_attacks / sizeof *ipc_attacks;
