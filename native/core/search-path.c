#include "search-path.h"

#include "directory-rules.h"
#include "environment.h"
#include "sys.h"

/** Whether a directory of PATH, given with its length, stays. The empty one is the working directory. */
static enum verdict judge_element(struct context *context, const char *element, size_t length) {
    char *directory = context_take(context, length + 2);
    memcpy(directory, length == 0 ? "." : element, length == 0 ? 1 : length);
    return directory_rules_judge(context, directory, LANDLOCK_ACCESS_FS_EXECUTE);
}

/* What is known of a directory of PATH since the plan was prepared. */
#define STAYS 'y'
#define GOES 'n'
#define OPEN '?'

/** The directory's length, without the colon behind it. */
static size_t element_length(const char *path) {
    const char *colon = text_find(path, ':');
    return colon == NULL ? text_length(path) : (size_t)(colon - path);
}

/** Whether the plan leaves directories out of PATH. */
static bool edits_path(const struct context *context) {
    return context_has(context, PLAN_FILES) && !context_has(context, PLAN_KEEP_PATH) &&
           (context->handled_fs & LANDLOCK_ACCESS_FS_EXECUTE) != 0;
}

void search_path_settle(struct context *context) {
    const char *path = environment_get(context->environment, "PATH");
    if (path == NULL || !edits_path(context))
        return;
    char *settled = context_take(context, text_length(path) + 2);
    context->path = path;
    context->path_settled = settled;
    for (;; path++) {
        size_t length = element_length(path);
        /* Others may be elsewhere for another process: by its working directory, or by /proc/self. */
        bool fixed = *path == '/' && !text_begins(path, "/proc/");
        enum verdict verdict = fixed ? judge_element(context, path, length) : UNKNOWN;
        *settled++ = verdict == ALLOWED ? STAYS : verdict == DENIED ? GOES : OPEN;
        path += length;
        if (*path == '\0')
            return;
    }
}

/** `PATH=` and the directories that stay; NULL where none does. */
static char *filter_path(struct context *context, const char *path) {
    const char *settled =
        context->path != NULL && text_equal(path, context->path) ? context->path_settled : "";
    char *entry = context_take(context, sizeof "PATH=" + text_length(path));
    char *end = entry + sizeof "PATH=" - 1;
    memcpy(entry, "PATH=", sizeof "PATH=");
    bool any = false;
    for (;; path++) {
        size_t length = element_length(path);
        char known = *settled == '\0' ? OPEN : *settled++;
        if (known == STAYS || (known == OPEN && judge_element(context, path, length) != DENIED)) {
            if (any)
                *end++ = ':';
            memcpy(end, path, length);
            end += length;
            any = true;
        }
        path += length;
        if (*path == '\0')
            break;
    }
    *end = '\0';
    return any ? entry : NULL;
}

void search_path_edit(struct context *context) {
    const char *path = environment_get(context->environment, "PATH");
    if (path == NULL || !edits_path(context))
        return;
    /* An empty PATH would mean the working directory; where nothing is left, the PATH as it was finds as
     * little. */
    char *entry = filter_path(context, path);
    if (entry == NULL)
        return;
    size_t count = environment_count(context->environment);
    context->environment[environment_put(context->environment, count, entry)] = NULL;
}
