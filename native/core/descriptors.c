#include "descriptors.h"

#include "environment.h"
#include "sys.h"

/** origin: where the descriptor was named, "" for nowhere. */
static _Noreturn void refuse(const struct context *context, enum message_code code, const char *origin,
                             unsigned descriptor, long error) {
    char digits[21];
    *text_decimal(digits, descriptor) = '\0';
    message_refuse(&context->reporter, code,
                   (struct message_facts){.origin = origin, .detail = digits, .error = error});
}

void descriptors_hold_standard(struct context *context) {
    for (int i = 0; i <= 2; i++) {
        if (sys_fcntl(i, F_GETFD, 0) != -EBADF)
            continue;
        /* Needs no /dev, and answers EBADF to reads and writes as the closed descriptor would. The lowest
         * free number is this one. */
        long opened = sys_openat(AT_FDCWD, "/", O_PATH | O_CLOEXEC | O_DIRECTORY);
        if (opened != i)
            refuse(context, MESSAGE_STANDARD_DESCRIPTOR_REFUSED, "", (unsigned)i, opened < 0 ? opened : 0);
        context->placeholders |= 1u << i;
    }
}

static void set_flags(const struct context *context, const char *origin, unsigned descriptor, long flags) {
    long set = sys_fcntl((int)descriptor, F_SETFD, flags);
    if (set < 0)
        refuse(context, set == -EBADF ? MESSAGE_DESCRIPTOR_NOT_OPEN : MESSAGE_DESCRIPTORS_REFUSED, origin,
               descriptor, set);
}

/** Of a spawner's descriptors only those that COMMAND is to have are the caller's. */
static bool is_spawners(const struct spawn_request *request, unsigned descriptor) {
    if (request == NULL || descriptor < 3)
        return false;
    for (unsigned i = 0; i < request->kept_count; i++)
        if (request->kept[i] == (int)descriptor)
            return false;
    return true;
}

/** A descriptor that was closed before Node started is one of Node's own, whatever its number. */
static bool is_open(const struct context *context, unsigned descriptor) {
    return !state_record_closed(context->record, descriptor) && sys_fcntl((int)descriptor, F_GETFD, 0) >= 0;
}

/** A spawner's plan and ruleset may have the number that a policy keeps: COMMAND would be handed them. */
static void keep(const struct context *context, const char *origin, unsigned descriptor) {
    if (is_spawners(context->spawn, descriptor) || !is_open(context, descriptor))
        refuse(context, MESSAGE_DESCRIPTOR_NOT_OPEN, origin, descriptor, 0);
    set_flags(context, origin, descriptor, 0);
}

struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t size;
    uint8_t type;
    char name[];
};

/** What close_range(2) does, for kernels before 5.11 and filters that do not know it: by the list in /proc.
 */
