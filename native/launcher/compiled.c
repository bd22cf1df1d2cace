/*
 * A compiled policy: a program that holds one plan, and runs its words as COMMAND under it. It has no
 * options, reads no file and asks no environment: every word is COMMAND's, but for one leading `--`.
 */
#include "../core/decode.h"
#include "../core/memory.h"
#include "../core/message.h"
#include "../core/run.h"
#include "../core/state.h"
#include "cut-off.h"
#include "image.h"
#include "process.h"

/** Tells it as the plan wants things told; a plan that cannot be understood has nothing to say about that. */
static _Noreturn void refuse_no_command(struct image_plan plan) {
    struct reporter reporter = {.descriptor = 2, .status_descriptor = -1};
    struct plan decoded;
    if (plan_decode(plan.bytes, plan.size, &decoded) == NULL) {
        reporter.json = (decoded.header->flags & PLAN_JSON) != 0;
        reporter.status_descriptor = decoded.header->status_descriptor;
    }
    message_refuse(&reporter, MESSAGE_LAUNCHER_COMMAND_MISSING, (struct message_facts){0});
}

static _Noreturn void run(const long *stack) {
    struct process process = process_read(stack);
    process_refuse_secure(&process);
    struct image_plan plan = image_find_plan();
    /* Not before: of a file that is damaged or holds no plan, nobody could tell more. */
    message_set_launcher(process.path);
    char *const *words = process.argc > 0 ? process.argv + 1 : process.argv;
    if (*words != NULL && text_equal(*words, "--"))
        words++;
    if (*words == NULL)
        refuse_no_command(plan);
    core_run(plan.bytes, plan.size, words, process.envp, &state_untouched);
}

_Noreturn void launcher_main(const long *stack) {
    refuse_cut_off();
    run(stack);
}
