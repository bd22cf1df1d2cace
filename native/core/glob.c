#include "glob.h"

static char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte; }

static bool same(char wanted, char byte, bool fold) {
    return wanted == '?' || wanted == byte || (fold && lower(wanted) == lower(byte));
}

bool glob_match(const char *glob, const char *name, size_t length, bool fold) {
    const char *star = NULL; /* behind the last star, */
    size_t resume = 0;       /* and what it has eaten so far: only the last star ever needs to eat more */
    size_t at = 0;
    while (at < length) {
        if (*glob == '*') {
            star = ++glob;
            resume = at;
        } else if (*glob != '\0' && same(*glob, name[at], fold)) {
            glob++;
            at++;
        } else if (star != NULL) {
            glob = star;
            at = ++resume;
        } else {
            return false;
        }
    }
    while (*glob == '*')
        glob++;
    return *glob == '\0';
}
