#include "directory-rules.h"

#include "sys.h"

void directory_rules_start(struct context *context, uint32_t count) {
    context->rules = context_take(context, count * sizeof *context->rules);
}

void directory_rules_add(struct context *context, const char *path, uint64_t access, bool beneath) {
    context->rules[context->rule_count++] =
        (struct directory_rule){.path = path, .access = access, .beneath = beneath};
}

/** The directory part of a file's path. */
static const char *directory_of(struct context *context, const char *path) {
    size_t length = text_length(path);
    while (length > 1 && path[length - 1] != '/')
        length--;
    char *directory = context_take(context, length + 1);
    memcpy(directory, path, length);
    return directory;
}

/** Finds out which directory the rule is about. One that cannot be looked at is none. */
static void look(struct context *context, struct directory_rule *rule) {
    const char *path = rule->beneath ? rule->path : directory_of(context, rule->path);
    struct stat stat;
    rule->path = NULL;
    if (sys_fstatat(AT_FDCWD, path, &stat, 0) < 0) {
        rule->access = 0;
        return;
    }
    rule->device = stat.st_dev;
    rule->inode = stat.st_ino;
}

void directory_rules_look(struct context *context) {
    for (uint32_t i = 0; i < context->rule_count; i++)
        if (context->rules[i].path != NULL)
            look(context, &context->rules[i]);
}

/** Looks at the rules whose directory the path seems to be in: for PATH they are most often enough. */
static void look_at_likely(struct context *context, const char *path) {
    for (uint32_t i = 0; i < context->rule_count; i++)
        if (context->rules[i].path != NULL && context->rules[i].beneath &&
            text_begins(path, context->rules[i].path))
            look(context, &context->rules[i]);
}

static bool are_all_looked_at(const struct context *context) {
    for (uint32_t i = 0; i < context->rule_count; i++)
        if (context->rules[i].path != NULL)
            return false;
    return true;
}

/** Whether a rule of this directory has the right; above it, only rules on the directory itself count. */
static bool has_rule(const struct context *context, const struct stat *stat, uint64_t access, bool above) {
    for (uint32_t i = 0; i < context->rule_count; i++) {
        const struct directory_rule *rule = &context->rules[i];
        if (rule->path == NULL && rule->device == stat->st_dev && rule->inode == stat->st_ino &&
            (rule->access & access) == access && (rule->beneath || !above))
            return true;
    }
    return false;
}

/* 4096 is the kernel's PATH_MAX; a directory deeper than that cannot be walked by name, and counts as one
 * that cannot be looked at. */
#define WALK_MAX 4096

/** Walks up from the directory to the root, and compares what it passes with the rules that were looked at.
 */
static bool walk_up(const struct context *context, const char *directory, uint64_t access) {
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

bool directory_rules_allow(struct context *context, const char *directory, uint64_t access) {
    look_at_likely(context, directory);
    if (walk_up(context, directory, access))
        return true;
    if (are_all_looked_at(context))
        return false;
    directory_rules_look(context);
    return walk_up(context, directory, access);
}
