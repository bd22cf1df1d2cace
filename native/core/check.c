#include "apply.h"
#include "limits.h"
#include "proofs.h"
#include "run.h"
#include "state.h"
#include "sys.h"

/* Output is kept whole; one page at first, as most checks say nothing. */
#define OUTPUT_FIRST ((size_t)4096)

static bool is_error(long result) { return result < 0 && result > -4096; }

/** The child's whole life. */
static _Noreturn void check(const uint8_t *plan, size_t size, char *const *argv, char *const *envp,
                            int output, int outsider, struct check_report *report) {
    struct context context = {
        .argv = argv,
        .envp = envp,
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

/** Room for more output. Returns 0 or a negative errno. */
static long grow(struct check_report *report) {
    size_t capacity = report->output_capacity == 0 ? OUTPUT_FIRST : report->output_capacity * 2;
    long mapped = sys_map(capacity, 0);
    if (is_error(mapped))
        return mapped;
    if (report->output != NULL) {
        memcpy((void *)mapped, report->output, report->output_size);
        sys_unmap(report->output, report->output_capacity);
    }
    report->output = (char *)mapped;
    report->output_capacity = capacity;
    return 0;
}

/** Reads until the child and all that it left behind have closed the pipe. Returns 0 or a negative errno. */
static long collect(struct check_report *report, int from) {
    for (;;) {
        if (report->output_size == report->output_capacity) {
            long grown = grow(report);
            if (grown < 0)
                return grown;
        }
        long got = sys_read(from, report->output + report->output_size,
                            report->output_capacity - report->output_size);
        if (got > 0)
            report->output_size += (size_t)got;
        else if (got != -EINTR)
            return got;
    }
}

static long wait_for(long child, struct check_report *report) {
    int status = 0;
    long waited;
    do
        waited = sys_call(SYS_wait4, child, (long)&status, WALL, 0, 0, 0);
    while (waited == -EINTR);
    if (waited < 0)
        return waited;
    report->signal = (uint32_t)(status & 0x7f);
    report->exit = report->signal != 0 ? 125 : status >> 8 & 0xff;
    return 0;
}

/** Starts the child and sees it through. Returns 0 or a negative errno. */
static long supervise(const uint8_t *plan, size_t size, char *const *argv, char *const *envp,
                      struct check_report *report) {
    int ends[2];
    long result = sys_call(SYS_pipe2, (long)ends, O_CLOEXEC, 0, 0, 0, 0);
    if (result < 0)
        return result;
    long self = sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    /* No exit signal (the 0): the caller's SIGCHLD handler is not told of a child that it doesn't know. */
    long child = sys_call(SYS_clone, 0, 0, 0, 0, 0, 0);
    if (child == 0) {
        sys_close(ends[0]);
        check(plan, size, argv, envp, ends[1], (int)self, report);
    }
    sys_close(ends[1]);
    result = child < 0 ? child : collect(report, ends[0]);
    sys_close(ends[0]); /* a child that still writes after a failure of ours gets EPIPE, and ends */
    long waited = child < 0 ? 0 : wait_for(child, report);
    return result < 0 ? result : waited;
}

struct check_report *core_check(const uint8_t *plan, size_t size, char *const *argv, char *const *envp) {
    /* Shared with the child, which writes the proofs into it. */
    long mapped = sys_map(sizeof(struct check_report), 1);
    if (is_error(mapped))
        return NULL;
    struct check_report *report = (struct check_report *)mapped;
    long result = supervise(plan, size, argv, envp, report);
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
