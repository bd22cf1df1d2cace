/*
 * fake-abi KERNEL [--errata N|einval] [--] COMMAND [ARG...]
 *
 * Runs COMMAND, and everything that it starts, so that Landlock's system calls answer as another kernel
 * would. KERNEL:
 *
 *   ENOSYS | EOPNOTSUPP | EPERM   no Landlock: not built in, off at boot, refused by a container's filter
 *   1 to 99                       a kernel of that ABI. Where the live kernel is newer, exactly: announced
 * ABI, unknown bits, structs, rule types and flags. Where it is older, the interface only: bits that it lacks
 * are accepted and not enforced lying-6                       announces ABI 6 and rejects SCOPE_SIGNAL, as
 * some distributions' kernels do
 *
 * COMMAND keeps this process's pid, parent, descriptors and exit status: a seccomp filter hands the calls to
 * a detached supervisor (seccomp_unotify(2)), which ends with the last process that has the filter. Exit
 * status of our own: 125 for any failure before COMMAND, 126 or 127 when it cannot be executed or is not
 * found.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake-abi-supervise.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "fake-abi knows x86-64 and arm64 only"
#endif

static void fail(const char *what) {
    fprintf(stderr, "fake-abi: %s: %s\n", what, strerror(errno));
    exit(125);
}

static void usage(void) {
    fputs("usage: fake-abi ENOSYS|EOPNOTSUPP|EPERM|lying-6|ABI [--errata N|einval] [--] COMMAND [ARG...]\n",
          stderr);
    exit(125);
}

/* Sends Landlock's three calls to `action`. Out: what seccomp(2) returns with `flags`; ends the process on
 * failure. */
static int install_filter(uint32_t action, unsigned int flags) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, NR_CREATE_RULESET, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, NR_RESTRICT_SELF, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    int result = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (result < 0 && errno == EACCES) { /* neither CAP_SYS_ADMIN nor no_new_privs */
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
            fail("no_new_privs");
        result = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    }
    if (result < 0)
        fail("seccomp");
    return result;
}

/* Sends one descriptor over a socket. */
static void send_descriptor(int socket, int fd) {
    char control[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec byte = {"x", 1};
    struct msghdr message = {
        .msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (sendmsg(socket, &message, 0) != 1)
        fail("cannot hand over the listener");
}

/* Starts the supervisor as a grandchild, so that COMMAND has no child that it did not start. Out: a socket to
 * it. */
static int start_supervisor(const struct pretence *pretence) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        fail("socketpair");
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (!child) {
        pid_t grandchild = fork();
        if (grandchild)
            _exit(grandchild < 0 ? 1 : 0);
        close(ends[0]);
        supervise(ends[1], pretence);
    }
    close(ends[1]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno == ECHILD) /* SIGCHLD is ignored: there is nothing to wait for */
            break;
        else if (errno != EINTR)
            fail("waitpid");
    if (status) {
        errno = EAGAIN;
        fail("fork of the supervisor");
    }
    return ends[0];
}

static void pretend(const struct pretence *pretence) {
    int socket = start_supervisor(pretence);
    /* Under Yama the supervisor, which is no ancestor, may read the caller's memory only by consent (exec
     * keeps it). */
    if (prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0) && errno != EINVAL)
        fail("PR_SET_PTRACER");
    int listener = install_filter(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
    send_descriptor(socket, listener);
    close(listener);
    close(socket);
}

/* In: text. Out: the decimal number that all of it is, from `least` to `most`; else -1. */
static long parse_number(const char *text, long least, long most) {
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    return errno || end == text || *end || number < least || number > most ? -1 : number;
}

/* In: the KERNEL word. Out: the errno of a kernel without Landlock, or 0. */
static int parse_absence(const char *kernel) {
    if (!strcmp(kernel, "ENOSYS"))
        return ENOSYS;
    if (!strcmp(kernel, "EOPNOTSUPP"))
        return EOPNOTSUPP;
    return strcmp(kernel, "EPERM") ? 0 : EPERM;
}

static void parse_pretence(const char *kernel, struct pretence *pretence) {
    int lying = !strcmp(kernel, "lying-6");
    pretence->abi = lying ? 6 : (int)parse_number(kernel, 1, 99);
    if (pretence->abi < 0)
        usage();
    pretence->fake = known_at(pretence->abi);
    if (lying)
        pretence->fake.scoped &= ~SCOPE_SIGNAL;
    pretence->live_abi = (int)syscall(NR_CREATE_RULESET, NULL, 0, FLAG_VERSION);
    if (pretence->live_abi < 0)
        fail("the live kernel has no Landlock");
    pretence->live = known_at(pretence->live_abi);
}

static void parse_errata(const char *text, struct pretence *pretence) {
    pretence->errata_kind = strcmp(text, "einval") ? ERRATA_VALUE : ERRATA_REFUSED;
    if (pretence->errata_kind == ERRATA_REFUSED)
        return;
    pretence->errata = (int)parse_number(text, 0, INT32_MAX);
    if (pretence->errata < 0)
        usage();
}

int main(int argc, char **argv) {
    struct pretence pretence = {0};
    int next = 2;
    if (argc < 3)
        usage();
    if (!strcmp(argv[next], "--errata")) {
        if (next + 2 >= argc)
            usage();
        parse_errata(argv[next + 1], &pretence);
        next += 2;
    }
    if (!strcmp(argv[next], "--"))
        next++;
    if (next >= argc)
        usage();

    int absence = parse_absence(argv[1]);
    if (absence) {
        install_filter(SECCOMP_RET_ERRNO | (uint32_t)absence, 0);
    } else {
        parse_pretence(argv[1], &pretence);
        pretend(&pretence);
    }
    execvp(argv[next], argv + next);
    int error = errno;
    fprintf(stderr, "fake-abi: %s: %s\n", argv[next], strerror(error));
    return error == ENOENT ? 127 : 126;
}
