#include "state-record.h"

#include "../core/sys.h"

static long record_signals(struct state_record *record) {
    for (int signal = 1; signal <= SIGNALS; signal++) {
        struct sigaction action;
        long asked = sys_sigaction(signal, NULL, &action);
        if (asked < 0)
            return asked;
        if (action.handler == SIG_IGN)
            record->ignored_signals |= 1ull << (signal - 1);
    }
    return sys_call(SYS_rt_sigprocmask, SIG_SETMASK, 0, (long)&record->signal_mask, SIGNAL_SET_SIZE, 0, 0);
}

/** 1,024 questions, and still less than a tenth of a millisecond; /proc, which has a list, may not be
 * mounted. */
static void record_descriptors(struct state_record *record) {
    for (int i = 0; i < STATE_RECORD_DESCRIPTORS; i++)
        if (sys_fcntl(i, F_GETFD, 0) != -EBADF)
            record->open[i / 64] |= 1ull << (i % 64);
    for (int i = 0; i <= 2; i++) {
        long flags = sys_fcntl(i, F_GETFL, 0);
        /* What cannot be asked about is left as it is: it belongs to others too. */
        if (flags < 0 || (flags & O_NONBLOCK) != 0)
            record->nonblocking |= 1u << i;
    }
}

/** Node would open a closed one on /dev/null, and a report would vanish there as if somebody had read it. A
 * pipe that nobody writes to needs no /dev: to be read it is empty, and to be written it is EBADF, as if
 * closed. */
static long hold_closed(const struct state_record *record) {
    for (int i = 0; i <= 2; i++) {
        if (!state_record_closed(record, (unsigned)i))
            continue;
        int ends[2];
        long made = sys_call(SYS_pipe2, (long)ends, 0, 0, 0, 0, 0);
        if (made < 0)
            return made;
        long closed = sys_close(ends[1]);
        if (closed < 0)
            return closed;
        if (ends[0] != i) /* the lowest free number is this one */
            return -EBADF;
    }
    return 0;
}

long state_record_take(struct state_record *record) {
    *record = (struct state_record){.version = STATE_RECORD_VERSION, .size = sizeof *record};
    struct rlimit64 nofile;
    long asked = sys_prlimit(0, RLIMIT_NOFILE, NULL, &nofile);
    if (asked < 0)
        return asked;
    record->nofile_soft = nofile.soft;
    record->nofile_hard = nofile.hard;
    record_descriptors(record);
    /* As Node does, but before its loader needs any. One that is refused stays as it is. */
    nofile.soft = nofile.hard;
    sys_prlimit(0, RLIMIT_NOFILE, &nofile, NULL);
    long held = hold_closed(record);
    return held < 0 ? held : record_signals(record);
}

void state_record_spell(const struct state_record *record, char hex[STATE_RECORD_HEX_SIZE]) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *byte = (const uint8_t *)record;
    for (size_t i = 0; i < sizeof *record; i++) {
        *hex++ = digits[byte[i] >> 4];
        *hex++ = digits[byte[i] & 15];
    }
    *hex = '\0';
}
