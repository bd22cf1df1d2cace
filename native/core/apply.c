#include "apply.h"

#include "capabilities.h"
#include "decode.h"
#include "descriptors.h"
#include "environment.h"
#include "filter.h"
#include "paths.h"
#include "requirements.h"
#include "ruleset.h"
#include "search-path.h"
#include "state.h"
#include "sys.h"

void *context_take(struct context *context, size_t size) {
    void *taken = arena_take(&context->arena, size);
    if (taken == NULL)
        message_refuse(&context->reporter, MESSAGE_OUT_OF_MEMORY, (struct message_facts){.error = ENOMEM});
    return taken;
}

void apply_decode(struct context *context, const uint8_t *bytes, size_t size) {
    const char *reason = plan_decode(bytes, size, &context->plan);
    if (reason != NULL)
        message_refuse(&context->reporter, MESSAGE_PLAN_DAMAGED, (struct message_facts){.detail = reason});
    if (context->spawn != NULL && context->plan.header->status_descriptor >= 0)
        message_refuse(&context->reporter, MESSAGE_SPAWN_PROTOCOL,
                       (struct message_facts){.detail = "the plan names a status descriptor of its own"});
    context->reporter.json = context->spawn != NULL || context_has(context, PLAN_JSON);
    /* A check has no run to tell a supervisor about. */
    context->reporter.status_descriptor = context->checking ? -1 : context_status(context);
    state_check(context);
    descriptors_note_closed(context);
    descriptors_hold_standard(context);
}

/**
 * Comes before the requirements are settled: landlock_restrict_self(2) tells of its flags only then. It also
 * keeps a set-user-ID program from gaining what the policy does not know about.
 */
static void set_no_new_privs(const struct context *context) {
    long set = sys_prctl(PR_SET_NO_NEW_PRIVS, 1);
    if (set == 0 && sys_prctl(PR_GET_NO_NEW_PRIVS, 0) != 1)
        set = -EPERM;
    if (set < 0)
        message_refuse(&context->reporter, MESSAGE_NO_NEW_PRIVS_REFUSED,
                       (struct message_facts){.error = set});
}

static void install_filter(const struct context *context) {
    int installed = context->filter == 0 ? 0 : filter_install(context->filter);
    if (installed < 0)
        message_refuse(&context->reporter, MESSAGE_FILTER_REFUSED,
                       (struct message_facts){.error = installed});
}

void apply_build(struct context *context) {
    set_no_new_privs(context);
    requirements_settle(context);
    ruleset_create(context);
    paths_grant(context);
    ruleset_add_ports(context);
}

static void enforce(struct context *context) {
    /* Before the restriction, as /proc/self/fd may be needed and need not be granted. Until the exec all that
     * is marked stays open. */
    descriptors_settle(context);
    ruleset_enforce(context);
    install_filter(context);
    /* After the paths were opened, which may have taken these capabilities, and after no_new_privs, which
     * keeps them from coming back. */
    capabilities_drop(context);
}

void apply_enforce(struct context *context) {
    set_no_new_privs(context);
    enforce(context);
}

void apply_restriction(struct context *context) {
    apply_build(context);
    enforce(context);
}

static void change_directory(const struct context *context) {
    const char *directory = context_string(context, context->plan.header->chdir);
    if (*directory == '\0')
        return;
    long changed = sys_call(SYS_chdir, (long)directory, 0, 0, 0, 0, 0);
    if (changed < 0)
        message_refuse(&context->reporter, MESSAGE_CHDIR_FAILED,
                       (struct message_facts){
                           .origin = context_string(context, context->plan.header->chdir_origin),
                           .subject = directory,
                           .error = changed,
                       });
}

void apply_surroundings(struct context *context) {
    /* Landlock does not restrict chdir(2). It comes before PATH, whose relative directories are COMMAND's. */
    change_directory(context);
    environment_edit(context);
    search_path_edit(context);
}
