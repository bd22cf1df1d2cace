#include "capabilities.h"

#include "sys.h"

struct capability_sets {
    struct capability_data words[2]; /* capabilities 0 to 31, 32 to 63 */
};

static long get(struct capability_sets *sets) {
    struct capability_header header = {.version = CAPABILITY_VERSION_3};
    return sys_call(SYS_capget, (long)&header, (long)sets, 0, 0, 0, 0);
}

static long put(const struct capability_sets *sets) {
    struct capability_header header = {.version = CAPABILITY_VERSION_3};
    return sys_call(SYS_capset, (long)&header, (long)sets, 0, 0, 0, 0);
}

/** Clears the mask in all sets. Returns whether anything was set. */
static bool clear(struct capability_sets *sets, uint64_t mask) {
    uint32_t held = 0;
    for (int i = 0; i < 2; i++) {
        struct capability_data *word = &sets->words[i];
        uint32_t bits = (uint32_t)(mask >> (32 * i));
        held |= (word->permitted | word->effective | word->inheritable) & bits;
        word->permitted &= ~bits;
        word->effective &= ~bits;
        word->inheritable &= ~bits;
    }
    return held != 0;
}

void capabilities_drop(const struct context *context) {
    uint64_t mask = context->plan.header->capabilities;
    if (mask == 0)
        return;
    struct capability_sets sets;
    long result = get(&sets);
    if (result == 0 && clear(&sets, mask))
        result = put(&sets);
    /* Asked again: a seccomp filter can answer 0 to a capset that never happened. */
    if (result == 0)
        result = get(&sets);
    if (result == 0 && clear(&sets, mask))
        result = -EPERM;
    if (result < 0)
        message_refuse(&context->reporter, MESSAGE_CAPABILITIES_KEPT,
                       (struct message_facts){.error = result});
}
