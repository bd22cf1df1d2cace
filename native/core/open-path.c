#include "open-path.h"

#include "descriptors.h"
#include "sys.h"

/* openat2(2) answers EAGAIN when something was renamed or mounted while it walked; a few hundred times in a
 * row is an attack. */
#define BENEATH_ATTEMPTS 256

static struct message_facts facts_of(const struct context *context, const struct path_row *row, long error) {
    return (struct message_facts){.origin = context_string(context, row->origin),
                                  .subject = context_string(context, row->path),
                                  .error = error};
}

static long open_plain(const char *path, int flags) {
    return sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC | flags);
}

/** O_DIRECTORY first: plain O_PATH would bind the trigger of an automount instead of what is mounted there.
 */
static struct opened open_anywhere(const char *path) {
    long opened = open_plain(path, O_DIRECTORY);
    if (opened == -ENOTDIR)
        return (struct opened){open_plain(path, 0), false};
    return (struct opened){opened, opened >= 0};
}

static long open_beneath(int parent, const char *relative, int flags) {
    struct open_how how = {.flags = (uint64_t)(O_PATH | O_CLOEXEC | flags),
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long opened = -EAGAIN;
    for (int i = 0; i < BENEATH_ATTEMPTS && opened == -EAGAIN; i++)
        opened = sys_openat2(parent, relative, &how);
    return opened;
}

/** Whether a kernel without openat2(2) (before 5.6) may do without it: there is no ruleset either, as it is
 * older than Landlock. */
static bool is_unguarded(const struct context *context, long opened) {
    return opened == -ENOSYS && context->ruleset < 0;
}

struct opened open_path(const struct context *context, const struct path_row *row, int parent) {
    const char *path = context_string(context, row->path);
    if (parent == PARENT_MISSING || descriptors_foreign(context, path))
        return (struct opened){-ENOENT, false};
    if (parent == PARENT_NONE)
        return open_anywhere(path);
    long opened = open_beneath(parent, path + row->relative, O_DIRECTORY);
    bool directory = opened >= 0;
    if (opened == -ENOTDIR)
        opened = open_beneath(parent, path + row->relative, 0);
    if (opened == -EXDEV && !context_has(context, PLAN_ALLOW_OVERLAP))
        message_refuse(&context->reporter, MESSAGE_PATH_LEADS_OUTSIDE, facts_of(context, row, 0));
    if (opened == -EXDEV)
        message_tell(&context->reporter, MESSAGE_PATH_LEADS_OUTSIDE_ALLOWED, facts_of(context, row, 0));
    if (opened == -EXDEV || is_unguarded(context, opened))
        return open_anywhere(path);
    return (struct opened){opened, directory};
}

/** A path cut in two: the directory part (`.` where there is none) and the last component, without slashes at
 * its end. */
struct split {
    char *directory;
    char *name;
};

static struct split split_path(struct context *context, const char *path) {
    size_t end = text_length(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    struct split split = {context_take(context, start + 2), context_take(context, end - start + 1)};
    memcpy(split.directory, start == 0 ? "." : path, start == 0 ? 1 : start);
    memcpy(split.name, path + start, end - start);
    return split;
}

/** Opens the directory part of the row's path, beneath the parent where it has one. */
static long open_directory_part(struct context *context, const struct path_row *row, int parent,
                                struct split *split) {
    const char *path = context_string(context, row->path);
    bool below = parent != PARENT_NONE;
    *split = split_path(context, below ? path + row->relative : path);
    if (parent == PARENT_MISSING)
        return -ENOENT;
    if (!below)
        return open_plain(split->directory, O_DIRECTORY);
    long opened = open_beneath(parent, split->directory, O_DIRECTORY);
    if (opened == -EXDEV && !context_has(context, PLAN_ALLOW_OVERLAP))
        message_refuse(&context->reporter, MESSAGE_PATH_LEADS_OUTSIDE, facts_of(context, row, 0));
    if (opened == -EXDEV || is_unguarded(context, opened)) {
        *split = split_path(context, path);
        return open_plain(split->directory, O_DIRECTORY);
    }
    return opened;
}

/** The file mode creation mask that was before. It cannot fail, say the man pages; a filter can make it. */
static long set_mask(struct context *context, const struct path_row *row, long mask) {
    long before = sys_umask((unsigned)mask);
    if (before < 0)
        message_refuse(&context->reporter, MESSAGE_TMP_UNMADE, facts_of(context, row, before));
    return before;
}

/** Mode 0700 whatever the umask, which would leave a directory that its own user cannot use. */
static long make_private(struct context *context, const struct path_row *row, int directory,
                         const char *name) {
    long mask = set_mask(context, row, 077);
    long made = sys_mkdirat(directory, name, 0700);
    set_mask(context, row, mask);
    return made;
}

bool make_directory(struct context *context, const struct path_row *row, int parent) {
    struct split split;
    long directory = open_directory_part(context, row, parent, &split);
    if (directory < 0)
        message_refuse(&context->reporter, MESSAGE_TMP_UNMADE, facts_of(context, row, directory));
    struct stat unused;
    bool there = true;
    long made = -EEXIST;
    if (!context->checking)
        made = make_private(context, row, (int)directory, split.name);
    else
        there = sys_fstatat((int)directory, split.name, &unused, AT_SYMLINK_NOFOLLOW) == 0;
    long closed = sys_close((int)directory);
    if (made < 0 && made != -EEXIST)
        message_refuse(&context->reporter, MESSAGE_TMP_UNMADE, facts_of(context, row, made));
    if (closed < 0)
        message_refuse(&context->reporter, MESSAGE_TMP_UNMADE, facts_of(context, row, closed));
    return there;
}
