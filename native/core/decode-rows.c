#include "decode.h"
#include "filter.h"
#include "memory.h"

static bool is_string(const struct plan *plan, uint32_t offset) {
    return offset < plan->header->strings_size;
}

static bool is_text(const struct plan *plan, uint32_t offset) {
    return is_string(plan, offset) && plan->strings[offset] != '\0';
}

/** A row with a parent: an earlier plain path, and a split of its own path that leaves a name below the
 * parent. */
static const char *check_parent(const struct plan *plan, uint32_t index) {
    const struct path_row *row = &plan->paths[index];
    if (row->parent == PLAN_NO_PARENT)
        return row->relative == 0 ? NULL : "a path without parent has a relative part";
    if (row->parent >= index || (plan->paths[row->parent].flags & PATH_STDIO_TERMINAL) != 0)
        return "a path's parent is no earlier plain path";
    const char *path = plan_string(plan, row->path);
    if (row->relative == 0 || row->relative >= text_length(path) || path[row->relative - 1] != '/' ||
        path[row->relative] == '/')
        return "a path's relative part is none";
    return NULL;
}

static const char *check_path(const struct plan *plan, uint32_t index) {
    const struct path_row *row = &plan->paths[index];
    if ((row->flags & ~(uint32_t)PATH_FLAGS_ALL) != 0 || row->reserved != 0)
        return "a path row has unknown flags or reserved bits";
    if ((row->access & ~LANDLOCK_ACCESS_FS_ALL) != 0)
        return "a path row has unknown rights";
    if (!is_string(plan, row->path) || !is_string(plan, row->origin))
        return "a string of a path row leaves the strings";
    if ((row->flags & PATH_STDIO_TERMINAL) != 0)
        return row->path == 0 && row->parent == PLAN_NO_PARENT && row->relative == 0 &&
                       (row->flags & (PATH_FILE_ONLY | PATH_MAKE_DIRECTORY | PATH_REQUIRED)) == 0
                   ? NULL
                   : "the terminal's row has more than rights";
    if (*plan_string(plan, row->path) != '/')
        return "a path is not absolute";
    if ((row->flags & PATH_FILE_ONLY) != 0 && (row->flags & PATH_MAKE_DIRECTORY) != 0)
        return "a path is to be a file and a directory";
    return check_parent(plan, index);
}

static const char *check_ports(const struct plan *plan) {
    uint64_t rules = plan->path_count;
    for (uint32_t i = 0; i < plan->port_count; i++) {
        const struct port_row *row = &plan->ports[i];
        if (row->reserved != 0 || (row->access & ~LANDLOCK_ACCESS_NET_ALL) != 0)
            return "a port row has unknown rights or reserved bits";
        if (row->low > row->high || row->high > 65535)
            return "a port is out of range";
        if (!is_string(plan, row->origin))
            return "a string of a port row leaves the strings";
        rules += (uint64_t)row->high - row->low + 1;
    }
    return rules > PLAN_RULES_MAX ? "more than 65,536 rules" : NULL;
}

static const char *check_requirement(const struct plan *plan, const struct requirement_row *row) {
    static const uint64_t known[KIND_COUNT] = {
        [KIND_FS] = LANDLOCK_ACCESS_FS_ALL,
        [KIND_NET] = LANDLOCK_ACCESS_NET_ALL,
        [KIND_SCOPE] = LANDLOCK_SCOPE_ALL,
        [KIND_RESTRICT] = LANDLOCK_RESTRICT_SELF_LOG_ALL,
        [KIND_ABI] = INT32_MAX,
        [KIND_FILTER] = FILTER_ALL,
    };
    if (row->kind >= KIND_COUNT || row->action >= ACTION_COUNT)
        return "a requirement of unknown kind or action";
    if ((row->flags & ~(uint32_t)REQUIREMENT_FLAGS_ALL) != 0 || row->reserved != 0)
        return "a requirement has unknown flags or reserved bits";
    if (row->bits == 0 || (row->bits & ~known[row->kind]) != 0)
        return "a requirement has unknown bits, or none";
    if ((row->alternative & ~FILTER_ALL) != 0 ||
        (row->alternative != 0 && (row->kind == KIND_ABI || row->kind == KIND_FILTER)))
        return "a requirement has an alternative that is none";
    if (!is_string(plan, row->origin) || !is_string(plan, row->code) || !is_string(plan, row->text) ||
        !is_string(plan, row->remedy))
        return "a string of a requirement leaves the strings";
    if (row->action != ACTION_DROP && (!is_text(plan, row->code) || !is_text(plan, row->text)))
        return "a requirement has no words to be refused with";
    return NULL;
}

static const char *check_limit(const struct plan *plan, const struct limit_row *row) {
    if (row->resource >= RLIMIT_COUNT)
        return "an unknown limit";
    if (row->which < LIMIT_SOFT || row->which > LIMIT_BOTH)
        return "a limit is neither soft nor hard";
    if (row->reserved != 0 || !is_string(plan, row->origin))
        return "a limit has reserved bits, or a string that leaves the strings";
    return NULL;
}

static const char *check_names(const struct plan *plan, struct plan_list list) {
    for (uint32_t i = 0; i < list.count; i++)
        if (!is_text(plan, list.at[i]))
            return "an environment list holds no name";
    return NULL;
}

static const char *check_environment(const struct plan *plan) {
    const struct plan_list lists[] = {plan->env_keep, plan->env_unset, plan->env_scrub, plan->env_pass,
                                      plan->env_set};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const char *reason = check_names(plan, lists[i]);
        if (reason != NULL)
            return reason;
    }
    for (uint32_t i = 0; i < plan->env_set.count; i++) {
        const char *entry = plan_string(plan, plan->env_set.at[i]);
        if (*entry == '=' || text_find(entry, '=') == NULL)
            return "an environment entry is no NAME=VALUE";
    }
    return NULL;
}

static const char *check_descriptors(const struct plan *plan) {
    for (uint32_t i = 0; i < plan->keep_count; i++) {
        const struct keep_row *row = &plan->keeps[i];
        if (row->descriptor < PLAN_DESCRIPTOR_MIN || row->descriptor > PLAN_DESCRIPTOR_MAX)
            return "a descriptor to keep is out of range";
        if (i > 0 && row->descriptor <= row[-1].descriptor)
            return "the descriptors to keep do not ascend";
        if ((int32_t)row->descriptor == plan->header->status_descriptor)
            return "the status descriptor is to be kept";
        if (!is_string(plan, row->origin))
            return "a string of a descriptor to keep leaves the strings";
    }
    return NULL;
}

const char *plan_decode_rows(const struct plan *plan) {
    const char *reason = NULL;
    for (uint32_t i = 0; i < plan->path_count && reason == NULL; i++)
        reason = check_path(plan, i);
    if (reason == NULL)
        reason = check_ports(plan);
    for (uint32_t i = 0; i < plan->requirement_count && reason == NULL; i++)
        reason = check_requirement(plan, &plan->requirements[i]);
    for (uint32_t i = 0; i < plan->limit_count && reason == NULL; i++)
        reason = check_limit(plan, &plan->limits[i]);
    if (reason == NULL)
        reason = check_environment(plan);
    if (reason == NULL)
        reason = check_descriptors(plan);
    return reason;
}