static long mark_listed(void) {
    long directory = sys_openat(AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return directory;
    _Alignas(8) uint8_t entries[2048];
    long size;
    while ((size = sys_call(SYS_getdents64, directory, (long)entries, sizeof entries, 0, 0, 0)) > 0) {
        for (long at = 0; at < size;) {
            const struct directory_entry *entry = (const void *)(entries + at);
            const char *name = entry->name;
            int64_t descriptor = text_number(&name);
            long set = descriptor < 3 ? 0 : sys_fcntl((int)descriptor, F_SETFD, FD_CLOEXEC);
            if (set < 0 && set != -EBADF)
                return set;
            at += entry->size;
        }
    }
    long closed = sys_close((int)directory);
    return size < 0 ? size : closed;
}

static void mark_all(const struct context *context) {
    long marked = sys_call(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC, 0, 0, 0);
    if (marked < 0)
        marked = mark_listed();
    if (marked < 0)
        message_refuse(&context->reporter, MESSAGE_DESCRIPTORS_REFUSED,
                       (struct message_facts){.error = marked});
}

static void keep_listening(const struct context *context) {
    const char *origin = context_string(context, context->plan.header->listen_origin);
    const char *value = environment_get(context->envp, "LISTEN_FDS");
    if (value == NULL)
        return;
    const char *end = value;
    int64_t count = text_number(&end);
    if (count < 0 || *end != '\0' || count > (int64_t)PLAN_DESCRIPTOR_MAX)
        message_refuse(&context->reporter, MESSAGE_LISTEN_FDS_DAMAGED,
                       (struct message_facts){.origin = origin, .subject = value});
    for (unsigned i = 0; i < (unsigned)count; i++)
        keep(context, origin, 3 + i);
}

static bool is_pipe(unsigned descriptor) {
    struct stat stat;
    return sys_fstatat((int)descriptor, "", &stat, AT_EMPTY_PATH) == 0 && (stat.st_mode & S_IFMT) == S_IFIFO;
}

/** The descriptor that a text begins to name, as /dev/fd/N does, and the end of its number; -1 for none. */
static int64_t read_name(const char *text, const char **end) {
    static const char prefixes[][sizeof "/proc/thread-self/fd/"] = {"/dev/fd/", "/proc/self/fd/",
                                                                    "/proc/thread-self/fd/"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (!text_begins(text, prefixes[i]))
            continue;
        *end = text + text_length(prefixes[i]);
        return text_number(end);
    }
    return -1;
}

bool descriptors_named(const char *path, unsigned *descriptor) {
    static const char standard[][sizeof "/dev/stdout"] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
    for (unsigned i = 0; i <= 2; i++) {
        if (!text_equal(path, standard[i]))
            continue;
        *descriptor = i;
        return true;
    }
    const char *end = path;
    int64_t named = read_name(path, &end);
    if (named < 0 || (*end != '\0' && *end != '/'))
        return false;
    *descriptor = (unsigned)named;
    return true;
}

void descriptors_note_closed(struct context *context) {
    for (uint32_t i = 0; i < context->plan.path_count; i++) {
        unsigned descriptor;
        if (descriptors_named(context_string(context, context->plan.paths[i].path), &descriptor) &&
            descriptor < STATE_RECORD_DESCRIPTORS && sys_fcntl((int)descriptor, F_GETFD, 0) < 0)
            context->named_closed[descriptor / 64] |= 1ull << (descriptor % 64);
    }
}

bool descriptors_foreign(const struct context *context, const char *path) {
    unsigned descriptor;
    if (!descriptors_named(path, &descriptor))
        return false;
    bool closed = descriptor < STATE_RECORD_DESCRIPTORS
                      ? (context->named_closed[descriptor / 64] >> (descriptor % 64) & 1) != 0
                      : sys_fcntl((int)descriptor, F_GETFD, 0) < 0;
    return closed || state_record_closed(context->record, descriptor) ||
           is_spawners(context->spawn, descriptor);
}

/** A descriptor that a word of COMMAND names: kept if it is a pipe and the plan says so. Returns whether it
 * will be closed. */
static bool settle_named(const struct context *context, unsigned descriptor) {
    bool ours = context_status(context) == (int)descriptor || is_spawners(context->spawn, descriptor);
    if (descriptor < 3 || ours || !is_open(context, descriptor))
        return false;
    if (context_has(context, PLAN_KEEP_FD_ARGS) && is_pipe(descriptor))
        set_flags(context, "", descriptor, 0);
    return (sys_fcntl((int)descriptor, F_GETFD, 0) & FD_CLOEXEC) != 0;
}

/** Looks for /dev/fd/N and /proc/self/fd/N anywhere in the word, as in `--file=/dev/fd/63`. Returns whether
 * one of them will be closed. */
static bool settle_word(const struct context *context, const char *word) {
    bool lost = false;
    for (; *word != '\0'; word++) {
        const char *end;
        int64_t descriptor = read_name(word, &end);
        if (descriptor >= 0 && settle_named(context, (unsigned)descriptor))
            lost = true;
    }
    return lost;
}

static void settle_words(const struct context *context) {
    bool warned = false;
    for (char *const *word = context->argv; *word != NULL; word++) {
        if (!settle_word(context, *word) || warned)
            continue;
        warned = true;
        message_tell(&context->reporter, MESSAGE_DESCRIPTOR_CLOSED, (struct message_facts){.subject = *word});
    }
}

void descriptors_settle(const struct context *context) {
    int status = context_status(context);
    if (status >= 0 && !is_open(context, (unsigned)status))
        refuse(context, MESSAGE_DESCRIPTOR_NOT_OPEN, "--status-fd", (unsigned)status, 0);
    mark_all(context);
    for (uint32_t i = 0; i < context->plan.keep_count; i++)
        keep(context, context_string(context, context->plan.keeps[i].origin),
             context->plan.keeps[i].descriptor);
    for (unsigned i = 0; context->spawn != NULL && i < context->spawn->kept_count; i++)
        keep(context, "", (unsigned)context->spawn->kept[i]);
    if (context_has(context, PLAN_KEEP_FD_LISTEN))
        keep_listening(context);
    /* LISTEN_FDS comes from the environment: whatever it says, the status descriptor is not COMMAND's. */
    if (status >= 0)
        set_flags(context, "--status-fd", (unsigned)status, FD_CLOEXEC);
    settle_words(context);
}
