/* Deeds with files: one for each way to reach, change, make or run one. */
#define _GNU_SOURCE
#include "deed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* open_tree(2), Linux 5.2: the same number on every architecture, and its flag OPEN_TREE_CLONE. */
enum { NR_OPEN_TREE = 428, OPEN_TREE_COPY = 1 };

/* Opens a path and closes it again. Out: 0, or -1. */
static int try_open(const char *path, int flags) {
    int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    return fd < 0 ? -1 : close(fd);
}

static int do_read(char **w) { return try_open(w[0], O_RDONLY); }
static int do_write(char **w) { return try_open(w[0], O_WRONLY); }
static int do_create(char **w) { return try_open(w[0], O_WRONLY | O_CREAT | O_EXCL); }
static int do_empty(char **w) { return try_open(w[0], O_WRONLY | O_TRUNC); }
static int do_empty_reading(char **w) { return try_open(w[0], O_RDONLY | O_TRUNC); }
static int do_truncate(char **w) { return truncate(w[0], 0); }
static int do_mkdir(char **w) { return mkdir(w[0], 0700); }
static int do_rmdir(char **w) { return rmdir(w[0]); }
static int do_unlink(char **w) { return unlink(w[0]); }
static int do_symlink(char **w) { return symlink(w[0], w[1]); }
static int do_mkfifo(char **w) { return mkfifo(w[0], 0600); }
static int do_mkchr(char **w) { return mknod(w[0], S_IFCHR | 0600, makedev(1, 3)); }
static int do_mkblk(char **w) { return mknod(w[0], S_IFBLK | 0600, makedev(7, 0)); }
static int do_rename(char **w) { return rename(w[0], w[1]); }
static int do_exchange(char **w) { return renameat2(AT_FDCWD, w[0], AT_FDCWD, w[1], RENAME_EXCHANGE); }
static int do_link(char **w) { return link(w[0], w[1]); }
static int do_chdir(char **w) { return chdir(w[0]); }
static int do_mount(char **w) { return mount("none", w[0], "tmpfs", 0, NULL); }

static int do_stat(char **w) {
    struct stat status;
    return stat(w[0], &status);
}

static int do_list(char **w) {
    DIR *directory = opendir(w[0]);
    return directory ? closedir(directory) : -1;
}

static int do_mksock(char **w) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", w[0]);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&address, sizeof address);
}

/* Runs a program without arguments; its failure to start is ours. */
static int do_exec(char **w) {
    int ends[2], error = 0;
    if (pipe2(ends, O_CLOEXEC))
        return -1;
    pid_t child = fork();
    if (child == 0) {
        execl(w[0], w[0], (char *)NULL);
        error = errno;
        _exit(write(ends[1], &error, sizeof error) != sizeof error);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &error, sizeof error) < 0 || waitpid(child, NULL, 0) < 0)
        return -1;
    errno = error;
    return error ? -1 : 0;
}

/* Asks a device for the number of its terminal: only /dev/ptmx has one. */
static int do_ioctl(char **w) {
    unsigned int number;
    int fd = open(w[0], O_RDWR | O_CLOEXEC | O_NOCTTY);
    return fd < 0 ? -1 : ioctl(fd, TIOCGPTN, &number);
}

/* Opens what a descriptor of our own refers to anew, through /proc, as `cat /dev/fd/3` does. */
static int reopen(int fd) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return try_open(path, O_RDWR);
}

static int do_pipe(char **w) {
    (void)w;
    int ends[2];
    char byte = 'x';
    if (pipe2(ends, O_CLOEXEC) || write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1)
        return -1;
    return reopen(ends[0]);
}

static int do_memfd(char **w) {
    (void)w;
    int fd = memfd_create("deed", MFD_CLOEXEC);
    if (fd < 0 || write(fd, "x", 1) != 1 || ftruncate(fd, 0))
        return -1;
    return reopen(fd);
}

/* Writes to, and empties, a descriptor that was open before. */
static int do_use_fd(char **w) {
    int fd = (int)deed_number(w[0]);
    return write(fd, "x", 1) == 1 ? ftruncate(fd, 0) : -1;
}

/* Opens a file by its handle, without walking to it; any directory of the same file system serves as the
 * mount. */
static int do_by_handle(char **w) {
    union {
        struct file_handle handle;
        char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } named = {.handle.handle_bytes = MAX_HANDLE_SZ};
    int mount;
    if (name_to_handle_at(AT_FDCWD, w[1], &named.handle, &mount, 0))
        return -1;
    int directory = open(w[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -1;
    int fd = open_by_handle_at(directory, &named.handle, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -1 : close(fd);
}

/* Copies a directory's tree as a mount of its own, in namespaces of its own, and opens a file there. */
static int do_clone_tree(char **w) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
        return -1;
    int tree = (int)syscall(NR_OPEN_TREE, AT_FDCWD, w[0], OPEN_TREE_COPY | O_CLOEXEC);
    if (tree < 0)
        return -1;
    int fd = openat(tree, w[1], O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -1 : close(fd);
}

const struct deed file_deeds[] = {
    {"read", 1, do_read},           {"list", 1, do_list},
    {"write", 1, do_write},         {"create", 1, do_create},
    {"empty", 1, do_empty},         {"empty-reading", 1, do_empty_reading},
    {"mkdir", 1, do_mkdir},         {"truncate", 1, do_truncate},
    {"rmdir", 1, do_rmdir},         {"unlink", 1, do_unlink},
    {"mkfifo", 1, do_mkfifo},       {"symlink", 2, do_symlink},
    {"mksock", 1, do_mksock},       {"mkchr", 1, do_mkchr},
    {"mkblk", 1, do_mkblk},         {"rename", 2, do_rename},
    {"link", 2, do_link},           {"exchange", 2, do_exchange},
    {"exec", 1, do_exec},           {"stat", 1, do_stat},
    {"chdir", 1, do_chdir},         {"ioctl", 1, do_ioctl},
    {"mount", 1, do_mount},         {"pipe", 0, do_pipe},
    {"memfd", 0, do_memfd},         {"use-fd", 1, do_use_fd},
    {"by-handle", 2, do_by_handle}, {"clone-tree", 2, do_clone_tree},
};
const size_t file_deed_count = sizeof file_deeds / sizeof *file_deeds;
