/* Attacks by mounts, namespaces and roots: the same file by another tree. */
#define _GNU_SOURCE
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define OPEN_TREE_CLONE 1
#define MOVE_MOUNT_EMPTY 4
#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#define SYS_fsopen 430
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

static int read_below(const char *directory) {
    return attack_reads_secret(open(attack_path(directory, "secret"), O_RDONLY));
}

/* A mount namespace of our own, without a user namespace: that takes CAP_SYS_ADMIN. */
static int own_mounts(void) {
    return unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ? -1 : 0;
}

static int bind_mount(const struct target *target) {
    if (own_mounts() || mount(target->out, target->work, NULL, MS_BIND, NULL))
        return -1;
    return read_below(target->work);
}

/* Root of a user namespace has every capability in it. */
static int user_namespace(const struct target *target) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || mount(target->out, target->work, NULL, MS_BIND, NULL))
        return -1;
    return read_below(target->work);
}

static int mount_clone(const struct target *target) {
    if (own_mounts())
        return -1;
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, target->out, OPEN_TREE_CLONE);
    if (tree < 0 || syscall(SYS_move_mount, tree, "", AT_FDCWD, target->work, MOVE_MOUNT_EMPTY))
        return -1;
    return read_below(target->work);
}

/* A clone of the tree that is mounted nowhere. */
static int open_tree_clone(const struct target *target) {
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, target->out, OPEN_TREE_CLONE);
    return tree < 0 ? -1 : attack_reads_secret(openat(tree, "secret", O_RDONLY));
}

static int overmount(const struct target *target) {
    return own_mounts() || mount("none", target->ro, "tmpfs", 0, NULL) ? -1 : 0;
}

static int new_filesystem(const struct target *target) {
    (void)target;
    return syscall(SYS_fsopen, "proc", 0) < 0 ? -1 : 0;
}

static int unmount(const struct target *target) {
    (void)target;
    return own_mounts() || umount2("/proc", MNT_DETACH) ? -1 : 0;
}

static int change_root(const struct target *target) {
    return chroot(target->out) || chdir("/") ? -1 : attack_reads_secret(open("/secret", O_RDONLY));
}

/* That the root can be changed at all: what lies below keeps its rules. */
static int change_root_only(const struct target *target) { return chroot(target->work); }

static int pivot(const struct target *target) {
    if (own_mounts() || mount(target->work, target->work, NULL, MS_BIND, NULL) || chdir(target->work))
        return -1;
    return syscall(SYS_pivot_root, ".", ".") ? -1 : 0;
}

static int join_victim(const struct target *target) {
    int pidfd = (int)syscall(SYS_pidfd_open, target->pid, 0);
    return pidfd < 0 || setns(pidfd, CLONE_NEWNS | CLONE_NEWUTS) ? -1 : 0;
}

/* The disk itself, as a device file that we make. */
static int make_disk(const struct target *target) {
    const char *node = attack_path(target->work, "disk");
    struct stat stat;
    if (lstat(target->secret, &stat))
        return -1;
    /* that a device file is there is enough: a cgroup may still guard the opening of it */
    dev_t disk = major(stat.st_dev) != 0 ? stat.st_dev : makedev(7, 0);
    return mknod(node, S_IFBLK | 0600, disk) || unlink(node) ? -1 : 0;
}

/* The kernel's memory, as a device file that we make: /dev/mem. */
static int make_memory(const struct target *target) {
    const char *node = attack_path(target->work, "mem");
    return mknod(node, S_IFCHR | 0600, makedev(1, 1)) || unlink(node) ? -1 : 0;
}

const struct attack namespace_attacks[] = {
    {"bind-mount", bind_mount},
    {"user-namespace", user_namespace},
    {"move-mount", mount_clone},
    {"open-tree-clone", open_tree_clone},
    {"overmount", overmount},
    {"fsopen", new_filesystem},
    {"umount", unmount},
    {"chroot-outside", change_root},
    {"chroot-inside", change_root_only},
    {"pivot-root", pivot},
    {"setns", join_victim},
    {"mknod-disk", make_disk},
    {"mknod-memory", make_memory},
};
const size_t namespace_attack_count = sizeof namespace_attacks / sizeof *namespace_attacks;
