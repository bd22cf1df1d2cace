#include "ruleset.h"

#include "probe.h"
#include "sys.h"

void ruleset_create(struct context *context) {
    if (context->ruleset >= 0 || (context->handled_fs | context->handled_net | context->scoped) == 0)
        return;
    long ruleset = probe_ruleset(context->handled_fs, context->handled_net, context->scoped);
    if (ruleset < 0)
        message_refuse(&context->reporter, MESSAGE_RULESET_REFUSED, (struct message_facts){.error = ruleset});
    context->ruleset = (int)ruleset;
}

static void add_port(const struct context *context, const struct port_row *row, uint32_t port,
                     uint64_t access) {
    struct landlock_net_port_attr attr = {.allowed_access = access, .port = port};
    long added = sys_landlock_add_rule(context->ruleset, LANDLOCK_RULE_NET_PORT, &attr);
    if (added == 0)
        return;
    char digits[21];
    *text_decimal(digits, port) = '\0';
    message_refuse(&context->reporter, MESSAGE_PORT_REFUSED,
                   (struct message_facts){
                       .origin = context_string(context, row->origin), .detail = digits, .error = added});
}

void ruleset_add_ports(const struct context *context) {
    for (uint32_t i = 0; i < context->plan.port_count; i++) {
        const struct port_row *row = &context->plan.ports[i];
        uint64_t access = row->access & context->handled_net;
        if (access == 0)
            continue;
        for (uint32_t port = row->low; port <= row->high; port++)
            add_port(context, row, port, access);
    }
}

void ruleset_add_path(const struct context *context, const struct path_row *row, int descriptor,
                      uint64_t access, const char *subject) {
    struct landlock_path_beneath_attr attr = {.allowed_access = access, .parent_fd = descriptor};
    long added = sys_landlock_add_rule(context->ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr);
    if (added != 0 && added != -EBADFD)
        message_refuse(&context->reporter, MESSAGE_RULE_REFUSED,
                       (struct message_facts){.origin = context_string(context, row->origin),
                                              .subject = subject,
                                              .error = added});
}

void ruleset_add_terminals(const struct context *context, const struct path_row *row) {
    static const char *const names[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
    uint64_t access = row->access & context->handled_fs & LANDLOCK_ACCESS_FS_ON_FILE;
    if (access == 0)
        return;
    for (int descriptor = 0; descriptor <= 2; descriptor++) {
        uint8_t settings[64]; /* struct termios of the kernel has 36 bytes on both architectures */
        if (sys_ioctl(descriptor, TCGETS, settings) == 0)
            ruleset_add_path(context, row, descriptor, access, names[descriptor]);
    }
}

void ruleset_enforce(struct context *context) {
    if (context->ruleset < 0)
        return;
    long enforced = sys_landlock_restrict_self(context->ruleset, context->restrict_flags);
    if (enforced < 0)
        message_refuse(&context->reporter,
                       enforced == -E2BIG ? MESSAGE_LAYERS_EXHAUSTED : MESSAGE_RESTRICT_REFUSED,
                       (struct message_facts){.error = enforced});
    long closed = sys_close(context->ruleset);
    if (closed < 0)
        message_refuse(&context->reporter, MESSAGE_DESCRIPTORS_REFUSED,
                       (struct message_facts){.error = closed});
    context->ruleset = -1;
}
