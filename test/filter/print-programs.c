/*
 * Writes every program that filter_program() makes, to be read by programs.mjs: for each machine and each of
 * the 512 sets of features a 32-bit length, then that many instructions of 8 bytes.
 */
#include "filter-program.h"

static int put(const void *from, size_t size) {
    const char *at = from;
    while (size > 0) {
        long done = sys_write(1, at, size);
        if (done <= 0)
            return -1;
        at += done;
        size -= (size_t)done;
    }
    return 0;
}

int main(void) {
    static struct sock_filter program[FILTER_PROGRAM_MAX];
    for (int machine = FILTER_MACHINE_X86_64; machine <= FILTER_MACHINE_ARM64; machine++)
        for (uint64_t features = 0; features <= FILTER_ALL; features++) {
            size_t length =
                filter_program((enum filter_machine)machine, features, program, FILTER_PROGRAM_MAX);
            uint32_t count = (uint32_t)length;
            if (put(&count, sizeof count) != 0 || put(program, length * sizeof program[0]) != 0)
                return 1;
            /* One instruction short of room, and a feature that is none: refused, whatever the rest. */
            if (filter_program((enum filter_machine)machine, features, program, length - 1) != 0 ||
                filter_program((enum filter_machine)machine, features | 1ull << 9, program,
                               FILTER_PROGRAM_MAX) != 0)
                return 2;
        }
    return 0;
}
