#include "prepared.h"

#include "sealed.h"

_Static_assert(sizeof(struct directory_rule) % 8 == 0, "the plan behind the rules is aligned to 8");

long prepared_write(const struct context *context, int file) {
    const struct plan_header *plan = context->plan.header;
    size_t rules = context->rule_count * sizeof *context->rules;
    struct prepared_header header = {
        .magic = PREPARED_MAGIC,
        .version = PREPARED_VERSION,
        .rule_count = context->rule_count,
        .size = sizeof header + rules + plan->size,
        .handled_fs = context->handled_fs,
        .handled_net = context->handled_net,
        .scoped = context->scoped,
        .filter = context->filter,
        .restrict_flags = context->restrict_flags,
        .has_ruleset = context->ruleset >= 0,
    };
    long written = sealed_append(file, &header, sizeof header);
    if (written == 0)
        written = sealed_append(file, context->rules, rules);
    if (written == 0)
        written = sealed_append(file, plan, plan->size);
    return written == 0 ? sealed_close(file) : written;
}

const char *prepared_take(struct context *context, int ruleset, const uint8_t *bytes, size_t size,
                          const uint8_t **plan, size_t *plan_size) {
    const struct prepared_header *header = (const void *)bytes;
    if (size < sizeof *header || memcmp(header->magic, PREPARED_MAGIC, sizeof header->magic) != 0)
        return "no prepared plan: the magic is missing";
    if (header->version != PREPARED_VERSION)
        return "a prepared plan of another version";
    size_t rules = header->rule_count * sizeof *context->rules;
    if (header->size != size || size - sizeof *header < rules)
        return "the size is not that of the prepared plan";
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
    *plan = bytes + sizeof *header + rules;
    *plan_size = size - sizeof *header - rules;
    return NULL;
}
