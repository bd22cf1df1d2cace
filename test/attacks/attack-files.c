/* Attacks on files outside, and on grants from inside: every other way to a file than its plain name. */
#define _GNU_SOURCE
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static int open_plain(const struct target *target) {
    return attack_reads_secret(open(target->secret, O_RDONLY));
}

static int open_dotdot(const struct target *target) {
    return attack_reads_secret(open(attack_path(target->work, "../out/secret"), O_RDONLY));
}

static int open_after_chdir(const struct target *target) {
    return chdir(target->out) ? -1 : attack_reads_secret(open("secret", O_RDONLY));
}

/* Reads the secret by another name, which is removed again. */
static int read_and_remove(const char *name) {
    int result = attack_reads_secret(open(name, O_RDONLY));
    int error = errno;
    unlink(name);
    errno = error;
    return result;
}

static int open_symlink(const struct target *target) {
    const char *link = attack_path(target->work, "link");
    return symlink(target->secret, link) ? -1 : read_and_remove(link);
}

static int open_o_path(const struct target *target) {
    char name[64];
    int fd = open(target->secret, O_PATH);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return fd < 0 ? -1 : attack_reads_secret(open(name, O_RDONLY));
}

static int open_from_o_path(const struct target *target) {
    int directory = open(target->out, O_PATH | O_DIRECTORY);
    return directory < 0 ? -1 : attack_reads_secret(openat(directory, "secret", O_RDONLY));
}

/* The directory is the root of the walk, so that its own name is never looked at. */
static int open_in_root(const struct target *target) {
    struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT};
    int directory = open(target->out, O_PATH | O_DIRECTORY);
    return directory < 0
               ? -1
               : attack_reads_secret((int)syscall(SYS_openat2, directory, "/secret", &how, sizeof how));
}

static int open_by_handle(const struct target *target) {
    union {
        struct file_handle head;
        char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } handle = {.head.handle_bytes = MAX_HANDLE_SZ};
    int mount;
    if (name_to_handle_at(AT_FDCWD, target->secret, &handle.head, &mount, 0))
        return -1;
    int place = open(target->work, O_RDONLY | O_DIRECTORY);
    return place < 0 ? -1 : attack_reads_secret(open_by_handle_at(place, &handle.head, O_RDONLY));
}

static int link_secret(const struct target *target) {
    const char *link = attack_path(target->work, "hard");
    return linkat(AT_FDCWD, target->secret, AT_FDCWD, link, 0) ? -1 : read_and_remove(link);
}

/* By its descriptor, without CAP_DAC_READ_SEARCH: open(2), O_TMPFILE. */
static int link_descriptor(const struct target *target) {
    char name[64];
    int fd = open(target->secret, O_PATH);
    const char *link = attack_path(target->work, "hard");
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    if (fd < 0 || linkat(AT_FDCWD, name, AT_FDCWD, link, AT_SYMLINK_FOLLOW))
        return -1;
    return read_and_remove(link);
}

static int rename_secret(const struct target *target) {
    const char *stolen = attack_path(target->work, "stolen");
    if (rename(target->secret, stolen))
        return -1;
    int result = attack_reads_secret(open(stolen, O_RDONLY));
    return rename(stolen, target->secret) ? -1 : result;
}

static int swap_names(const char *one, const char *other) {
    return syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2) < 0 ? -1 : 0; /* RENAME_EXCHANGE */
}

/* The whole directory outside changes places with one of ours. */
static int exchange(const struct target *target) {
    const char *ours = attack_path(target->work, "directory");
    if (mkdir(ours, 0700) || swap_names(ours, target->out))
        return -1;
    int result = attack_reads_secret(open(attack_path(ours, "secret"), O_RDONLY));
    return swap_names(ours, target->out) ? -1 : result;
}

static int append(const char *path) {
    int fd = open(path, O_WRONLY | O_APPEND);
    return fd >= 0 && write(fd, "x", 1) == 1 ? 0 : -1;
}

/* A file that may only be read moves to where files may be written. */
static int raise_by_link(const struct target *target) {
    const char *link = attack_path(target->work, "raised");
    if (linkat(AT_FDCWD, attack_path(target->ro, "file"), AT_FDCWD, link, 0))
        return -1;
    int result = append(link);
    return unlink(link) ? -1 : result;
}

static int raise_by_rename(const struct target *target) {
    const char *moved = attack_path(target->work, "raised"), *file = attack_path(target->ro, "file");
    if (rename(file, moved))
        return -1;
    int result = append(moved);
    return rename(moved, file) ? -1 : result;
}

static int raise_by_exchange(const struct target *target) {
    const char *ours = attack_path(target->work, "file"), *theirs = attack_path(target->ro, "file");
    if (swap_names(ours, theirs))
        return -1;
    int result = append(ours);
    return swap_names(ours, theirs) ? -1 : result;
}

static int plant_outside(const struct target *target) {
    int fd = open(target->work, O_TMPFILE | O_WRONLY, 0600);
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    if (fd < 0)
        return -1;
    const char *planted = attack_path(target->out, "planted");
    return linkat(AT_FDCWD, name, AT_FDCWD, planted, AT_SYMLINK_FOLLOW) || unlink(planted) ? -1 : 0;
}

/* A program that no exec right was granted for, from memory. */
static int exec_memory(const struct target *target) {
    static const char script[] = "#!/bin/true\n";
    (void)target;
    int fd = (int)syscall(SYS_memfd_create, "program", 0);
    char *const argv[] = {"program", NULL}, *const env[] = {NULL};
    if (fd < 0 || write(fd, script, sizeof script - 1) < 0)
        return -1;
    return fexecve(fd, argv, env);
}

/* A file that may be read and not executed: its code is mapped instead. */
static int map_executable(const struct target *target) {
    int fd = open(attack_path(target->directory, "readable/file"), O_RDONLY);
    if (fd < 0)
        return -1;
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0;
}

static int exec_denied(const struct target *target) {
    const char *program = attack_path(target->directory, "readable/program");
    char *const argv[] = {(char *)(uintptr_t)program, NULL}, *const env[] = {NULL};
    return execve(program, argv, env);
}

/* The same program, which the shell reads instead of executing it. */
static int exec_by_shell(const struct target *target) {
    const char *program = attack_path(target->directory, "readable/program");
    char *const argv[] = {"sh", (char *)(uintptr_t)program, NULL}, *const env[] = {NULL};
    return execve("/bin/sh", argv, env);
}

const struct attack file_attacks[] = {
    {"open", open_plain},
    {"open-dotdot", open_dotdot},
    {"open-after-chdir", open_after_chdir},
    {"open-symlink", open_symlink},
    {"open-o-path", open_o_path},
    {"openat-o-path", open_from_o_path},
    {"openat2-in-root", open_in_root},
    {"open-by-handle", open_by_handle},
    {"link", link_secret},
    {"link-descriptor", link_descriptor},
    {"rename", rename_secret},
    {"rename-exchange", exchange},
    {"raise-by-link", raise_by_link},
    {"raise-by-rename", raise_by_rename},
    {"raise-by-exchange", raise_by_exchange},
    {"tmpfile-link", plant_outside},
    {"exec-denied", exec_denied},
    {"exec-memory", exec_memory},
    {"exec-by-shell", exec_by_shell},
    {"map-executable", map_executable},
};
const size_t file_attack_count = sizeof file_attacks / sizeof *file_attacks;
