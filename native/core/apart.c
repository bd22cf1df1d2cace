#include "apart.h"

#include "memory.h"
#include "sys.h"

/* Output is kept whole; one page at first, as most children say nothing. */
#define OUTPUT_FIRST ((size_t)4096)

/** Room for more output. Returns 0 or a negative errno. */
static long grow(struct apart_output *output) {
    size_t capacity = output->capacity == 0 ? OUTPUT_FIRST : output->capacity * 2;
    long mapped = sys_map(capacity, 0);
    if (apart_is_error(mapped))
        return mapped;
    if (output->bytes != NULL) {
        memcpy((void *)mapped, output->bytes, output->size);
        sys_unmap(output->bytes, output->capacity);
    }
    output->bytes = (char *)mapped;
    output->capacity = capacity;
    return 0;
}

long apart_collect(struct apart_output *output, int from) {
    for (;;) {
        if (output->size == output->capacity) {
            long grown = grow(output);
            if (grown < 0)
                return grown;
        }
        long got = sys_read(from, output->bytes + output->size, output->capacity - output->size);
        if (got > 0)
            output->size += (size_t)got;
        else if (got != -EINTR)
            return got;
    }
}

long apart_wait(long child, struct apart_output *output) {
    int status = 0;
    long waited;
    do
        waited = sys_call(SYS_wait4, child, (long)&status, WALL, 0, 0, 0);
    while (waited == -EINTR);
    if (waited < 0)
        return waited;
    output->signal = (uint32_t)(status & 0x7f);
    output->exit = output->signal != 0 ? 125 : status >> 8 & 0xff;
    return 0;
}

void apart_free(struct apart_output *output) {
    if (output->bytes != NULL)
        sys_unmap(output->bytes, output->capacity);
    output->bytes = NULL;
}
