#include "own-path.h"

#include "../core/memory.h"
#include "../core/sys.h"

#if defined(__x86_64__)
#define SYS_readlinkat 267
#else
#define SYS_readlinkat 78
#endif

#define LINKS_MAX 40 /* as many as the kernel follows, path_resolution(7) */

static long read_link(const char *path, char *to) {
    long length = sys_call(SYS_readlinkat, AT_FDCWD, (long)path, (long)to, OWN_PATH_MAX - 1, 0, 0);
    if (length >= 0)
        to[length] = '\0';
    return length;
}

void own_path_cut(char *path) {
    size_t length = text_length(path);
    while (length > 0 && path[length - 1] != '/')
        length--;
    path[length > 0 ? length - 1 : 0] = '\0';
}

/** Puts the target in the place of the link that path names: itself where it is absolute, else beside the
 * link. */
static bool follow(char *path, const char *target) {
    size_t kept = 0;
    if (*target != '/')
        for (size_t i = 0; path[i] != '\0'; i++)
            if (path[i] == '/')
                kept = i + 1;
    size_t length = text_length(target);
    if (kept + length >= OWN_PATH_MAX)
        return false;
    memcpy(path + kept, target, length + 1);
    return true;
}

/** The last name alone need be followed: the kernel follows the links in the directories before it. */
static bool resolve(const char *given, char path[OWN_PATH_MAX]) {
    size_t length = text_length(given);
    if (length >= OWN_PATH_MAX || *given != '/')
        return false;
    memcpy(path, given, length + 1);
    char target[OWN_PATH_MAX];
    for (int links = 0; links < LINKS_MAX; links++) {
        long read = read_link(path, target);
        if (read == -EINVAL)
            return true; /* no link: the file itself */
        if (read < 0 || !follow(path, target))
            return false;
    }
    return false;
}

bool own_path_find(const char *given, char path[OWN_PATH_MAX]) {
    if (read_link("/proc/self/exe", path) > 0 && *path == '/')
        return true;
    return given != NULL && resolve(given, path);
}
