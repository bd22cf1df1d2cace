#include "prepare.h"

#include "apply.h"
#include "directory-rules.h"
#include "environment.h"
#include "pass.h"
#include "prepared.h"
#include "sealed.h"
#include "search-path.h"
#include "state.h"
#include "sys.h"

/** The child's whole life: the caller has the file too, and gets the ruleset through the socket. */
static _Noreturn void prepare(const uint8_t *plan, size_t size, char *const *envp, int output, int file,
                              int socket) {
    char *none[] = {NULL};
    struct context context = {
        .argv = none,
        .envp = envp,
        .record = &state_untouched,
        .reporter = {.descriptor = output, .status_descriptor = -1},
    };
    apply_decode(&context, plan, size);
    apply_build(&context);
    directory_rules_look(&context);
    environment_edit(&context);
    search_path_settle(&context);
    long done = prepared_write(&context, file);
    if (done == 0 && context.ruleset >= 0)
        done = pass_send(socket, context.ruleset);
    if (done < 0)
        message_refuse(&context.reporter, MESSAGE_OUT_OF_MEMORY, (struct message_facts){.error = done});
    sys_exit(0);
}

/** What the child wrote about itself: its own words for what is enforced. Returns 0 or a negative errno. */
static long read_header(int file, struct prepared_header *header) {
    long got = sys_call(SYS_pread64, file, (long)header, sizeof *header, 0, 0, 0);
    return got < 0 ? got : got == sizeof *header ? 0 : -EAGAIN;
}

/** Takes what a child that ended well has left. Returns 0 or a negative errno. */
static long take(struct prepare_report *report, int socket) {
    struct prepared_header header;
    long result = read_header(report->file, &header);
    if (result < 0)
        return result;
    report->handled_fs = header.handled_fs;
    report->handled_net = header.handled_net;
    report->scoped = header.scoped;
    report->filter = header.filter;
    if (header.has_ruleset == 0)
        return 0;
    result = pass_receive(socket);
    report->ruleset = result < 0 ? -1 : (int32_t)result;
    return result < 0 ? result : 0;
}

/** Starts the child and sees it through. Returns 0 or a negative errno. */
static long supervise(const uint8_t *plan, size_t size, char *const *envp, struct prepare_report *report,
                      const int output[2], const int sockets[2]) {
    /* No exit signal (the 0): the caller's SIGCHLD handler is not told of a child that it doesn't know. */
    long child = sys_call(SYS_clone, 0, 0, 0, 0, 0, 0);
    if (child == 0)
        prepare(plan, size, envp, output[1], report->file, sockets[1]);
    sys_close(output[1]);
    long result = child < 0 ? child : apart_collect(&report->output, output[0]);
    sys_close(output[0]);
    long waited = child < 0 ? 0 : apart_wait(child, &report->output);
    sys_close(sockets[1]);
    if (result == 0)
        result = waited;
    if (result == 0 && report->output.exit == 0)
        result = take(report, sockets[0]);
    sys_close(sockets[0]);
    return result;
}

void core_prepare(const uint8_t *plan, size_t size, char *const *envp, struct prepare_report *report) {
    *report = (struct prepare_report){.ruleset = -1};
    int output[2], sockets[2];
    long result = sealed_open();
    report->file = result < 0 ? -1 : (int32_t)result;
    if (result >= 0)
        result = sys_call(SYS_pipe2, (long)output, O_CLOEXEC, 0, 0, 0, 0);
    if (result == 0) {
        result = pass_open(sockets);
        if (result < 0) {
            sys_close(output[0]);
            sys_close(output[1]);
        } else {
            result = supervise(plan, size, envp, report, output, sockets);
        }
    }
    report->error = (int32_t)result;
    if (report->file >= 0 && (result < 0 || report->output.exit != 0)) {
        sys_close(report->file);
        report->file = -1;
    }
}

long core_seal(const uint8_t *plan, size_t size) {
    long file = sealed_open();
    if (file < 0)
        return file;
    long done = sealed_append((int)file, plan, size);
    if (done == 0)
        done = sealed_close((int)file);
    if (done < 0)
        sys_close((int)file);
    return done < 0 ? done : file;
}
