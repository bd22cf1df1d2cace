#include "state.h"

#include "sys.h"

/* Every descriptor may be open, so that none is taken for one of Node's own. */
const struct state_record state_untouched = {
    .version = STATE_RECORD_VERSION,
    .size = sizeof(struct state_record),
    .open = {~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull,
             ~0ull, ~0ull},
};

static void insist(const struct context *context, const char *what, long result) {
    if (result < 0)
        message_refuse(&context->reporter, MESSAGE_STATE_REFUSED,
                       (struct message_facts){.detail = what, .error = result});
}

void state_check(const struct context *context) {
    const struct state_record *record = context->record;
    if (record != NULL && (record->version != STATE_RECORD_VERSION || record->size != sizeof *record ||
                           record->reserved != 0 || record->nonblocking > 7))
        message_refuse(&context->reporter, MESSAGE_RECORD_DAMAGED, (struct message_facts){0});
}

/** Node marks 0 to 2 close-on-exec; those that were closed are open on something that holds their place. */
static void restore_standard(const struct context *context) {
    for (unsigned i = 0; i <= 2; i++) {
        bool closed = state_record_closed(context->record, i) || (context->placeholders >> i & 1) != 0;
        insist(context, "FD_CLOEXEC of a standard descriptor",
               sys_fcntl((int)i, F_SETFD, closed ? FD_CLOEXEC : 0));
    }
}

/** O_NONBLOCK belongs to the open file, which others share: it is cleared only where this process is known to
 * have set it. */
static void restore_blocking(const struct context *context) {
    for (int i = 0; i <= 2; i++) {
        if (state_record_closed(context->record, (unsigned)i) || (context->record->nonblocking >> i & 1) != 0)
            continue;
        long flags = sys_fcntl(i, F_GETFL, 0);
        insist(context, "O_NONBLOCK of a standard descriptor", flags);
        if ((flags & O_NONBLOCK) != 0)
            insist(context, "O_NONBLOCK of a standard descriptor",
                   sys_fcntl(i, F_SETFL, flags & ~O_NONBLOCK));
    }
}

static void restore_signal(const struct context *context, int signal, bool ignored) {
    struct sigaction action = {.handler = ignored ? SIG_IGN : SIG_DFL};
    insist(context, "the disposition of a signal", sys_sigaction(signal, &action, NULL));
}

static void restore_signals(const struct context *context) {
    const struct state_record *record = context->record;
    /* The mask comes first: what the caller blocked cannot end this process any more. */
    insist(context, "the signal mask",
           sys_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&record->signal_mask, 0, SIGNAL_SET_SIZE, 0, 0));
    for (int signal = 1; signal <= SIGNALS; signal++)
        if (signal != SIGKILL && signal != SIGSTOP)
            restore_signal(context, signal, (record->ignored_signals >> (signal - 1) & 1) != 0);
}

void state_restore(const struct context *context) {
    if (context->record == &state_untouched)
        return; /* what was closed of 0 to 2 is held by placeholders, which the exec closes */
    restore_standard(context);
    if (context->record == NULL) {
        restore_signal(context, SIGPIPE, false);
        restore_signal(context, SIGXFSZ, false);
        return;
    }
    restore_blocking(context);
    struct rlimit64 nofile = {context->record->nofile_soft, context->record->nofile_hard};
    insist(context, "RLIMIT_NOFILE", sys_prlimit(0, RLIMIT_NOFILE, &nofile, NULL));
    restore_signals(context);
}
