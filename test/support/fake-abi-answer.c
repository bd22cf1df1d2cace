/*
 * The three Landlock system calls as an older (or newer) kernel answers them.
 * The order of the checks is the kernel's (security/landlock/syscalls.c), so that a call which is wrong twice
 * gets the errno that a real kernel would give. What the live kernel answers the same way is left to it.
 */
#define _GNU_SOURCE
#include "fake-abi-answer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAP_SYS_ADMIN_BIT 21
#define PAGE 4096

static struct answer go_on(void) { return (struct answer){ANSWER_CONTINUE, 0}; }

static struct answer refuse(int error) { return (struct answer){ANSWER_ERRNO, error}; }

static struct answer succeed(int value) { return (struct answer){ANSWER_VALUE, value}; }

/* Reads the memory of a thread. Out: 0, or an errno. */
static int read_memory(int tid, uint64_t address, void *into, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    ssize_t got = address > INT64_MAX ? -1 : pread(fd, into, size, (off_t)address);
    close(fd);
    return got == (ssize_t)size ? 0 : EFAULT;
}

/* Reads one line of /proc/TID/status as a number. Out: 0, or an errno. */
static int read_status(int tid, const char *name, int base, uint64_t *value) {
    char line[256];
    snprintf(line, sizeof line, "/proc/%d/status", tid);
    FILE *status = fopen(line, "re");
    if (!status)
        return errno;
    int error = ENOENT;
    while (error && fgets(line, sizeof line, status)) {
        size_t length = strlen(name);
        if (!strncmp(line, name, length) && line[length] == ':') {
            *value = strtoull(line + length + 1, NULL, base);
            error = 0;
        }
    }
    fclose(status);
    return error;
}

/* A copy of a descriptor of another process (pidfd_getfd, Linux 5.6; plain O_PATH ones too). Out: it, or
 * -errno. */
static int copy_descriptor(int tid, int fd) {
    uint64_t process;
    int error = read_status(tid, "Tgid", 10, &process);
    if (error)
        return -error;
    int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)process, 0);
    if (pidfd < 0)
        return -errno;
    int copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
    error = errno;
    close(pidfd);
    return copy < 0 ? -error : copy;
}

/* What the live kernel says to a rule of a type that none has: EBADF or EBADFD for a wrong ruleset, else
 * EINVAL. */
static struct answer refuse_rule_type(int tid, int ruleset_fd) {
    int ruleset = copy_descriptor(tid, ruleset_fd);
    if (ruleset < 0)
        return refuse(-ruleset);
    long result = syscall(NR_ADD_RULE, ruleset, UINT32_MAX, NULL, 0);
    int error = errno;
    close(ruleset);
    return refuse(result < 0 ? error : EINVAL);
}

static struct answer answer_question(const struct pretence *pretence, const struct seccomp_data *call) {
    uint32_t flags = (uint32_t)call->args[2];
    if (call->args[0] || call->args[1])
        return refuse(EINVAL);
    if (flags == FLAG_VERSION)
        return succeed(pretence->abi);
    if (flags != FLAG_ERRATA || pretence->errata_kind == ERRATA_REFUSED)
        return refuse(EINVAL);
    if (pretence->errata_kind == ERRATA_VALUE)
        return succeed(pretence->errata);
    if (pretence->abi < 7)
        return refuse(EINVAL);
    return pretence->live_abi < 7 ? succeed(0) : go_on();
}

/* Copies the caller's ruleset_attr as copy_struct_from_user does for a kernel whose struct is `known` bytes
 * long. */
static int copy_ruleset_attr(int tid, uint64_t address, uint64_t size, size_t known,
                             struct ruleset_attr *attr) {
    unsigned char bytes[PAGE] = {0};
    if (!address)
        return EFAULT;
    if (size < sizeof attr->handled_access_fs)
        return EINVAL;
    if (size > PAGE)
        return E2BIG;
    int error = read_memory(tid, address, bytes, size);
    if (error)
        return error;
    for (size_t i = known; i < size; i++)
        if (bytes[i])
            return E2BIG;
    memcpy(attr, bytes, sizeof *attr);
    return 0;
}

/*
 * Makes the ruleset in the caller's stead, without the bits that the live kernel lacks. Nothing may be left:
 * a ruleset that handles nothing is ENOMSG, so it then gets the bit that ordinary programs are least likely
 * to notice.
 */
static struct answer create_reduced(const struct pretence *pretence, struct ruleset_attr attr) {
    attr.handled_access_fs &= pretence->live.access_fs;
    attr.handled_access_net &= pretence->live.access_net;
    attr.scoped &= pretence->live.scoped;
    if (!attr.handled_access_fs && !attr.handled_access_net && !attr.scoped) {
        if (pretence->live.scoped)
            attr.scoped = SCOPE_ABSTRACT_UNIX_SOCKET;
        else
            attr.handled_access_fs = ACCESS_FS_MAKE_BLOCK;
    }
    size_t size = pretence->live.ruleset_attr_size;
    int fd = (int)syscall(NR_CREATE_RULESET, &attr, size < sizeof attr ? size : sizeof attr, 0);
    return fd < 0 ? refuse(errno) : (struct answer){ANSWER_DESCRIPTOR, fd};
}

