/* What native/core/apply.c has beside the calls that a fuzzer has no use for. */
#include "../../native/core/context.h"

#include <stdlib.h>

void *context_take(struct context *context, size_t size) {
    void *taken = arena_take(&context->arena, size);
    if (taken == NULL)
        abort();
    return taken;
}
