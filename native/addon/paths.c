/* readlink() and realpath() are not of C11. */
#define _XOPEN_SOURCE 700

#include "paths.h"

#include "values.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Asks `question` of the one argument, a path; undefined where it has no answer. */
static napi_value ask(napi_env env, napi_callback_info info, long (*question)(const char *, char *)) {
    napi_value value;
    char answer[PATH_MAX];
    if (!get_arguments(env, info, 1, &value))
        return NULL;
    char *path = get_word(env, value, "path");
    if (path == NULL)
        return NULL;
    long size = question(path, answer);
    free(path);
    napi_value result = NULL;
    bool ok = size < 0 ? check_status(env, napi_get_undefined(env, &result))
                       : make_latin1(env, answer, (size_t)size, &result);
    return ok ? result : NULL;
}

/** readlink(2). The kernel makes no link that fills the buffer: with its NUL a target takes PATH_MAX at most.
 */
static long read_target(const char *path, char *answer) { return readlink(path, answer, PATH_MAX); }

static long resolve(const char *path, char *answer) {
    return realpath(path, answer) == NULL ? -1 : (long)strlen(answer);
}

/** readLink(path: string): string | undefined. What a symbolic link holds; undefined for anything else, and
 * where it cannot be told. Throws a TypeError on what is no path. */
static napi_value read_link(napi_env env, napi_callback_info info) { return ask(env, info, read_target); }

/** realPath(path: string): string | undefined. Where the path leads through all links; undefined where that
 * cannot be told. Throws a TypeError on what is no path. */
static napi_value real_path(napi_env env, napi_callback_info info) { return ask(env, info, resolve); }

bool paths_define(napi_env env, napi_value exports) {
    return define_function(env, exports, "readLink", read_link) &&
           define_function(env, exports, "realPath", real_path);
}
