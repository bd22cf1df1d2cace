#include "caller.h"

#include "../launcher/environment-mark.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static char **entries;
static struct state_record record;

int caller_adopt(const uint8_t *bytes, size_t size) {
    size_t count = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    char **unmarked = calloc(count + 1, sizeof *unmarked);
    if (unmarked == NULL)
        return ENOMEM;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (environ[i][0] == ENVIRONMENT_MARK)
            unmarked[kept++] = environ[i] + 1;
    if (size == sizeof record)
        memcpy(&record, bytes, sizeof record);
    else
        memset(&record, 0, sizeof record);
    free(entries);
    entries = unmarked;
    return 0;
}

char **caller_environment(void) {
    static char *none[] = {NULL};
    if (entries != NULL)
        return entries;
    return environ == NULL ? none : environ;
}

const struct state_record *caller_record(void) { return entries == NULL ? NULL : &record; }
