#include "spawn.h"

#include "apply.h"
#include "environment.h"
#include "exec.h"
#include "limits.h"
#include "prepared.h"
#include "state.h"
#include "sys.h"

static _Noreturn void refuse(const struct context *context, enum message_code code, const char *detail,
                             long error) {
    message_refuse(&context->reporter, code, (struct message_facts){.detail = detail, .error = error});
}

/** Size of what is behind the descriptor, from one look at it: what is read is no more than that. */
static size_t size_of(struct context *context, int file) {
    struct stat stat;
    long looked = sys_fstatat(file, "", &stat, AT_EMPTY_PATH);
    if (looked < 0)
        refuse(context, MESSAGE_PLAN_UNREADABLE, NULL, looked);
    /* Rules of prepared plans come on top of the plan. */
    if (stat.st_size <= 0 || stat.st_size > PLAN_SIZE_MAX * 2ll)
        refuse(context, MESSAGE_PLAN_UNREADABLE, "its size is impossible", 0);
    return (size_t)stat.st_size;
}

/**
 * The bytes in memory of our own. By pread(2): the descriptor shares its offset with everyone who was handed
 * it. Closed at once, so that nothing of ours can reach COMMAND.
 */
static const uint8_t *read_plan(struct context *context, int file, size_t *size) {
    *size = size_of(context, file);
    uint8_t *bytes = context_take(context, *size);
    for (size_t done = 0; done < *size;) {
        long got = sys_call(SYS_pread64, file, (long)(bytes + done), (long)(*size - done), (long)done, 0, 0);
        if (got == -EINTR)
            continue;
        if (got <= 0)
            refuse(context, MESSAGE_PLAN_UNREADABLE, got == 0 ? "it is cut off" : NULL, got);
        done += (size_t)got;
    }
    long closed = sys_close(file);
    if (closed < 0)
        refuse(context, MESSAGE_DESCRIPTORS_REFUSED, NULL, closed);
    return bytes;
}

_Noreturn void core_spawn(const struct spawn_request *request, struct spawn_source source, char *const *argv,
                          char *const *envp) {
    struct context context = {
        .argv = argv,
        .envp = envp,
        .record = &state_untouched,
        .spawn = request,
        .arena = request->arena,
        .reporter = {.descriptor = request->status, .status_descriptor = request->status, .json = true},
        .ruleset = -1,
    };
    size_t size;
    const uint8_t *plan = read_plan(&context, source.plan, &size);
    if (source.prepared) {
        const char *reason = prepared_take(&context, source.ruleset, plan, size, &plan, &size);
        if (reason != NULL)
            refuse(&context, MESSAGE_PLAN_DAMAGED, reason, 0);
    }
    environment_take(&context);
    apply_decode(&context, plan, size);
    if (source.prepared)
        apply_enforce(&context);
    else
        apply_restriction(&context);
    apply_surroundings(&context);
    state_restore(&context);
    limits_set(&context);
    message_tell_exec(&context.reporter, context.handled_fs, context.handled_net, context.scoped,
                      context.filter);
    exec_command(&context);
}
