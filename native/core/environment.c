#include "environment.h"

#include "glob.h"
#include "sys.h"

static size_t name_length(const char *entry) {
    const char *end = text_find(entry, '=');
    return end == NULL ? text_length(entry) : (size_t)(end - entry);
}

/** Not by the entry's own length: its end is far, and every name is compared with every entry. */
static bool is_named(const char *entry, const char *name, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (entry[i] != name[i])
            return false;
    return entry[length] == '=' || entry[length] == '\0';
}

const char *environment_get(char *const *environment, const char *name) {
    size_t length = text_length(name);
    for (; *environment != NULL; environment++)
        if (is_named(*environment, name, length) && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

static bool matches(const struct context *context, struct plan_list globs, const char *entry, bool fold) {
    size_t length = globs.count == 0 ? 0 : name_length(entry);
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

size_t environment_put(char **entries, size_t count, char *entry) {
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

size_t environment_count(char *const *entries) {
    size_t count = 0;
    while (entries[count] != NULL)
        count++;
    return count;
}

static _Noreturn void refuse_cut_off(const struct context *context, long error) {
    message_refuse(&context->reporter, MESSAGE_SPAWN_PROTOCOL,
                   (struct message_facts){.detail = "the environment is cut off", .error = error});
}

/** The bytes as they were sent, all of them. */
static const char *receive(struct context *context, size_t size) {
    char *bytes = context_take(context, size);
    for (size_t done = 0; done < size;) {
        long got =
            sys_call(SYS_read, context->spawn->status, (long)(bytes + done), (long)(size - done), 0, 0, 0);
        if (got == -EINTR)
            continue;
        if (got <= 0)
            refuse_cut_off(context, got);
        done += (size_t)got;
    }
    return bytes;
}

void environment_take(struct context *context) {
    const struct spawn_request *request = context->spawn;
    if (!request->environment_prepared && request->environment_size == 0)
        return;
    size_t size = request->environment_prepared ? context->prepared_size : request->environment_size;
    const char *bytes = request->environment_prepared ? context->prepared : receive(context, size);
    if (size == 0 || bytes[size - 1] != '\0')
        refuse_cut_off(context, 0);
    size_t count = environment_count(context->envp);
    for (size_t i = 0; i < size; i++)
        count += bytes[i] == '\0';
    char **entries = context_take(context, (count + 1) * sizeof *entries);
    count = 0;
    for (size_t at = 0; at < size; at += text_length(bytes + at) + 1)
        entries[count++] = (char *)(uintptr_t)(bytes + at);
    for (char *const *own = context->envp; *own != NULL; own++)
        count = environment_put(entries, count, *own);
    entries[count] = NULL;
    context->envp = entries;
}

void environment_edit(struct context *context) {
    const struct plan_list sets = context->plan.env_set;
    size_t given = environment_count(context->envp);
    char **entries = context_take(context, (given + sets.count + 1) * sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; i < given; i++)
        if (stays(context, context->envp[i]))
            entries[count++] = context->envp[i];
    for (uint32_t i = 0; i < sets.count; i++)
        count = environment_put(entries, count, (char *)(uintptr_t)context_string(context, sets.at[i]));
    entries[count] = NULL;
    context->environment = entries;
    const char *path = environment_get(entries, "PATH");
    context->search_path = path == NULL ? DEFAULT_SEARCH_PATH : path;
}
