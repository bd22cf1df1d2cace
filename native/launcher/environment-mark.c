#include "environment-mark.h"

#include "../core/memory.h"

char *const *environment_mark(char *const *environment) {
    size_t count = 0, size = 0;
    for (; environment[count] != NULL; count++)
        size += 1 + text_length(environment[count]) + 1;
    struct arena arena = {0};
    char **marked = arena_take(&arena, (count + 1) * sizeof *marked);
    char *at = arena_take(&arena, size);
    if (marked == NULL || at == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t length = text_length(environment[i]);
        marked[i] = at;
        *at++ = ENVIRONMENT_MARK;
        memcpy(at, environment[i], length + 1);
        at += length + 1;
    }
    marked[count] = NULL;
    return marked;
}
