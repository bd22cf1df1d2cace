#include "prepared.h"

#include "environment-size.h"
#include "sealed.h"

_Static_assert(sizeof(struct directory_rule) % 8 == 0, "the plan behind the rules is aligned to 8");

/** Size of the part, up to the next boundary. */
static size_t padded(size_t size) { return (size + 7) & ~(size_t)7; }

static long fill_up(int file, size_t size) {
    static const char zeros[8];
    return sealed_append(file, zeros, padded(size) - size);
}

/** Each returns 0 or a negative errno. */
static long write_path(const struct context *context, int file, size_t size) {
    long written = size == 0 ? 0 : sealed_append(file, context->path, text_length(context->path) + 1);
    if (written == 0 && size != 0)
        written = sealed_append(file, context->path_settled, text_length(context->path_settled) + 1);
    return written == 0 ? fill_up(file, size) : written;
}

static long write_environment(const struct context *context, int file, size_t size) {
    long written = 0;
    for (char *const *entry = context->envp; size != 0 && *entry != NULL && written == 0; entry++)
        written = sealed_append(file, *entry, text_length(*entry) + 1);
    return written == 0 ? fill_up(file, size) : written;
}

/** Size of the environment with each entry's NUL; 0 where it is too large. */
static size_t environment_size(char *const *entries) {
    size_t size = 0;
    for (; *entries != NULL && size <= ENVIRONMENT_SIZE_MAX; entries++)
        size += text_length(*entries) + 1;
    return size <= ENVIRONMENT_SIZE_MAX ? size : 0;
}

/** Takes them out of the part. Returns whether they are two strings. */
static bool take_path(struct context *context, const char *part, size_t size) {
    if (size == 0)
        return true;
    if (part[size - 1] != '\0')
        return false;
    context->path = part;
    context->path_settled = part + text_length(part) + 1;
    return context->path_settled < part + size;
}

long prepared_write(const struct context *context, int file) {
    const struct plan_header *plan = context->plan.header;
    size_t rules = context->rule_count * sizeof *context->rules;
    size_t path =
        context->path == NULL ? 0 : text_length(context->path) + text_length(context->path_settled) + 2;
    size_t environment = environment_size(context->envp);
    struct prepared_header header = {
        .magic = PREPARED_MAGIC,
        .version = PREPARED_VERSION,
        .rule_count = context->rule_count,
        .size = sizeof header + rules + padded(path) + padded(environment) + plan->size,
        .handled_fs = context->handled_fs,
        .handled_net = context->handled_net,
        .scoped = context->scoped,
        .filter = context->filter,
        .restrict_flags = context->restrict_flags,
        .has_ruleset = context->ruleset >= 0,
        .path_size = path,
        .environment_size = environment,
    };
    long written = sealed_append(file, &header, sizeof header);
    if (written == 0)
        written = sealed_append(file, context->rules, rules);
    if (written == 0)
        written = write_path(context, file, path);
    if (written == 0)
        written = write_environment(context, file, environment);
    if (written == 0)
        written = sealed_append(file, plan, plan->size);
    return written == 0 ? sealed_close(file) : written;
}

/** Whether there is room for the part in what is left; takes it off. */
static bool take_part(size_t *left, uint64_t size) {
    if (size > *left || padded(size) > *left)
        return false;
    *left -= padded(size);
    return true;
}

const char *prepared_take(struct context *context, int ruleset, const uint8_t *bytes, size_t size,
                          const uint8_t **plan, size_t *plan_size) {
    const struct prepared_header *header = (const void *)bytes;
    if (size < sizeof *header || memcmp(header->magic, PREPARED_MAGIC, sizeof header->magic) != 0)
        return "no prepared plan: the magic is missing";
    if (header->version != PREPARED_VERSION)
        return "a prepared plan of another version";
    size_t rules = header->rule_count * sizeof *context->rules;
    size_t left = size - sizeof *header;
    if (header->size != size || !take_part(&left, rules) || !take_part(&left, header->path_size) ||
        !take_part(&left, header->environment_size))
        return "the size is not that of the prepared plan";
    const uint8_t *path = bytes + sizeof *header + rules;
    if (!take_path(context, (const char *)path, header->path_size))
        return "what is settled of PATH is damaged";
    context->prepared = (const char *)(path + padded(header->path_size));
    context->prepared_size = header->environment_size;
    if (header->has_ruleset != (ruleset >= 0))
        return "the prepared plan and its ruleset were parted";
    context->handled_fs = header->handled_fs;
    context->handled_net = header->handled_net;
    context->scoped = header->scoped;
    context->filter = header->filter;
    context->restrict_flags = header->restrict_flags;
    context->ruleset = ruleset;
    context->rule_count = header->rule_count;
    /* Only ever read, as all have been looked at; the member is what directory-rules.c fills in. */
    context->rules = (struct directory_rule *)(uintptr_t)(bytes + sizeof *header);
    *plan = bytes + (size - left);
    *plan_size = left;
    return NULL;
}
