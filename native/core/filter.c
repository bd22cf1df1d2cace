#include "filter.h"

#include "filter-program.h"

#if defined(__x86_64__)
#define MACHINE FILTER_MACHINE_X86_64
#elif defined(__aarch64__)
#define MACHINE FILTER_MACHINE_ARM64
#endif

uint64_t filter_supported(void) { return FILTER_ALL; }

size_t filter_build(uint64_t features, struct sock_filter *out, size_t capacity) {
    return filter_program(MACHINE, features, out, capacity);
}

int filter_install(uint64_t features) {
    struct sock_filter program[FILTER_PROGRAM_MAX];
    if (features == 0)
        return 0;
    size_t length = filter_build(features, program, FILTER_PROGRAM_MAX);
    if (length == 0)
        return -EINVAL;
    struct sock_fprog block = {(uint16_t)length, program};
    return (int)sys_seccomp(SECCOMP_SET_MODE_FILTER, 0, &block);
}
