/*
 * A file that is cut off: its pages beyond the end are mapped all the same, and touching them is SIGBUS.
 * Everything here is inlined into launcher_main(), which lies in the file's first page, so that it runs
 * before anything else.
 */
#ifndef LANDLOCK_RUN_CUT_OFF_H
#define LANDLOCK_RUN_CUT_OFF_H

#include "../core/sys.h"
#include "elf.h"

#define CUT_OFF_PROBE sizeof(struct sigaction)

/* The one line, from the table of messages: the table itself may be in the part that is missing. */
#define MESSAGE(name, code, level, exit, what, remedy)                                                       \
    static const char cut_off_##name[] __attribute__((unused, section(".rodata.first"))) =                   \
        "landlock-run: " what " (it is cut off); " remedy "\n";
#include "../core/messages.inc"
#undef MESSAGE

/**
 * Ends the process with 125 if the last bytes that the kernel was told to map are not in the file. The kernel
 * is asked to read them: rt_sigaction(2) copies its argument first (EFAULT), and then finds that there is no
 * signal 0 (EINVAL), so that nothing changes.
 */
static inline __attribute__((always_inline)) void refuse_cut_off(void) {
    const struct program_header *last = image_last_header();
    const uint8_t *end = last->type == PT_LOAD ? (const uint8_t *)last->address + last->file_size : image_end;
    long read = sys_call(SYS_rt_sigaction, 0, (long)(end - CUT_OFF_PROBE), 0, SIGNAL_SET_SIZE, 0, 0);
    if (read != -EFAULT)
        return;
    sys_call(SYS_write, 2, (long)cut_off_LAUNCHER_DAMAGED, sizeof cut_off_LAUNCHER_DAMAGED - 1, 0, 0, 0);
    sys_call(SYS_exit_group, 125, 0, 0, 0, 0, 0);
}

#endif
