#include "find-node.h"

#include "../core/memory.h"
#include "../core/sys.h"

/* A directory this deep has a path longer than the kernel takes. */
#define DEPTH_MAX (OWN_PATH_MAX / 2)

/** first + second, where they fit. */
static bool join(char to[OWN_PATH_MAX], const char *first, size_t length, const char *second) {
    size_t rest = text_length(second);
    if (length + rest >= OWN_PATH_MAX)
        return false;
    memcpy(to, first, length);
    memcpy(to + length, second, rest + 1);
    return true;
}

static bool ends_with(const char *text, size_t length, const char *end) {
    size_t size = text_length(end);
    return length >= size && memcmp(text + length - size, end, size) == 0;
}

static bool is_same(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/**
 * Whether the directory is the working directory or below it, by what it is and not by its name: up from it,
 * one
 * `..` at a time. What cannot be told counts as below. A working directory of `/` counts for nothing:
 * everything is below that.
 */
static bool is_below_working_directory(const char *directory, size_t length) {
    struct stat here, root, at, above;
    if (sys_fstatat(AT_FDCWD, ".", &here, 0) < 0 || sys_fstatat(AT_FDCWD, "/", &root, 0) < 0)
        return true;
    char path[OWN_PATH_MAX];
    if (is_same(&here, &root))
        return false;
    if (!join(path, directory, length, "") || sys_fstatat(AT_FDCWD, path, &at, 0) < 0)
        return true;
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        if (is_same(&at, &here))
            return true;
        if (!join(path, path, text_length(path), "/..") || sys_fstatat(AT_FDCWD, path, &above, 0) < 0)
            return true;
        if (is_same(&at, &above))
            return false;
        at = above;
    }
    return true;
}

static bool is_trusted(const char *directory, size_t length) {
    while (length > 1 && directory[length - 1] == '/')
        length--;
    return length > 0 && *directory == '/' && !ends_with(directory, length, "/node_modules/.bin") &&
           !is_below_working_directory(directory, length);
}

static bool try_search(const char *search, find_node_try *try, void *context) {
    for (const char *at = search;; at++) {
        const char *colon = text_find(at, ':');
        size_t length = colon == NULL ? text_length(at) : (size_t)(colon - at);
        char path[OWN_PATH_MAX];
        if (is_trusted(at, length) && join(path, at, length, "/node") && try(path, context))
            return true;
        if (colon == NULL)
            return false;
        at = colon;
    }
}

const char *find_node(const char *root, const char *search, find_node_try *try, void *context) {
    static const char global[] = "/lib/node_modules/landlock-run";
    static char bound[OWN_PATH_MAX];
    char path[OWN_PATH_MAX];
    size_t length = text_length(root);
    if (join(bound, root, length, "/dist/node")) {
        if (try(bound, context))
            return NULL;
        struct stat stat;
        if (sys_fstatat(AT_FDCWD, bound, &stat, AT_SYMLINK_NOFOLLOW) == 0)
            return bound;
    }
    if (ends_with(root, length, global) && join(path, root, length - (sizeof global - 1), "/bin/node") &&
        try(path, context))
        return NULL;
    if (search != NULL && try_search(search, try, context))
        return NULL;
    if (!try("/usr/local/bin/node", context))
        try("/usr/bin/node", context);
    return NULL;
}
