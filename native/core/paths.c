#include "paths.h"

#include "open-path.h"
#include "ruleset.h"
#include "sys.h"

/* What is at hand for each row while the rows are worked on. */
struct progress {
    int *descriptors;    /* of rows that are a parent of a later one; else PARENT_NONE, or PARENT_MISSING */
    uint32_t *last_user; /* the last row that needs a row's descriptor; itself where none does */
    uint32_t stated, stated_missing;
    const struct path_row *only; /* the one row that the user stated; NULL where there are more */
    long only_error;
};

static struct message_facts facts_of(const struct context *context, const struct path_row *row, long error) {
    return (struct message_facts){.origin = context_string(context, row->origin),
                                  .subject = context_string(context, row->path),
                                  .error = error};
}

static bool has(const struct path_row *row, enum path_flag flag) {
    return (row->flags & (uint32_t)flag) != 0;
}

/** A row whose path does not exist: fatal, one line, a note, or nothing, by its flags. */
static void miss(const struct context *context, const struct path_row *row, long error,
                 struct progress *progress) {
    if (has(row, PATH_STATED))
        progress->stated_missing++;
    if (has(row, PATH_REQUIRED))
        message_refuse(&context->reporter, MESSAGE_PATH_REQUIRED, facts_of(context, row, error));
    if (row == progress->only) {
        progress->only_error = error;
        return; /* nothing stated is left, and the refusal names it */
    }
    if (has(row, PATH_STATED) && has(row, PATH_WRITE) && !has(row, PATH_OPTIONAL))
        message_tell(&context->reporter, MESSAGE_PATH_MISSING, facts_of(context, row, error));
    else if (context_has(context, PLAN_VERBOSE))
        message_tell(&context->reporter, MESSAGE_PATH_SKIPPED, facts_of(context, row, error));
}

static void remember(struct context *context, const struct stat *stat, uint64_t access, bool beneath) {
    context->rules[context->rule_count++] = (struct directory_rule){
        .device = stat->st_dev, .inode = stat->st_ino, .access = access, .beneath = beneath};
}

/** Remembers the directory that an executable file was found in: COMMAND may look there. */
static void remember_directory_of(struct context *context, const char *path, uint64_t access) {
    size_t length = text_length(path);
    while (length > 1 && path[length - 1] != '/')
        length--;
    char *directory = context_take(context, length + 1);
    memcpy(directory, path, length);
    struct stat stat;
    if (sys_fstatat(AT_FDCWD, directory, &stat, 0) == 0)
        remember(context, &stat, access, false);
}

/** Whether a directory can be listed now, before the restriction: then it must be possible afterwards too. */
static bool can_list(const char *path) {
    long opened = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    if (opened < 0)
        return false;
    sys_close((int)opened);
    return true;
}

/** Adds the rule of an opened row; what the descriptor is decides which rights it can carry. */
static void grant(struct context *context, const struct path_row *row, int descriptor) {
    struct stat stat;
    long looked = sys_fstatat(descriptor, "", &stat, AT_EMPTY_PATH);
    if (looked < 0)
        message_refuse(&context->reporter, MESSAGE_PATH_UNOPENABLE, facts_of(context, row, looked));
    const char *path = context_string(context, row->path);
    bool directory = (stat.st_mode & S_IFMT) == S_IFDIR;
    if (directory && has(row, PATH_FILE_ONLY))
        message_refuse(&context->reporter, MESSAGE_PATH_NOT_FILE, facts_of(context, row, 0));
    if (!directory && has(row, PATH_MAKE_DIRECTORY))
        message_refuse(&context->reporter, MESSAGE_TMP_NOT_DIRECTORY, facts_of(context, row, 0));
    uint64_t access = row->access & context->handled_fs & (directory ? ~0ull : LANDLOCK_ACCESS_FS_ON_FILE);
    if (access == 0)
        return;
    ruleset_add_path(context, row, descriptor, access, path);
    if (!directory) {
        if ((access & LANDLOCK_ACCESS_FS_EXECUTE) != 0 && (stat.st_mode & S_IXALL) != 0)
            remember_directory_of(context, path, access);
        return;
    }
    remember(context, &stat, access, true);
    if (context->checking && context->readable == NULL && (access & LANDLOCK_ACCESS_FS_READ_DIR) != 0 &&
        can_list(path))
        context->readable = path;
}

/** Opens and grants one row. Returns its descriptor, or PARENT_MISSING. */
static int work(struct context *context, const struct path_row *row, struct progress *progress) {
    int parent = row->parent == PLAN_NO_PARENT ? PARENT_NONE : progress->descriptors[row->parent];
    if (has(row, PATH_STATED))
        progress->stated++;
    /* What a run would make, and a check doesn't, counts as there. */
    if (has(row, PATH_MAKE_DIRECTORY) && !make_directory(context, row, parent))
        return PARENT_MISSING;
    long opened = open_path(context, row, parent);
    bool missing = opened == -ENOENT || opened == -ENOTDIR;
    if (missing && has(row, PATH_MAKE_DIRECTORY))
        message_refuse(&context->reporter, MESSAGE_TMP_UNMADE, facts_of(context, row, opened));
    if (missing || (opened == -EACCES && has(row, PATH_PROFILE))) {
        miss(context, row, opened, progress);
        return PARENT_MISSING;
    }
    if (opened < 0)
        message_refuse(&context->reporter, MESSAGE_PATH_UNOPENABLE, facts_of(context, row, opened));
    grant(context, row, (int)opened);
    return (int)opened;
}