static struct answer answer_create(const struct pretence *pretence, const struct seccomp_data *call,
                                   int tid) {
    if ((uint32_t)call->args[2])
        return answer_question(pretence, call);
    const struct known *fake = &pretence->fake;
    struct ruleset_attr attr;
    int error = copy_ruleset_attr(tid, call->args[0], call->args[1], fake->ruleset_attr_size, &attr);
    if (error)
        return refuse(error);
    if (attr.handled_access_fs & ~fake->access_fs || attr.handled_access_net & ~fake->access_net ||
        attr.scoped & ~fake->scoped)
        return refuse(EINVAL);
    if (attr.quiet_access_fs & ~attr.handled_access_fs || attr.quiet_access_net & ~attr.handled_access_net ||
        attr.quiet_scoped & ~attr.scoped)
        return refuse(EINVAL);
    if (!attr.handled_access_fs && !attr.handled_access_net && !attr.scoped)
        return refuse(ENOMSG);
    return pretence->abi > pretence->live_abi ? create_reduced(pretence, attr) : go_on();
}

/* Adds a rule in the caller's stead, without the bits and flags that the live kernel lacks. */
static struct answer add_reduced(const struct pretence *pretence, const struct seccomp_data *call, int tid) {
    int type = (int)call->args[1];
    union {
        uint64_t access;
        struct path_beneath_attr path;
        struct net_port_attr port;
    } rule;
    size_t size = type == RULE_PATH_BENEATH ? sizeof rule.path : sizeof rule.port;
    int error = read_memory(tid, call->args[2], &rule, size);
    if (error)
        return refuse(error);
    uint64_t fake = type == RULE_PATH_BENEATH ? pretence->fake.access_fs : pretence->fake.access_net;
    uint64_t live = type == RULE_PATH_BENEATH ? pretence->live.access_fs : pretence->live.access_net;
    uint32_t flags = (uint32_t)call->args[3];
    if (!rule.access && !flags)
        return refuse(ENOMSG);
    if (rule.access & ~fake)
        return refuse(EINVAL);
    rule.access &= live;
    if (!rule.access)
        return succeed(0);

    int parent = -1;
    int ruleset = copy_descriptor(tid, (int)call->args[0]);
    if (ruleset < 0)
        return refuse(-ruleset);
    struct answer answer = succeed(0);
    if (type == RULE_PATH_BENEATH) {
        parent = copy_descriptor(tid, rule.path.parent_fd);
        rule.path.parent_fd = parent;
        if (parent < 0)
            answer = refuse(-parent);
    }
    if (answer.kind == ANSWER_VALUE &&
        syscall(NR_ADD_RULE, ruleset, type, &rule, flags & pretence->live.add_rule_flags) < 0)
        answer = refuse(errno);
    if (parent >= 0)
        close(parent);
    close(ruleset);
    return answer;
}

static struct answer answer_add(const struct pretence *pretence, const struct seccomp_data *call, int tid) {
    uint32_t type = (uint32_t)call->args[1];
    if ((uint32_t)call->args[3] & ~pretence->fake.add_rule_flags)
        return refuse(EINVAL);
    if (type != RULE_PATH_BENEATH && !(type == RULE_NET_PORT && pretence->fake.access_net))
        return refuse_rule_type(tid, (int)call->args[0]);
    return pretence->abi > pretence->live_abi ? add_reduced(pretence, call, tid) : go_on();
}

/*
 * Flags of restrict_self travel in a register, where nobody but the caller can drop them: one that only the
 * pretended kernel has is refused by the live one. Flags that only the live kernel has are refused here.
 */
static struct answer answer_restrict(const struct pretence *pretence, const struct seccomp_data *call,
                                     int tid) {
    if (!((uint32_t)call->args[1] & ~pretence->fake.restrict_flags))
        return go_on();
    uint64_t no_new_privs, effective;
    int error = read_status(tid, "NoNewPrivs", 10, &no_new_privs);
    if (!error)
        error = read_status(tid, "CapEff", 16, &effective);
    if (error)
        return refuse(error);
    return refuse(no_new_privs || effective >> CAP_SYS_ADMIN_BIT & 1 ? EINVAL : EPERM);
}

struct answer answer_call(const struct pretence *pretence, const struct seccomp_data *call, int tid) {
    switch (call->nr) {
    case NR_CREATE_RULESET:
        return answer_create(pretence, call, tid);
    case NR_ADD_RULE:
        return answer_add(pretence, call, tid);
    case NR_RESTRICT_SELF:
        return answer_restrict(pretence, call, tid);
    }
    return go_on();
}
