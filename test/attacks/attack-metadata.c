/* What is told or changed about a file outside without opening it. */
#define _GNU_SOURCE
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

static int status(const struct target *target) {
    struct stat stat;
    return lstat(target->secret, &stat);
}

static int read_link(const struct target *target) {
    char buffer[512];
    return readlink(attack_path(target->out, "link"), buffer, sizeof buffer) < 0 ? -1 : 0;
}

static int ask_access(const struct target *target) { return access(target->secret, R_OK); }
static int change_directory(const struct target *target) { return chdir(target->out); }
static int change_mode(const struct target *target) { return chmod(target->secret, 0640); }
static int change_times(const struct target *target) { return utimensat(AT_FDCWD, target->secret, NULL, 0); }

static int change_owner(const struct target *target) {
    struct stat stat;
    return lstat(target->secret, &stat) || chown(target->secret, stat.st_uid, stat.st_gid) ? -1 : 0;
}

static int set_attribute(const struct target *target) {
    return setxattr(target->secret, "user.attack", "x", 1, 0);
}

/* What a watch of the directory tells, after the same process has caused it: names of files that it cannot
 * list. */
static int watch_directory(const struct target *target) {
    char events[4096];
    int fd = inotify_init1(IN_NONBLOCK);
    if (fd < 0 || inotify_add_watch(fd, target->out, IN_ALL_EVENTS) < 0 || chmod(target->secret, 0600))
        return -1;
    ssize_t got = read(fd, events, sizeof events);
    return got > 0 && memmem(events, (size_t)got, "secret", 6) != NULL ? 0 : attack_fail(ENODATA);
}

/* The same by fanotify(7) without privilege, Linux 5.13. */
static int watch_names(const struct target *target) {
    char events[4096];
    int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_REPORT_DFID_NAME | FAN_NONBLOCK, 0);
    if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD, FAN_ATTRIB | FAN_EVENT_ON_CHILD, AT_FDCWD, target->out) ||
        chmod(target->secret, 0600))
        return -1;
    ssize_t got = read(fd, events, sizeof events);
    return got > 0 && memmem(events, (size_t)got, "secret", 6) != NULL ? 0 : attack_fail(ENODATA);
}

const struct attack metadata_attacks[] = {
    {"stat", status},
    {"readlink", read_link},
    {"access", ask_access},
    {"chdir", change_directory},
    {"chmod", change_mode},
    {"utimes", change_times},
    {"chown", change_owner},
    {"setxattr", set_attribute},
    {"inotify", watch_directory},
    {"fanotify-names", watch_names},
};
const size_t metadata_attack_count = sizeof metadata_attacks / sizeof *metadata_attacks;
