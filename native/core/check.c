#include "apart.h"
#include "apply.h"
#include "limits.h"
#include "proofs.h"
#include "run.h"
#include "state.h"
#include "sys.h"

/** The child's whole life. */
static _Noreturn void check(const uint8_t *plan, size_t size, char *const *argv, char *const *envp,
                            const struct state_record *record, int output, int outsider,
                            struct check_report *report) {
    struct context context = {
        .argv = argv,
        .envp = envp,
        .record = record,
        .checking = true,
        .reporter = {.descriptor = output, .status_descriptor = -1},
    };
    apply_decode(&context, plan, size);
    struct proof_controls controls = proofs_prepare(outsider);
    apply_restriction(&context);
    apply_surroundings(&context);
    /* Before the limits, under which opening a file can fail. */
    proofs_collect(&context, &controls, report);
    state_restore(&context);
    limits_set(&context);
    sys_exit(0);
}

/** Starts the child and sees it through. Returns 0 or a negative errno. */
static long supervise(const uint8_t *plan, size_t size, char *const *argv, char *const *envp,
                      const struct state_record *record, struct check_report *report) {
    int ends[2];
    long result = sys_call(SYS_pipe2, (long)ends, O_CLOEXEC, 0, 0, 0, 0);
    if (result < 0)
        return result;
    long self = sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    /* No exit signal (the 0): the caller's SIGCHLD handler is not told of a child that it doesn't know. */
    long child = sys_call(SYS_clone, 0, 0, 0, 0, 0, 0);
    if (child == 0) {
        sys_close(ends[0]);
        check(plan, size, argv, envp, record, ends[1], (int)self, report);
    }
    sys_close(ends[1]);
    struct apart_output output = {0};
    result = child < 0 ? child : apart_collect(&output, ends[0]);
    sys_close(ends[0]); /* a child that still writes after a failure of ours gets EPIPE, and ends */
    long waited = child < 0 ? 0 : apart_wait(child, &output);
    report->exit = output.exit;
    report->signal = output.signal;
    report->output = output.bytes;
    report->output_size = output.size;
    report->output_capacity = output.capacity;
    return result < 0 ? result : waited;
}

struct check_report *core_check(const uint8_t *plan, size_t size, char *const *argv, char *const *envp,
                                const struct state_record *record) {
    /* Shared with the child, which writes the proofs into it. */
    long mapped = sys_map(sizeof(struct check_report), 1);
    if (apart_is_error(mapped))
        return NULL;
    struct check_report *report = (struct check_report *)mapped;
    long result = supervise(plan, size, argv, envp, record, report);
    if (result < 0) {
        report->exit = -1;
        report->error = (int32_t)result;
    }
    return report;
}

void core_check_free(struct check_report *report) {
    if (report == NULL)
        return;
    if (report->output != NULL)
        sys_unmap(report->output, report->output_capacity);
    sys_unmap(report, sizeof *report);
}
