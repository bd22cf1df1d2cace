#include "directory-rules.h"

#include "place.h"
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

/** What is known of directories that a walk has passed. */
struct walked {
    uint64_t access; /* the right that was asked for */
    unsigned count;
    struct {
        struct place place;
        bool allowed; /* by a rule of this directory or of one above it */
    } at[32];
};

/** Where the place is in the list, or -1. */
static int find_walked(const struct walked *walked, const struct place *place) {
    for (unsigned i = 0; place->has_mount && i < walked->count; i++)
        if (place_is_same(&walked->at[i].place, place))
            return (int)i;
    return -1;
}

static void remember(struct walked *walked, const struct place *place) {
    if (place->has_mount && walked->count < sizeof walked->at / sizeof *walked->at)
        walked->at[walked->count++].place = *place;
}

/** Whether a rule of this directory has the right; above it, only rules on the directory itself count. */
static bool has_rule(const struct context *context, const struct place *place, uint64_t access, bool above) {
    for (uint32_t i = 0; i < context->rule_count; i++) {
        const struct directory_rule *rule = &context->rules[i];
        if (rule->path == NULL && rule->device == place->device && rule->inode == place->inode &&
            (rule->access & access) == access && (rule->beneath || !above))
            return true;
    }
    return false;
}

/* 4096 is the kernel's PATH_MAX; a directory deeper than that cannot be walked by name, and counts as one
 * that cannot be looked at. */
#define WALK_MAX 4096

/** Walks up from the directory to the root, or to one that an earlier walk has passed, and compares what it
 * passes with the rules that were looked at. What it passes comes behind what was walked before. */
static enum verdict walk_up(const struct context *context, struct walked *walked, const char *directory,
                            uint64_t access) {
    char walk[WALK_MAX];
    size_t length = text_length(directory);
    if (length + 1 >= sizeof walk)
        return UNKNOWN;
    memcpy(walk, directory, length + 1);
    unsigned before = walked->count;
    struct place below = {0};
    for (bool above = false;; above = true) {
        struct place place;
        if (place_find(walk, &place) < 0)
            return UNKNOWN;
        if (has_rule(context, &place, access, above))
            return ALLOWED;
        int known = find_walked(walked, &place);
        if (known >= 0 && (unsigned)known < before)
            return walked->at[known].allowed ? ALLOWED : DENIED;
        if (above && place_is_same(&place, &below))
            return DENIED;
        remember(walked, &place);
        below = place;
        if (length + 4 > sizeof walk)
            return UNKNOWN;
        memcpy(walk + length, "/..", 4);
        length += 3;
    }
}

/** The same, and what it came to is kept for all that was passed, unless nothing can be known of it. */
static enum verdict judge(const struct context *context, struct walked *walked, const char *directory,
                          uint64_t access) {
    unsigned before = walked->count;
    enum verdict verdict = walk_up(context, walked, directory, access);
    if (verdict == UNKNOWN)
        walked->count = before;
    for (unsigned i = before; i < walked->count; i++)
        walked->at[i].allowed = verdict == ALLOWED;
    return verdict;
}

/** What is known of this right, from walks that all rules were looked at for. */
static struct walked *walked_for(struct context *context, uint64_t access) {
    if (context->walked == NULL || context->walked->access != access) {
        context->walked = context_take(context, sizeof *context->walked);
        context->walked->access = access;
    }
    return context->walked;
}

enum verdict directory_rules_judge(struct context *context, const char *directory, uint64_t access) {
    if (!are_all_looked_at(context)) {
        look_at_likely(context, directory);
        struct walked none = {0};
        enum verdict likely = judge(context, &none, directory, access);
        if (likely != DENIED)
            return likely;
        directory_rules_look(context);
    }
    return judge(context, walked_for(context, access), directory, access);
}
