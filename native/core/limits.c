#include "limits.h"

#include "sys.h"

/* By the kernel's numbers, asm-generic/resource.h; named as prlimit(1) does. */
static const char *const names[RLIMIT_COUNT] = {
    "cpu",     "fsize", "data",  "stack",      "core",     "rss",  "nproc",  "nofile",
    "memlock", "as",    "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime",
};

static long set(const struct limit_row *row) {
    struct rlimit64 limit;
    long result = sys_prlimit(0, row->resource, NULL, &limit);
    if (result < 0)
        return result;
    if ((row->which & LIMIT_SOFT) != 0)
        limit.soft = row->soft;
    if ((row->which & LIMIT_HARD) != 0)
        limit.hard = row->hard;
    return sys_prlimit(0, row->resource, &limit, NULL);
}

void limits_set(const struct context *context) {
    for (uint32_t i = 0; i < context->plan.limit_count; i++) {
        const struct limit_row *row = &context->plan.limits[i];
        long result = set(row);
        if (result < 0)
            message_refuse(&context->reporter, MESSAGE_LIMIT_REFUSED,
                           (struct message_facts){.origin = context_string(context, row->origin),
                                                  .detail = names[row->resource],
                                                  .error = result});
    }
}
