#include "exec.h"

#include "sys.h"

#define SHELL "/bin/sh"
#define PATH_SIZE_MAX 4096 /* PATH_MAX of the kernel, with the NUL */

/** The most telling failure so far: that of the first candidate which exists. */
struct failure {
    const char *path; /* NULL: nothing was found */
    enum message_code code;
    long error;
};

static bool exists(const char *path) {
    struct stat unused;
    return sys_fstatat(AT_FDCWD, path, &unused, 0) == 0;
}

static bool is_directory(const char *path) {
    struct stat stat;
    return sys_fstatat(AT_FDCWD, path, &stat, 0) == 0 && (stat.st_mode & S_IFMT) == S_IFDIR;
}

/** Whether file permissions let this user execute the file; Landlock does not restrict the question.
 * faccessat2(2) is Linux 5.8. */
static bool may_execute(const char *path) {
    long answer = sys_call(SYS_faccessat2, AT_FDCWD, (long)path, X_OK, AT_EACCESS, 0, 0);
    if (answer == -ENOSYS || answer == -EPERM)
        answer = sys_call(SYS_faccessat, AT_FDCWD, (long)path, X_OK, 0, 0, 0);
    return answer == 0;
}

static enum message_code classify(const struct context *context, const char *path, long error) {
    if (error == -ENOENT)
        return MESSAGE_INTERPRETER_MISSING; /* only asked about a file that exists */
    bool restricted =
        (context->handled_fs & (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE)) != 0;
    if (error == -EACCES && restricted && !is_directory(path) && may_execute(path))
        return MESSAGE_COMMAND_DENIED;
    return MESSAGE_COMMAND_NOT_EXECUTABLE;
}

/** ENOEXEC: no format that the kernel knows, so it is taken for a script of the shell. */
static long exec_shell(struct context *context, const char *path) {
    size_t count = 0;
    while (context->argv[count] != NULL)
        count++;
    const char **argv = context_take(context, (count + 2) * sizeof *argv);
    argv[0] = SHELL;
    argv[1] = path;
    for (size_t i = 1; i < count; i++)
        argv[i + 1] = context->argv[i];
    return sys_call(SYS_execve, (long)SHELL, (long)argv, (long)context->environment, 0, 0, 0);
}

static long exec_path(struct context *context, const char *path) {
    long error = sys_call(SYS_execve, (long)path, (long)context->argv, (long)context->environment, 0, 0, 0);
    return error == -ENOEXEC ? exec_shell(context, path) : error;
}

/** Whether execvp(3) tries the next directory after this. */
static bool goes_on(long error) {
    return error == -EACCES || error == -ENOENT || error == -ENOTDIR || error == -ESTALE ||
           error == -ENODEV || error == -ETIMEDOUT;
}

/**
 * Whether the failure is about something that is there. A name in a directory of PATH that may not be
 * searched is not; a path that the user gave is, as far as can be told.
 */
static bool is_found(const char *path, long error, bool given) {
    if (error == -EACCES)
        return given || exists(path);
    return !goes_on(error) || (error == -ENOENT && exists(path));
}

/** Tries one candidate; on success it does not return. Returns whether the search goes on. */
static bool try_candidate(struct context *context, const char *path, bool given, struct failure *failure) {
    long error = exec_path(context, path);
    bool more = goes_on(error) && !given;
    if (is_found(path, error, given)) {
        /* A failure that ends the search is what execvp(3) would report; else the first candidate is what was
         * meant. */
        if (failure->path == NULL || !goes_on(error))
            *failure = (struct failure){.path = path, .code = classify(context, path, error), .error = error};
        if (more && context_has(context, PLAN_VERBOSE))
            message_tell(&context->reporter, MESSAGE_CANDIDATE_PASSED_OVER,
                         (struct message_facts){.subject = path, .error = error});
    }
    return more;
}

/** DIRECTORY/NAME; just the name where the directory is empty, as execvp(3) has it. NULL where that is too
 * long for the kernel. */
static const char *join(struct context *context, const char *directory, size_t length, const char *name) {
    size_t rest = text_length(name);
    if (length + 1 + rest + 1 > PATH_SIZE_MAX)
        return NULL;
    char *path = context_take(context, length + 1 + rest + 1);
    memcpy(path, directory, length);
    if (length > 0)
        path[length++] = '/';
    memcpy(path + length, name, rest + 1);
    return path;
}

static void search(struct context *context, const char *name, struct failure *failure) {
    for (const char *at = context->search_path;; at++) {
        const char *colon = text_find(at, ':');
        size_t length = colon == NULL ? text_length(at) : (size_t)(colon - at);
        const char *path = join(context, at, length, name);
        if (path != NULL && !try_candidate(context, path, false, failure))
            return;
        if (colon == NULL)
            return;
        at = colon;
    }
}

_Noreturn void exec_command(struct context *context) {
    const char *name = context->spawn != NULL     ? context->spawn->name
                       : context->argv[0] != NULL ? context->argv[0]
                                                  : "";
    struct failure failure = {.path = NULL, .code = MESSAGE_COMMAND_NOT_FOUND, .error = 0};
    if (text_find(name, '/') != NULL)
        try_candidate(context, name, true, &failure);
    else if (*name != '\0')
        search(context, name, &failure);
    message_refuse(
        &context->reporter, failure.code,
        (struct message_facts){
            .subject = failure.path == NULL ? name : failure.path,
            .detail = failure.path != NULL && is_directory(failure.path) ? "it is a directory" : NULL,
            .error = failure.error,
            .remedy = context_string(context, context->plan.header->exec_hint),
        });
}
