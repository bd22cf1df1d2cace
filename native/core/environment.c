#include "environment.h"

#include "directory-rules.h"
#include "glob.h"
#include "sys.h"

static size_t name_length(const char *entry) {
    const char *end = text_find(entry, '=');
    return end == NULL ? text_length(entry) : (size_t)(end - entry);
}

static bool is_named(const char *entry, const char *name, size_t length) {
    return name_length(entry) == length && memcmp(entry, name, length) == 0;
}

const char *environment_get(char *const *environment, const char *name) {
    size_t length = text_length(name);
    for (; *environment != NULL; environment++)
        if (is_named(*environment, name, length) && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

static bool matches(const struct context *context, struct plan_list globs, const char *entry, bool fold) {
    size_t length = name_length(entry);
    for (uint32_t i = 0; i < globs.count; i++)
        if (glob_match(context_string(context, globs.at[i]), entry, length, fold))
            return true;
    return false;
}

static bool is_listed(const struct context *context, struct plan_list names, const char *entry) {
    for (uint32_t i = 0; i < names.count; i++) {
        const char *name = context_string(context, names.at[i]);
        if (is_named(entry, name, text_length(name)))
            return true;
    }
    return false;
}

/** The variables of socket activation describe descriptors that are not inherited; left behind, they would
 * mislead. */
static bool is_activation(const char *entry) {
    return is_named(entry, "LISTEN_PID", 10) || is_named(entry, "LISTEN_PIDFDID", 14) ||
           is_named(entry, "LISTEN_FDS", 10) || is_named(entry, "LISTEN_FDNAMES", 14);
}

/** What tells a Node program of the channel that its spawner made: without them the channel is silently dead.
 */
static bool is_channel(const struct context *context, const char *entry) {
    return context->spawn != NULL && context->spawn->channel &&
           (is_named(entry, "NODE_CHANNEL_FD", 15) || is_named(entry, "NODE_CHANNEL_SERIALIZATION_MODE", 31));
}

static bool stays(const struct context *context, const char *entry) {
    const struct plan *plan = &context->plan;
    if (is_channel(context, entry))
        return true;
    if (is_activation(entry) && !context_has(context, PLAN_KEEP_FD_LISTEN))
        return false;
    if (is_listed(context, plan->env_pass, entry))
        return true;
    bool kept = matches(context, plan->env_keep, entry, false);
    if (context_has(context, PLAN_ENV_CLEAR) && !kept)
        return false;
    if (matches(context, plan->env_scrub, entry, true) && !kept)
        return false;
    return !matches(context, plan->env_unset, entry, false);
}

/** Replaces the first entry of the same name and drops later ones, or appends. There is room. Returns the new
 * count. */
static size_t set(char **entries, size_t count, char *entry) {
    size_t length = name_length(entry);
    size_t kept = 0;
    bool placed = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_named(entries[i], entry, length)) {
            entries[kept++] = entries[i];
        } else if (!placed) {
            entries[kept++] = entry;
            placed = true;
        }
    }
    if (!placed)
        entries[kept++] = entry;
    return kept;
}

void environment_edit(struct context *context) {
    const struct plan_list sets = context->plan.env_set;
    size_t given = 0;
    while (context->envp[given] != NULL)
        given++;
    char **entries = context_take(context, (given + sets.count + 1) * sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; i < given; i++)
        if (stays(context, context->envp[i]))
            entries[count++] = context->envp[i];
    for (uint32_t i = 0; i < sets.count; i++)
        count = set(entries, count, (char *)(uintptr_t)context_string(context, sets.at[i]));
    entries[count] = NULL;
    context->environment = entries;
    const char *path = environment_get(entries, "PATH");
    context->search_path = path == NULL ? DEFAULT_SEARCH_PATH : path;
}

/** Whether a directory of PATH, given with its length, stays. The empty one is the working directory. */
static bool is_searchable(struct context *context, const char *element, size_t length) {
    char *directory = context_take(context, length + 2);
    memcpy(directory, length == 0 ? "." : element, length == 0 ? 1 : length);
    return directory_rules_allow(context, directory, LANDLOCK_ACCESS_FS_EXECUTE);
}

/** `PATH=` and the directories that stay; NULL where none does. */
static char *filter_path(struct context *context, const char *path) {
    char *entry = context_take(context, sizeof "PATH=" + text_length(path));
    char *end = entry + sizeof "PATH=" - 1;
    memcpy(entry, "PATH=", sizeof "PATH=");
    bool any = false;
    for (;;) {
        const char *colon = text_find(path, ':');
        size_t length = colon == NULL ? text_length(path) : (size_t)(colon - path);
        if (is_searchable(context, path, length)) {
            if (any)
                *end++ = ':';
            memcpy(end, path, length);
            end += length;
            any = true;
        }
        if (colon == NULL)
            break;
        path = colon + 1;
    }
    *end = '\0';
    return any ? entry : NULL;
}

void environment_edit_path(struct context *context) {
    if (!context_has(context, PLAN_FILES) || context_has(context, PLAN_KEEP_PATH) ||
        (context->handled_fs & LANDLOCK_ACCESS_FS_EXECUTE) == 0)
        return;
    const char *path = environment_get(context->environment, "PATH");
    if (path == NULL)
        return;
    /* An empty PATH would mean the working directory; where nothing is left, the PATH as it was finds as
     * little. */
    char *entry = filter_path(context, path);
    if (entry == NULL)
        return;
    size_t count = 0;
    while (context->environment[count] != NULL)
        count++;
    context->environment[set(context->environment, count, entry)] = NULL;
}
