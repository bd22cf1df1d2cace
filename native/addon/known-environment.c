#include "known-environment.h"

#include "../core/environment-size.h"
#include "caller.h"

#include <stdlib.h>
#include <string.h>

size_t environment_gather(struct iovec parts[VARIABLES_MAX], size_t *count) {
    char **entries = caller_environment();
    size_t size = 0;
    for (*count = 0; entries[*count] != NULL; (*count)++) {
        if (*count == VARIABLES_MAX)
            return 0;
        parts[*count] = (struct iovec){entries[*count], strlen(entries[*count]) + 1};
        size += parts[*count].iov_len;
    }
    return size <= ENVIRONMENT_SIZE_MAX ? size : 0;
}

/* The environment at the last prepare(), in one piece. Needs no lock: only the main thread, whose process.env
 * is the process's own, asks for it. */
static struct {
    char *bytes;
    size_t size;
    int32_t state; /* counts how often it was another one; 0: it was never looked at */
} known;

static bool is_same(const struct iovec *parts, size_t count, size_t size) {
    if (size != known.size)
        return false;
    const char *at = known.bytes;
    for (size_t i = 0; i < count; at += parts[i++].iov_len)
        if (memcmp(at, parts[i].iov_base, parts[i].iov_len) != 0)
            return false;
    return true;
}

int32_t environment_state(void) {
    struct iovec parts[VARIABLES_MAX];
    size_t count;
    size_t size = environment_gather(parts, &count);
    if (size == 0)
        return 0;
    if (known.bytes != NULL && is_same(parts, count, size))
        return known.state;
    char *bytes = malloc(size);
    if (bytes == NULL)
        return 0;
    size_t done = 0;
    for (size_t i = 0; i < count; done += parts[i++].iov_len)
        memcpy(bytes + done, parts[i].iov_base, parts[i].iov_len);
    free(known.bytes);
    known.bytes = bytes;
    known.size = size;
    return ++known.state;
}

bool environment_is_known(int32_t state, const struct iovec *parts, size_t count, size_t size) {
    return state != 0 && state == known.state && is_same(parts, count, size);
}
