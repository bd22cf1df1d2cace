#include "paths.h"

#include "descriptors.h"
#include "directory-rules.h"
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

/** What to say of a path that is not there: nobody can create a descriptor. */
static struct message_facts facts_of_missing(const struct context *context, const struct path_row *row,
                                             long error) {
    struct message_facts facts = facts_of(context, row, error);
    if (descriptors_foreign(context, facts.subject)) {
        facts.detail = "the caller has no such descriptor open";
        facts.remedy = "open it in the caller, or name the file itself";
    }
    return facts;
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
        message_refuse(&context->reporter, MESSAGE_PATH_REQUIRED, facts_of_missing(context, row, error));
    if (row == progress->only) {
        progress->only_error = error;
        return; /* nothing stated is left, and the refusal names it */
    }
    if (has(row, PATH_STATED) && has(row, PATH_WRITE) && !has(row, PATH_OPTIONAL))
        message_tell(&context->reporter, MESSAGE_PATH_MISSING, facts_of_missing(context, row, error));
    else if (context_has(context, PLAN_VERBOSE))
        message_tell(&context->reporter, MESSAGE_PATH_SKIPPED, facts_of_missing(context, row, error));
}

/** Whether a directory can be listed now, before the restriction: then it must be possible afterwards too. */
static bool can_list(const char *path) {
    long opened = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    if (opened < 0)
        return false;
    sys_close((int)opened);
    return true;
}

/** What a path that was opened without O_DIRECTORY is: it can have become a directory meanwhile. */
static bool is_directory(const struct context *context, const struct path_row *row, int descriptor,
                         bool *executable) {
    struct stat stat;
    long looked = sys_fstatat(descriptor, "", &stat, AT_EMPTY_PATH);
    if (looked < 0)
        message_refuse(&context->reporter, MESSAGE_PATH_UNOPENABLE, facts_of(context, row, looked));
    *executable = (stat.st_mode & S_IXALL) != 0;
    return (stat.st_mode & S_IFMT) == S_IFDIR;
}

/** Adds the rule of an opened row; what the descriptor is decides which rights it can carry. */
static void grant(struct context *context, const struct path_row *row, struct opened opened) {
    const char *path = context_string(context, row->path);
    bool executable = false;
    bool directory = opened.directory || is_directory(context, row, (int)opened.descriptor, &executable);
    if (directory && has(row, PATH_FILE_ONLY))
        message_refuse(&context->reporter, MESSAGE_PATH_NOT_FILE, facts_of(context, row, 0));
    if (!directory && has(row, PATH_MAKE_DIRECTORY))
        message_refuse(&context->reporter, MESSAGE_TMP_NOT_DIRECTORY, facts_of(context, row, 0));
    uint64_t access = row->access & context->handled_fs & (directory ? ~0ull : LANDLOCK_ACCESS_FS_ON_FILE);
    if (access == 0)
        return;
    ruleset_add_path(context, row, (int)opened.descriptor, access, path);
    if (directory || (executable && (access & LANDLOCK_ACCESS_FS_EXECUTE) != 0))
        directory_rules_add(context, path, access, directory);
    if (directory && context->checking && context->readable == NULL &&
        (access & LANDLOCK_ACCESS_FS_READ_DIR) != 0 && can_list(path))
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
    struct opened opened = open_path(context, row, parent);
    long error = opened.descriptor;
    bool missing = error == -ENOENT || error == -ENOTDIR;
    if (missing && has(row, PATH_MAKE_DIRECTORY))
        message_refuse(&context->reporter, MESSAGE_TMP_UNMADE, facts_of_missing(context, row, error));
    if (missing || (error == -EACCES && has(row, PATH_PROFILE))) {
        miss(context, row, error, progress);
        return PARENT_MISSING;
    }
    if (error < 0)
        message_refuse(&context->reporter, MESSAGE_PATH_UNOPENABLE, facts_of(context, row, error));
    grant(context, row, opened);
    return (int)opened.descriptor;
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
        facts = facts_of_missing(context, progress->only, progress->only_error);
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
    directory_rules_start(context, count);
    bool parents = false;
    for (uint32_t i = 0; i < count; i++) {
        progress.descriptors[i] = PARENT_NONE;
        progress.last_user[i] = i;
        if (plan->paths[i].parent == PLAN_NO_PARENT)
            continue;
        progress.last_user[plan->paths[i].parent] = i;
        parents = true;
    }
    /* Without parents one path is open at a time. */
    struct rlimit64 before = parents ? raise_descriptor_limit() : (struct rlimit64){0, 0};
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
