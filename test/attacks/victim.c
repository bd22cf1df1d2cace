/*
 * victim DIRECTORY - a process outside of every policy, with secrets: in memory, in its environment (the test
 * puts it there), in an open file, in shared memory, in a key. Announces `ADDRESS DESCRIPTOR SEGMENT KEY` in
 * one line, then answers each line of standard input with `pong`, and says `signal N` when it gets one. Ends,
 * and takes its secrets along, with its input.
 */
#define _GNU_SOURCE
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define KEY_SPEC_USER_KEYRING (-4)
#define KEYCTL_REVOKE 3
#define KEYCTL_SETPERM 5
#define KEYCTL_UNLINK 9
#define KEY_ALL 0x3f3f3f3f

static char secret[64] = SECRET;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void on_signal(int number) {
    char text[] = "signal 00\n";
    text[7] = (char)('0' + number / 10);
    text[8] = (char)('0' + number % 10);
    if (write(1, text, sizeof text - 1) < 0)
        _exit(1);
}

static int listen_at(struct sockaddr_un *address, socklen_t size, int type) {
    int fd = socket(AF_UNIX, type, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)address, size) || (type == SOCK_STREAM && listen(fd, 8)))
        fail("socket");
    return fd;
}

static void listen_everywhere(const char *directory) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/out/socket", directory);
    if (length < 0 || (size_t)length >= sizeof address.sun_path)
        fail("the path of the socket is too long");
    listen_at(&address, sizeof address, SOCK_STREAM);
    struct sockaddr_un abstract = {.sun_family = AF_UNIX};
    length = snprintf(abstract.sun_path + 1, sizeof abstract.sun_path - 1, "landlock-run-%d", getpid());
    listen_at(&abstract, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length),
              SOCK_DGRAM);
}

static int share_memory(void) {
    int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    if (segment < 0)
        return -1; /* a kernel without System V shared memory */
    char *at = shmat(segment, NULL, 0);
    if (at == (void *)-1)
        fail("shmat");
    strcpy(at, SECRET);
    return segment;
}

/* A message queue /landlock-run-PID with the secret in it. */
static void queue_message(char name[32]) {
    struct mq_attr attributes = {.mq_maxmsg = 2, .mq_msgsize = 64};
    snprintf(name, 32, "/landlock-run-%d", getpid());
    mqd_t queue = mq_open(name, O_CREAT | O_RDWR, 0600, &attributes);
    if (queue != (mqd_t)-1 && mq_send(queue, SECRET, sizeof SECRET, 0))
        fail("mq_send");
}

static int keep_key(void) {
    char name[32];
    snprintf(name, sizeof name, "landlock-run-%d", getpid());
    int key = (int)syscall(SYS_add_key, "user", name, secret, strlen(secret), KEY_SPEC_USER_KEYRING);
    if (key > 0 && syscall(SYS_keyctl, KEYCTL_SETPERM, key, KEY_ALL))
        fail("KEYCTL_SETPERM");
    return key;
}

int main(int argc, char **argv) {
    char line[64], queue[32];
    if (argc != 2)
        return 64;
    listen_everywhere(argv[1]);
    const char *out = attack_path(argv[1], "out");
    int fd = open(attack_path(out, "secret"), O_RDONLY);
    if (fd < 0 || chdir(out))
        fail(out);
    int segment = share_memory();
    queue_message(queue);
    int key = keep_key();
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    for (int number = 1; number < 32; number++)
        if (number != SIGKILL && number != SIGSTOP && sigaction(number, &action, NULL))
            fail("sigaction");
    printf("%lx %d %d %d\n", (unsigned long)(uintptr_t)secret, fd, segment, key);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        puts("pong");
        fflush(stdout);
    }
    if (segment >= 0)
        shmctl(segment, IPC_RMID, NULL);
    mq_unlink(queue);
    if (key > 0)
        syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
    return 0;
}

const char *attack_path(const char *directory, const char *name) {
    char *path;
    if (asprintf(&path, "%s/%s", directory, name) < 0)
        abort();
    return path;
}