static void close_row(const struct context *context, struct progress *progress, uint32_t index) {
    if (progress->descriptors[index] < 0)
        return;
    long closed = sys_close(progress->descriptors[index]);
    if (closed < 0)
        message_refuse(&context->reporter, MESSAGE_DESCRIPTORS_REFUSED,
                       (struct message_facts){.error = closed});
    progress->descriptors[index] = PARENT_NONE;
}

/**
 * Lets as many parents be open at once as the hard limit allows; gives back what the soft limit was. A limit
 * that cannot be read or raised is left alone: where it is then too low, opening fails and says so.
 */
static struct rlimit64 raise_descriptor_limit(void) {
    struct rlimit64 before = {0, 0};
    if (sys_prlimit(0, RLIMIT_NOFILE, NULL, &before) == 0 && before.soft < before.hard) {
        struct rlimit64 raised = {before.hard, before.hard};
        if (sys_prlimit(0, RLIMIT_NOFILE, &raised, NULL) == 0)
            return before;
    }
    return (struct rlimit64){0, 0};
}

static void restore_descriptor_limit(const struct context *context, struct rlimit64 before) {
    long restored = before.hard == 0 ? 0 : sys_prlimit(0, RLIMIT_NOFILE, &before, NULL);
    if (restored < 0)
        message_refuse(&context->reporter, MESSAGE_STATE_REFUSED,
                       (struct message_facts){.detail = "RLIMIT_NOFILE", .error = restored});
}

/** The row that the user stated, where it is the only one. */
static const struct path_row *find_only_stated(const struct plan *plan) {
    const struct path_row *only = NULL;
    for (uint32_t i = 0; i < plan->path_count; i++) {
        if (!has(&plan->paths[i], PATH_STATED))
            continue;
        if (only != NULL)
            return NULL;
        only = &plan->paths[i];
    }
    return only;
}

static _Noreturn void refuse_all_missing(const struct context *context, const struct progress *progress) {
    struct message_facts facts = {0};
    if (progress->only != NULL)
        facts = facts_of(context, progress->only, progress->only_error);
    message_refuse(&context->reporter, MESSAGE_PATHS_ALL_MISSING, facts);
}

void paths_grant(struct context *context) {
    const struct plan *plan = &context->plan;
    uint32_t count = plan->path_count;
    struct progress progress = {
        .descriptors = context_take(context, count * sizeof(int)),
        .last_user = context_take(context, count * sizeof(uint32_t)),
        .only = find_only_stated(plan),
    };
    context->rules = context_take(context, count * sizeof *context->rules);
    for (uint32_t i = 0; i < count; i++) {
        progress.descriptors[i] = PARENT_NONE;
        progress.last_user[i] = i;
        if (plan->paths[i].parent != PLAN_NO_PARENT)
            progress.last_user[plan->paths[i].parent] = i;
    }
    struct rlimit64 before = raise_descriptor_limit();
    for (uint32_t i = 0; i < count; i++) {
        const struct path_row *row = &plan->paths[i];
        if (has(row, PATH_STDIO_TERMINAL)) {
            ruleset_add_terminals(context, row);
            continue;
        }
        progress.descriptors[i] = work(context, row, &progress);
        if (progress.last_user[i] == i)
            close_row(context, &progress, i);
        if (row->parent != PLAN_NO_PARENT && progress.last_user[row->parent] == i)
            close_row(context, &progress, row->parent);
    }
    restore_descriptor_limit(context, before);
    if (progress.stated > 0 && progress.stated == progress.stated_missing)
        refuse_all_missing(context, &progress);
}

/** Whether a rule of this directory has the right; above it, only rules on the directory itself count. */
static bool has_rule(const struct context *context, const struct stat *stat, uint64_t access, bool above) {
    for (uint32_t i = 0; i < context->rule_count; i++) {
        const struct directory_rule *rule = &context->rules[i];
        if (rule->device == stat->st_dev && rule->inode == stat->st_ino &&
            (rule->access & access) == access && (rule->beneath || !above))
            return true;
    }
    return false;
}

/* 4096 is the kernel's PATH_MAX; a directory deeper than that cannot be walked by name, and counts as one
 * that cannot be looked at. */
#define WALK_MAX 4096

bool paths_allow(const struct context *context, const char *directory, uint64_t access) {
    char walk[WALK_MAX];
    size_t length = text_length(directory);
    if (length + 1 >= sizeof walk)
        return true;
    memcpy(walk, directory, length + 1);
    struct stat below = {0};
    for (bool above = false;; above = true) {
        struct stat stat;
        if (sys_fstatat(AT_FDCWD, walk, &stat, 0) < 0)
            return true;
        if (has_rule(context, &stat, access, above))
            return true;
        if (above && stat.st_dev == below.st_dev && stat.st_ino == below.st_ino)
            return false;
        below = stat;
        if (length + 4 > sizeof walk)
            return true;
        memcpy(walk + length, "/..", 4);
        length += 3;
    }
}
